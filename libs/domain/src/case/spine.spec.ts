import { describe, expect, it } from '@jest/globals';
import { said, stateAfter } from '../../test/case/given.ts';
import {
  accepted,
  concludes,
  county,
  deed,
  inReview,
  lead,
  mayor,
  landAgrees,
  opening,
  opens,
  opensReview,
  organs,
  reviewed,
} from '../../test/case/sample.ts';
import { emptyCase } from './case.ts';
import type { CaseFact } from './facts.ts';
import { spineOf } from './spine.ts';

const factOf = (...deeds: Parameters<typeof said>[1][]): CaseFact => {
  const last = deeds.at(-1)!;
  const fact = said(stateAfter(...deeds.slice(0, -1)), last, 1).fact;
  return fact!;
};

describe('the spine of a case', () => {
  it('begins with the opening, which names the lead and every superior', () => {
    expect(spineOf(said(emptyCase, opens, 0).fact!, county)).toEqual({
      kind: 'opened',
      lead: organs.cityLead,
      superiors: opening.superiors,
    });
  });

  it('is what the lead does under its mandate', () => {
    const act = { kind: 'act', mandate: organs.cityLead };
    expect(spineOf(factOf(...accepted, opensReview), lead.tier)).toEqual(act);
    expect(spineOf(factOf(...accepted, deed(lead, { type: 'file' })), lead.tier)).toEqual(act);
    expect(spineOf(factOf(...reviewed, concludes), lead.tier)).toEqual(act);
  });

  it('changes hands by transfer and takeover', () => {
    const to = organs.cityLead;
    const by = { role: 'leadCoordinator', department: 'land' } as const;
    const transferred = { by, to, from: '', decisionDue: {}, due: [] };
    expect(spineOf({ type: 'liandong.case.transferred.v1', data: transferred }, county)).toEqual({
      kind: 'transferred',
      mandate: organs.countyLand,
      to,
    });
    const takenOver = { by: { role: 'governmentHead', department: 'land' }, ground: 'outage' } as const;
    expect(spineOf({ type: 'liandong.case.takenOver.v1', data: takenOver }, mayor.tier)).toEqual({
      kind: 'takenOver',
      mandate: { tier: mayor.tier, department: 'land' },
    });
  });

  it('is not what the organs say', () => {
    expect(spineOf(factOf(...inReview, landAgrees), county)).toBeUndefined();
  });
});
