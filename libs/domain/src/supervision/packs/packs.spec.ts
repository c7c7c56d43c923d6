import { describe, expect, it } from '@jest/globals';
import {
  application,
  cardsAt,
  facts,
  october,
  received,
  sha256,
  termsOf,
} from '../../../test/supervision/sample.ts';
import {
  checks,
  type ClockRule,
  type DefaultLimit,
  type FindingRule,
  hunan2018,
  packFlaw,
  packPin,
  type PackFault,
  type RulePack,
  shippedPacks,
  strict2026,
} from '../index.ts';

const packs = Object.values(shippedPacks);

describe('a shipped rule pack', () => {
  it.each(packs.map((pack) => [pack.id, pack] as const))('%s has no flaw', (id, pack) => {
    expect(packFlaw(pack)).toBeUndefined();
    expect(shippedPacks[id]).toBe(pack);
  });

  it('of Hunan has a rule for everything that facts can show', () => {
    expect(hunan2018.findingRules.map(({ check }) => check).toSorted()).toEqual(checks.toSorted());
  });

  it('is pinned by its content', () => {
    const pin = packPin(sha256, hunan2018);
    expect(pin).toMatch(/^hunan-2018@1#[0-9a-f]{64}$/);
    const renamed = { ...hunan2018, name: { ...hunan2018.name, en: 'Another' } };
    expect(packPin(sha256, renamed)).not.toBe(pin);
    expect(packPin(sha256, structuredClone(hunan2018))).toBe(pin);
  });

  it('decides alone what is late: with other thresholds the same case has other cards', () => {
    const fact = facts();
    const seen = [
      fact('applied', { ...application, stages: [] }),
      fact('accepted', { from: received, missing: [] }),
    ];
    const dues = (pack: RulePack) =>
      cardsAt('2018-12-20T00:00:00.000Z', seen, termsOf(pack)).map(({ cause, dueAt }) => [cause.rule, dueAt]);
    expect(dues(hunan2018)).toEqual([
      ['case.warning', october(19)],
      ['case.yellow', october(24)],
      ['case.red', october(29)],
    ]);
    expect(dues(strict2026)).toEqual([
      ['case.warning', october(22)],
      ['case.yellow', october(24)],
      ['case.red', october(25)],
    ]);
    const moved: RulePack = {
      ...hunan2018,
      clockRules: hunan2018.clockRules.map((rule) =>
        rule.id === 'case.yellow' ? { ...rule, over: { compare: 'atLeast', days: 3 } } : rule,
      ),
    };
    expect(dues(moved)).toContainEqual(['case.yellow', october(26)]);
  });

  it('applies a rule only while it is in force', () => {
    const fact = facts();
    const seen = [fact('complained', { about: application.lead })];
    const ended = (until: string): RulePack => ({
      ...hunan2018,
      clockRules: hunan2018.clockRules.map((rule) => ({ ...rule, until })),
    });
    const count = (pack: RulePack) => cardsAt(october(31), seen, termsOf(pack)).length;
    expect(count(ended('2018-10-15'))).toBe(3);
    expect(count(ended('2018-10-14'))).toBe(0);
    const begun = (from: string): RulePack => ({
      ...hunan2018,
      clockRules: hunan2018.clockRules.map((rule) => ({ ...rule, from })),
    });
    expect(count(begun('2018-10-15'))).toBe(3);
    expect(count(begun('2018-10-16'))).toBe(0);
  });
});

describe('a rule pack with a flaw', () => {
  const [clock] = hunan2018.clockRules as readonly [ClockRule];
  const [limit] = hunan2018.defaults as readonly [DefaultLimit];
  const backDated = hunan2018.findingRules.find(({ check }) => check === 'backDatedEntry') as FindingRule;
  const blank = { zh: '', en: 'x' };
  const clocks = (...clockRules: readonly ClockRule[]): Partial<RulePack> => ({ clockRules });
  const findings = (change: object): Partial<RulePack> => ({
    findingRules: [{ ...backDated, ...change } as FindingRule],
  });

  it.each<readonly [PackFault, Partial<RulePack>]>([
    ['id-malformed', { id: 'Hunan 2018' }],
    ['version-malformed', { version: 0 }],
    ['text-missing', { name: blank }],
    ['no-rules', { clockRules: [], findingRules: [] }],
    ['id-twice', clocks(clock, clock)],
    ['id-malformed', clocks({ ...clock, id: '' })],
    ['text-missing', clocks({ ...clock, text: blank })],
    ['text-missing', clocks({ ...clock, source: { text: blank, verified: false } })],
    ['date-malformed', clocks({ ...clock, from: '2018-02-30' })],
    ['period-empty', clocks({ ...clock, from: '2018-02-03', until: '2018-02-02' })],
    ['code-unlisted', clocks({ ...clock, element: 'lunch' as 'case' })],
    ['code-unlisted', clocks({ ...clock, colour: 'green' as 'red' })],
    ['number-out-of-range', clocks({ ...clock, over: { compare: 'atLeast', days: 0.5 } })],
    [
      'colours-out-of-order',
      clocks({ ...clock, id: 'a', colour: 'red' }, { ...clock, over: { compare: 'atLeast', days: 9 } }),
    ],
    ['code-unlisted', findings({ check: 'manners' })],
    ['number-out-of-range', findings({ hours: 0 })],
    ['number-out-of-range', findings({ facts: 0 })],
    ['number-out-of-range', findings({ check: 'closedWithoutReason', endings: [] })],
    ['code-unlisted', findings({ check: 'closedWithoutReason', endings: ['7'] })],
    ['number-out-of-range', { defaults: [{ ...limit, days: -1 }] }],
    ['code-unlisted', { defaults: [{ ...limit, limit: 'hoped' as 'promised' }] }],
    ['text-missing', { defaults: [{ ...limit, source: { text: blank, verified: false } }] }],
    ['period-empty', { defaults: [{ ...limit, until: '2017-01-01' }] }],
    ['limits-overlap', { defaults: [limit, { ...limit, from: '2019-01-01' }] }],
  ])('is refused: %s', (flaw, change) => {
    expect(packFlaw({ ...hunan2018, ...change })?.flaw).toBe(flaw);
  });

  it('may give one element another limit from another day', () => {
    const defaults = [
      { ...limit, until: '2018-12-31' },
      { ...limit, from: '2019-01-01' },
    ];
    expect(packFlaw({ ...hunan2018, defaults })).toBeUndefined();
  });
});
