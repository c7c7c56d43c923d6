import { describe, expect, it } from '@jest/globals';
import { maySeal, serviceNames } from './index.ts';

const mayWrite = (type: string) => serviceNames.filter((service) => maySeal(service, type));

describe('a commit seal', () => {
  it('of supervision covers cards, the calendar and assessment, and of no other service does', () => {
    for (const context of ['card', 'calendar', 'assessment']) {
      expect(mayWrite(`liandong.${context}.happened.v1`)).toEqual(['supervision']);
    }
  });

  it('of supervision covers nothing of what it supervises', () => {
    for (const context of ['case', 'item', 'department', 'tier', 'privacy', 'link', 'ledger', 'audit']) {
      expect(maySeal('supervision', `liandong.${context}.happened.v1`)).toBe(false);
    }
  });

  it('of the counter covers erasures, and that of the exchange, which faces other networks, does not', () => {
    expect(mayWrite('liandong.privacy.erased.v1')).toEqual(['approval']);
  });

  it('covers no context that nobody was given', () => {
    expect(mayWrite('liandong.tax.paid.v1')).toEqual([]);
    expect(mayWrite('liandong')).toEqual([]);
  });
});
