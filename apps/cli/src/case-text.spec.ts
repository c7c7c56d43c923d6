import { describe, expect, it } from '@jest/globals';
import { overrideGrounds } from '@liandong/domain/case';
import { eventsText } from './case-text.ts';

const event = (change: object) => ({
  type: 'liandong.case.concluded.v1',
  tier: '431000',
  time: '2026-03-02T02:00:00.000Z',
  standing: 'recorded',
  ...change,
});

describe('the events of a case, as text', () => {
  it('say in both languages how far each has come, and where it stands in the ledger', () => {
    const text = eventsText([
      event({ standing: 'registered', ledger: { seq: 4, checkpointSize: 9, anchoredAt: '…' } }),
      event({ standing: 'anchored' }),
      event({ ledger: { seq: 11 } }),
    ]);
    expect(text).toMatch(/已登记 registered +4 < 9/);
    expect(text).toContain('已锚定 anchored');
    expect(text).toMatch(/已记录 recorded +11$/m);
    expect(text).not.toContain('先于锚定');
  });

  it('name what waits to come in, and for what', () => {
    const pending = { state: 'waiting', reason: 'parents-missing', missing: ['ab'.repeat(32)], since: '…' };
    expect(eventsText([event({ standing: 'pending', pending })])).toMatch(
      /待接收 pending.*parents-missing abababababababab$/m,
    );
  });

  it.each(overrideGrounds)('show in Chinese that the lead did not wait for the quorum: %s', (ground) => {
    const text = eventsText([
      event({ beforeAnchoring: ground }),
      event({ withoutEffect: { code: 'superseded' } }),
    ]);
    expect(text).toContain('先于锚定 before anchoring');
    expect(text).toMatch(new RegExp(`\\p{Script=Han}+ ${ground}`, 'u'));
    expect(text).toContain('superseded');
  });

  it('show what a newer service says as it came', () => {
    expect(eventsText([event({ standing: 'certified', beforeAnchoring: 'toString' })])).toMatch(
      /certified +.*toString/,
    );
  });
});
