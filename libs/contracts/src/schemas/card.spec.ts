import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { workingTime } from '@liandong/domain/calendar';
import {
  agendaUnder,
  adoptionDecider,
  judge,
  type Seen,
  shippedPacks,
  superviseAll,
  type Terms,
} from '@liandong/domain/supervision';
import {
  type EventHash,
  fold,
  maxEventBytes,
  type StreamName,
  type TierCode,
  utf8,
  canonicalJson,
} from '@liandong/kernel';
import { checkOwnSchema } from './registry.ts';

const decider = adoptionDecider(sha256);
const known = { ok: true, value: 'known' };
const at = '2018-10-15T02:00:00.000Z';
const unit = { tier: '431021' as TierCode, department: '11440232MB2D06811W' };

const adoptions = Object.values(shippedPacks).map((pack) => {
  const command = {
    type: 'adoptRules',
    pack,
    convention: 'started',
    effectiveFrom: '2018-01-01',
    today: '2018-01-01',
  } as const;
  const decided = decider.decide(command, decider.initial);
  if (!decided.ok) throw new Error(decided.refusal.code);
  return [pack.id, decided.value] as const;
});

describe('what supervision writes', () => {
  it.each(adoptions)('adopts %s in an event that its schema knows and that is not too large', (_, events) => {
    for (const { type, data } of events) {
      expect(checkOwnSchema(type, data)).toEqual(known);
      expect(utf8(canonicalJson(data)).length).toBeLessThan(maxEventBytes / 2);
    }
  });

  it.each(adoptions)('judges by %s as its schema knows cards', (_, events) => {
    const terms: Terms = {
      time: workingTime([{ year: 2018, holidays: [], extraWorkingDays: [] }]),
      calendar: `431000@1#${'0'.repeat(64)}`,
      adopted: fold(decider, events),
      nextOpening: (_tier, instant) => ({ ok: true, value: instant }),
    };
    const seen = (n: number, fact: Seen['fact']): Seen => ({
      fact,
      hash: String(n).padStart(64, '0') as EventHash,
      tier: unit.tier,
      unit,
      authid: 'p-1',
      at,
      recordedAt: '2018-10-17T02:00:00.000Z',
      withoutEffect: false,
    });
    const state = superviseAll([
      seen(1, {
        name: 'applied',
        data: {
          item: '430100000001',
          intake: unit,
          lead: unit,
          entry: 'online',
          stages: [],
          promisedDays: 1,
          noticeDays: 5,
          deliveryDays: 10,
          chargeable: false,
        },
      }),
      seen(2, { name: 'accepted', data: { from: at, missing: ['deed'] } }),
      seen(3, { name: 'procedureStarted', data: { ground: 'hearing', days: 2 } }),
    ]);
    const matter = `case-${'0'.repeat(32)}` as StreamName;
    const judging = { matter, frontier: [], calendar: terms.calendar, at: '2018-12-01T00:00:00.000Z' };
    const cards = judge(state, agendaUnder(terms)(state), judging);
    expect(cards.length).toBeGreaterThan(4);
    for (const card of cards) expect(checkOwnSchema('liandong.card.raised.v1', card)).toEqual(known);
  });
});
