import { canonicalJson, type Sha256, toHex, utf8 } from '@liandong/kernel';
import { type Bilingual, type Indicator, indicators } from './indicators.ts';
import type { PeriodKind } from './period.ts';

/** What of the good and the bad together was good, times its weight. */
export type Share = {
  readonly id: string;
  readonly name: Bilingual;
  readonly weight: number;
  readonly good: readonly Indicator[];
  readonly bad: readonly Indicator[];
};

/** What each event costs, in tenths of a point, and what they cost at most together. */
export type Deduction = {
  readonly id: string;
  readonly name: Bilingual;
  readonly each: number;
  readonly most: number;
  readonly indicators: readonly Indicator[];
};

/** 考核办法: by what people are scored, as versioned data. */
export type Scheme = {
  readonly id: string;
  readonly version: number;
  readonly name: Bilingual;
  readonly period: PeriodKind;
  readonly shares: readonly Share[];
  readonly deductions: readonly Deduction[];
};

/** `id@version#sha256`: what a score was made by. */
export const schemePin = (sha256: Sha256, scheme: Scheme): string =>
  `${scheme.id}@${scheme.version}#${toHex(sha256(utf8(canonicalJson(scheme))))}`;

export const schemeFlaws = [
  'empty',
  'id-repeated',
  'indicator-missing',
  'indicator-repeated',
  'number-out-of-range',
  'weights-not-100',
] as const;
export type SchemeFlaw = { readonly at: string; readonly flaw: (typeof schemeFlaws)[number] };

/** What is wrong with a scheme, beyond its shape. */
export const schemeFlaw = ({ id, version, shares, deductions }: Scheme): SchemeFlaw | undefined => {
  if (id.trim() === '') return { at: 'id', flaw: 'empty' };
  if (!isWhole(version, 1)) return { at: 'version', flaw: 'number-out-of-range' };
  if (shares.length === 0) return { at: 'shares', flaw: 'empty' };
  const ids = [...shares, ...deductions].map((part) => part.id);
  const repeated = ids.find((one, n) => ids.indexOf(one) !== n);
  if (repeated !== undefined) return { at: repeated, flaw: 'id-repeated' };
  return shareFlaw(shares) ?? deductionFlaw(deductions) ?? countedTwice(shares, deductions);
};

const isWhole = (number: number, least: number): boolean => Number.isSafeInteger(number) && number >= least;

const shareFlaw = (shares: readonly Share[]): SchemeFlaw | undefined => {
  for (const { id, weight, good, bad } of shares) {
    if (good.length === 0 || bad.length === 0) return { at: id, flaw: 'indicator-missing' };
    if (!isWhole(weight, 1)) return { at: id, flaw: 'number-out-of-range' };
  }
  const total = shares.reduce((sum, { weight }) => sum + weight, 0);
  return total === 100 ? undefined : { at: 'shares', flaw: 'weights-not-100' };
};

const deductionFlaw = (deductions: readonly Deduction[]): SchemeFlaw | undefined => {
  for (const { id, each, most, indicators: of } of deductions) {
    if (of.length === 0) return { at: id, flaw: 'indicator-missing' };
    if (!isWhole(each, 1) || !isWhole(most, each)) return { at: id, flaw: 'number-out-of-range' };
  }
  return undefined;
};

/** One event must not be held against somebody twice. */
const countedTwice = (shares: readonly Share[], deductions: readonly Deduction[]): SchemeFlaw | undefined => {
  const used = [
    ...shares.flatMap(({ good, bad }) => [...good, ...bad]),
    ...deductions.flatMap((deduction) => deduction.indicators),
  ];
  const twice = indicators.find((one) => used.filter((each) => each === one).length > 1);
  return twice === undefined ? undefined : { at: twice, flaw: 'indicator-repeated' };
};

/** Shipped as a beginning; a tier adopts this or another by an event. */
export const standardScheme: Scheme = {
  id: 'liandong',
  version: 1,
  name: { zh: '按时办结考核办法', en: 'Assessment by timeliness' },
  period: 'month',
  shares: [
    {
      id: 'decisions',
      name: { zh: '办结', en: 'Decisions' },
      weight: 50,
      good: ['decisionOnTime'],
      bad: ['decisionLate', 'decisionOverdue'],
    },
    {
      id: 'answers',
      name: { zh: '环节答复', en: 'Answers of steps' },
      weight: 40,
      good: ['answerOnTime'],
      bad: ['answerLate'],
    },
    {
      id: 'deliveries',
      name: { zh: '送达', en: 'Deliveries' },
      weight: 10,
      good: ['deliveryOnTime'],
      bad: ['deliveryLate'],
    },
  ],
  deductions: [
    {
      id: 'silence',
      name: { zh: '逾期未告知', en: 'Silence' },
      each: 20,
      most: 200,
      indicators: ['noticeMissed'],
    },
    {
      id: 'yellow',
      name: { zh: '黄牌', en: 'Yellow cards' },
      each: 20,
      most: 200,
      indicators: ['yellowCard'],
    },
    { id: 'red', name: { zh: '红牌', en: 'Red cards' }, each: 50, most: 500, indicators: ['redCard'] },
  ],
};
