import { beforeAll, describe, expect, it } from '@jest/globals';
import { decodeEvent, type Draft, type EventHash, firstTerm, type StreamName } from '@liandong/kernel';
import { city, type SampleTier, sampleTier } from '../test/sample-network.ts';
import { authorEvents } from './authoring.ts';

describe('the making of events', () => {
  let tier: SampleTier;
  beforeAll(async () => {
    tier = await sampleTier(city);
  });
  const stream = `case-${'0'.repeat(32)}` as StreamName;
  const parent = 'a'.repeat(64) as EventHash;
  const make = (...drafts: readonly Draft[]) =>
    authorEvents(
      tier.authoring,
      { principal: 'somebody', authtype: 'user', idempotencyKey: 'k' },
      stream,
      { parents: [parent], height: 7, sequence: 3, term: firstTerm },
      { type: 'test' },
      drafts,
    );
  const filed: Draft = { type: 'liandong.case.filed.v1', data: { by: { role: 'system' } } };

  it('puts one after the other, each the only parent of the next', () => {
    const made = make(filed, filed);
    if (!made.ok) throw new Error(made.refusal.code);
    const [first, second] = made.value.map(({ bytes }) => decodeEvent(bytes));
    expect(first).toMatchObject({ parents: parent, sequence: '00000000000000000003' });
    expect(second).toMatchObject({ parents: made.value[0]?.hash, sequence: '00000000000000000004' });
    expect([first?.height, second?.height]).toEqual(['00000000000000000007', '00000000000000000008']);
  });

  it('refuses what its schema does not say, so that nothing leaves which nobody takes in', () => {
    const surplus: Draft = { ...filed, data: { by: { role: 'system' }, phone: '139' } };
    expect(make(filed, surplus)).toEqual({
      ok: false,
      refusal: { code: 'schema-violation', field: '/phone', rule: 'unknown member' },
    });
    expect(make({ type: 'liandong.case.filed.v9', data: {} })).toMatchObject({
      refusal: { code: 'schema-violation', rule: 'unknown event type' },
    });
  });

  it('refuses an event larger than anyone takes', () => {
    const tiers = Array.from({ length: 9_000 }, () => '431000');
    expect(make({ type: 'liandong.case.shared.v1', data: { by: { role: 'system' }, tiers } })).toMatchObject({
      refusal: { code: 'event-too-large', limit: 65_535 },
    });
  });
});
