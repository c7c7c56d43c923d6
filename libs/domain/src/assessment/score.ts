import { canonicalJson, type EventHash, type Sha256, toHex, utf8 } from '@liandong/kernel';
import { type Deed, type Indicator, type Subject, subjectsOf } from './indicators.ts';
import type { Period } from './period.ts';
import type { Deduction, Scheme, Share } from './scheme.ts';

/** One line of a score. `trace` names exactly the events that made it, however many there are. */
export type Line = {
  readonly id: string;
  /** In tenths of a point; what a deduction costs is negative. */
  readonly tenths: number;
  /** Of a share: so many good of so many. Of a deduction: so many. */
  readonly counted: number;
  readonly of: number;
  /** SHA-256 over the indicator and hash of every event, sorted. */
  readonly trace: string;
};

/** 1000 tenths are everything. */
export type Score = { readonly tenths: number; readonly lines: readonly Line[] };
export type Scored = { readonly subject: Subject; readonly score: Score };

/** One event behind a line. */
export type Evidence = { readonly indicator: Indicator; readonly event: EventHash };

const full = 1_000;

/** Scores of everybody who did something in the period. The order of the deeds does not matter, nor do repetitions. */
export const scoresOf = (
  sha256: Sha256,
  scheme: Scheme,
  period: Period,
  deeds: readonly Deed[],
): readonly Scored[] => {
  const known = knownIn(scheme);
  const bySubject = new Map<string, { subject: Subject; deeds: Deed[] }>();
  for (const deed of deeds) {
    if (!known.has(deed.indicator) || deed.at < period.from || deed.at >= period.until) continue;
    for (const subject of subjectsOf(deed)) {
      const key = canonicalJson(subject);
      const entry = bySubject.get(key) ?? { subject, deeds: [] };
      bySubject.set(key, entry);
      entry.deeds.push(deed);
    }
  }
  return [...bySubject.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { subject, deeds: of }]) => ({ subject, score: scoreOf(sha256, scheme, of) }));
};

const knownIn = ({ shares, deductions }: Scheme): ReadonlySet<Indicator> =>
  new Set([
    ...shares.flatMap(({ good, bad }) => [...good, ...bad]),
    ...deductions.flatMap(({ indicators }) => indicators),
  ]);

/** The score of one subject from its own deeds of one period. */
const scoreOf = (sha256: Sha256, scheme: Scheme, deeds: readonly Deed[]): Score => {
  const counting = scheme.shares.filter((share) => evidenceIn(indicatorsOf(share), deeds).length > 0);
  const worth = worthOf(counting);
  const lines = [
    ...counting.map((share, n) => shareLine(sha256, share, worth[n] ?? 0, deeds)),
    ...scheme.deductions.map((deduction) => deductionLine(sha256, deduction, deeds)),
  ].filter(({ of }) => of > 0);
  const begin = counting.length === 0 ? full : 0;
  const total = lines.reduce((sum, { tenths }) => sum + tenths, begin);
  return { tenths: Math.max(0, total), lines };
};

/** What nobody gave somebody to do takes nothing from them: the shares that count make up the whole, exactly. */
const worthOf = (shares: readonly Share[]): readonly number[] => {
  const weights = shares.reduce((sum, { weight }) => sum + weight, 0);
  let before = 0;
  return shares.map(({ weight }) => {
    const [from, until] = [before, before + weight].map((upTo) => Math.round((full * upTo) / weights));
    before += weight;
    return (until ?? 0) - (from ?? 0);
  });
};

const shareLine = (sha256: Sha256, share: Share, worth: number, deeds: readonly Deed[]): Line => {
  const all = evidenceIn(indicatorsOf(share), deeds);
  const counted = all.filter(({ indicator }) => share.good.includes(indicator)).length;
  const tenths = Math.round((worth * counted) / all.length);
  return { id: share.id, tenths, counted, of: all.length, trace: traceOf(sha256, all) };
};

const deductionLine = (sha256: Sha256, deduction: Deduction, deeds: readonly Deed[]): Line => {
  const all = evidenceIn(deduction.indicators, deeds);
  const tenths = -Math.min(deduction.most, deduction.each * all.length);
  return { id: deduction.id, tenths, counted: all.length, of: all.length, trace: traceOf(sha256, all) };
};

const indicatorsOf = ({ good, bad }: Share): readonly Indicator[] => [...good, ...bad];

/** Every event once for each thing it shows, in an order that says nothing. */
const evidenceIn = (indicators: readonly Indicator[], deeds: readonly Deed[]): readonly Evidence[] => {
  const found = new Map(
    deeds
      .filter(({ indicator }) => indicators.includes(indicator))
      .map(({ indicator, event }) => [`${indicator} ${event}`, { indicator, event }] as const),
  );
  return [...found.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
};

export const traceOf = (sha256: Sha256, evidence: readonly Evidence[]): string =>
  toHex(sha256(utf8(evidence.map(({ indicator, event }) => `${indicator} ${event}\n`).join(''))));

/** The events behind one line of a subject's score. */
export const evidenceOf = (
  scheme: Scheme,
  period: Period,
  subject: Subject,
  line: string,
  deeds: readonly Deed[],
): readonly Evidence[] => {
  const part = [...scheme.shares, ...scheme.deductions].find(({ id }) => id === line);
  if (part === undefined) return [];
  const key = canonicalJson(subject);
  const own = deeds.filter(
    (deed) =>
      deed.at >= period.from &&
      deed.at < period.until &&
      subjectsOf(deed).some((one) => canonicalJson(one) === key),
  );
  return evidenceIn('good' in part ? indicatorsOf(part) : part.indicators, own);
};
