import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { EventHash, Sha256, TierCode } from '@liandong/kernel';
import fc from 'fast-check';
import {
  type Deed,
  evidenceOf,
  type Indicator,
  indicators,
  type Period,
  periodNamed,
  type Scheme,
  schemeFlaw,
  schemePin,
  scoresOf,
  standardScheme,
  traceOf,
} from './index.ts';

const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const county = '431021' as TierCode;
const hashOf = (n: number) => n.toString(16).padStart(64, '0') as EventHash;
const march: Period = periodNamed('202603') ?? fail();
function fail(): never {
  throw new Error('no period');
}

const deed = (n: number, indicator: Indicator, more: Partial<Deed> = {}): Deed => ({
  ...{ indicator, event: hashOf(n), at: '2026-03-10T02:00:00.000Z', tier: county, department: 'D' },
  ...more,
});
const tenthsOf = (deeds: readonly Deed[], kind: string, scheme: Scheme = standardScheme) =>
  scoresOf(sha256, scheme, march, deeds).find(({ subject }) => subject.kind === kind)?.score.tenths;

describe('a period', () => {
  it.each([
    ['202603', '2026-02-28T16:00:00.000Z', '2026-03-31T16:00:00.000Z'],
    ['202612', '2026-11-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
    ['2026Q4', '2026-09-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
    ['2024', '2023-12-31T16:00:00.000Z', '2024-12-31T16:00:00.000Z'],
  ])('%s begins and ends at midnight in Asia/Shanghai', (name, from, until) => {
    expect(periodNamed(name)).toMatchObject({ from, until });
  });

  it.each(['', '26', '202600', '202613', '2026Q5', '2026q1', '2026-03', '20260301'])('%p is none', (name) =>
    expect(periodNamed(name)).toBeUndefined(),
  );
});

describe('a score', () => {
  // Eight of ten decisions in time, nine of ten answers, all of two deliveries, a silence, two yellow cards, a red one.
  const golden: readonly Deed[] = [
    ...Array.from({ length: 8 }, (_, n) => deed(n, 'decisionOnTime', { window: 'w1', staff: 's1' })),
    deed(8, 'decisionLate'),
    deed(9, 'decisionOverdue', { staff: 's2' }),
    ...Array.from({ length: 9 }, (_, n) => deed(20 + n, 'answerOnTime')),
    deed(29, 'answerLate'),
    deed(30, 'deliveryOnTime'),
    deed(31, 'deliveryOnTime'),
    deed(40, 'noticeMissed'),
    deed(50, 'yellowCard'),
    deed(51, 'yellowCard', { staff: 's2' }),
    deed(60, 'redCard'),
  ];

  it('is the sum of its lines, worked out by hand', () => {
    const [department] = scoresOf(sha256, standardScheme, march, golden);
    expect(department?.subject).toEqual({ kind: 'department', tier: county, department: 'D' });
    expect(department?.score.lines.map(({ id, tenths, counted, of }) => [id, tenths, counted, of])).toEqual([
      ['decisions', 400, 8, 10],
      ['answers', 360, 9, 10],
      ['deliveries', 100, 2, 2],
      ['silence', -20, 1, 1],
      ['yellow', -40, 2, 2],
      ['red', -50, 1, 1],
    ]);
    expect(department?.score.tenths).toBe(750);
  });

  it('is that of the person, the window, the department and the tier, each from their own deeds', () => {
    const scored = scoresOf(sha256, standardScheme, march, golden);
    expect(scored.map(({ subject, score }) => [Object.values(subject).join(' '), score.tenths])).toEqual([
      [`department ${county} D`, 750],
      [`staff ${county} D s1`, 1000],
      [`staff ${county} D s2`, 0],
      [`window ${county} D w1`, 1000],
      [`tier ${county}`, 750],
    ]);
  });

  it('takes nothing for what nobody gave somebody to do', () => {
    expect(tenthsOf([deed(1, 'answerOnTime')], 'tier')).toBe(1000);
    expect(tenthsOf([deed(1, 'answerOnTime'), deed(2, 'deliveryOnTime')], 'tier')).toBe(1000);
    expect(tenthsOf([deed(1, 'yellowCard')], 'tier')).toBe(980);
  });

  it('deducts no more than the scheme allows, and never goes below nothing', () => {
    const cards = (count: number) => Array.from({ length: count }, (_, n) => deed(n, 'yellowCard'));
    expect([10, 11, 50].map((count) => tenthsOf(cards(count), 'tier'))).toEqual([800, 800, 800]);
    const all = [deed(90, 'decisionLate'), ...cards(3)];
    expect(tenthsOf(all, 'tier')).toBe(0);
  });

  it('counts an event on the first instant of the period and not on the first after it', () => {
    const at = (instant: string) => tenthsOf([deed(1, 'yellowCard', { at: instant })], 'tier');
    expect(at(march.from)).toBe(980);
    expect(at('2026-02-28T15:59:59.999Z')).toBeUndefined();
    expect(at('2026-03-31T15:59:59.999Z')).toBe(980);
    expect(at(march.until)).toBeUndefined();
  });

  it('names exactly the events of each line', () => {
    const [department] = scoresOf(sha256, standardScheme, march, golden);
    for (const line of department?.score.lines ?? []) {
      const subject = department?.subject ?? fail();
      const evidence = evidenceOf(standardScheme, march, subject, line.id, golden);
      expect([line.of, line.trace]).toEqual([evidence.length, traceOf(sha256, evidence)]);
    }
    const elsewhere = { kind: 'department', tier: county, department: 'E' } as const;
    expect(evidenceOf(standardScheme, march, elsewhere, 'red', golden)).toEqual([]);
    expect(evidenceOf(standardScheme, march, elsewhere, 'blue', golden)).toEqual([]);
  });
});

describe('scores of any deeds', () => {
  const anyDeed: fc.Arbitrary<Deed> = fc.record(
    {
      indicator: fc.constantFrom(...indicators),
      event: fc.nat(40).map(hashOf),
      at: fc.constantFrom('2026-03-10T02:00:00.000Z', '2026-04-10T02:00:00.000Z'),
      tier: fc.constant(county),
      department: fc.constantFrom('D', 'E'),
      window: fc.constantFrom('w1', 'w2'),
      staff: fc.constantFrom('s1', 's2', 's3'),
    },
    { requiredKeys: ['indicator', 'event', 'at', 'tier', 'department'] },
  );
  const anyDeeds = fc.array(anyDeed, { maxLength: 60 });
  const scores = (deeds: readonly Deed[]) => scoresOf(sha256, standardScheme, march, deeds);

  it('are the same in whatever order they come, and however often', () => {
    fc.assert(
      fc.property(
        anyDeeds.chain((deeds) =>
          fc.tuple(
            fc.constant(deeds),
            fc.shuffledSubarray([...deeds, ...deeds], {
              minLength: deeds.length * 2,
              maxLength: deeds.length * 2,
            }),
          ),
        ),
        ([deeds, again]) => expect(scores(again)).toEqual(scores(deeds)),
      ),
    );
  });

  it('are not changed by what is of another unit, of another time, or not in the scheme', () => {
    const { deductions, ...rest } = standardScheme;
    const without = { ...rest, deductions: deductions.filter(({ id }) => id !== 'red') };
    const of = (deeds: readonly Deed[]) =>
      scoresOf(sha256, without, march, deeds).filter(
        ({ subject }) => subject.kind !== 'tier' && subject.department === 'D',
      );
    fc.assert(
      fc.property(anyDeeds, anyDeeds, (deeds, more) => {
        const unrelated = more.filter(
          ({ department, at, indicator }) =>
            department === 'E' || at >= march.until || indicator === 'redCard',
        );
        expect(of([...deeds, ...unrelated])).toEqual(of(deeds));
      }),
    );
  });

  it('stay between nothing and everything, and are the sum of their lines', () => {
    fc.assert(
      fc.property(anyDeeds, (deeds) => {
        for (const { score } of scores(deeds)) {
          const gained = score.lines.filter(({ tenths }) => tenths >= 0);
          const begin = score.lines.some(({ id }) => standardScheme.shares.some((one) => one.id === id));
          const sum = score.lines.reduce((all, { tenths }) => all + tenths, begin ? 0 : 1000);
          expect(score.tenths).toBe(Math.max(0, sum));
          expect(gained.reduce((all, { tenths }) => all + tenths, 0)).toBeLessThanOrEqual(1000);
        }
      }),
    );
  });
});

describe('a scheme', () => {
  const { shares, deductions } = standardScheme;
  const [share] = shares as [Scheme['shares'][number]];
  const [deduction] = deductions as [Scheme['deductions'][number]];

  it('is sound as it is shipped, and known by its content', () => {
    expect(schemeFlaw(standardScheme)).toBeUndefined();
    expect(schemePin(sha256, standardScheme)).toMatch(/^liandong@1#[0-9a-f]{64}$/);
    expect(schemePin(sha256, { ...standardScheme, period: 'year' })).not.toBe(
      schemePin(sha256, standardScheme),
    );
  });

  it.each<readonly [string, Partial<Scheme>, string]>([
    ['no name', { id: ' ' }, 'empty'],
    ['no version', { version: 0 }, 'number-out-of-range'],
    ['nothing to gain', { shares: [] }, 'empty'],
    ['two parts of one name', { deductions: [deduction, { ...deduction, id: share.id }] }, 'id-repeated'],
    ['a share of nothing good', { shares: [{ ...share, good: [] }] }, 'indicator-missing'],
    ['a share without weight', { shares: [{ ...share, weight: 0 }] }, 'number-out-of-range'],
    ['weights that are not the whole', { shares: shares.slice(1) }, 'weights-not-100'],
    ['a deduction for nothing', { deductions: [{ ...deduction, indicators: [] }] }, 'indicator-missing'],
    ['a deduction of nothing', { deductions: [{ ...deduction, each: 0 }] }, 'number-out-of-range'],
    ['a most under each', { deductions: [{ ...deduction, most: 1 }] }, 'number-out-of-range'],
    [
      'what counts twice',
      { deductions: [...deductions, { ...deduction, id: 'again' }] },
      'indicator-repeated',
    ],
  ])('is refused with %s', (_, change, flaw) => {
    expect(schemeFlaw({ ...standardScheme, ...change })).toMatchObject({ flaw });
  });
});
