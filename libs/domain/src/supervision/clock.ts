import { type EventHash, type Mandate, ok, type Result } from '@liandong/kernel';
import type { ClockKind, Convention, LimitKind, SuspensionGround } from './codes.ts';
import type { Instant } from './facts.ts';

/** Time in which a clock stands still, by law. */
export type Suspension = {
  readonly ground: SuspensionGround;
  readonly cause: EventHash;
  readonly from: Instant;
  readonly endedAt?: Instant;
  /** The working days the applicant was told it needs: beyond them the clock runs again. */
  readonly allowedDays?: number;
};

/** Days added by whoever the law names; where the fact names no number, the rule pack does. */
export type Extension = { readonly cause: EventHash; readonly days?: number };

/** One limit in one matter. What changes it makes a new value, so what is computed for a clock can be kept with it. */
export type Clock = {
  readonly kind: ClockKind;
  /** The event that started it. */
  readonly cause: EventHash;
  /** The step, or for a stage its id. */
  readonly step?: string;
  readonly round: number;
  /** Who is late if it is. */
  readonly unit: Mandate;
  /** Who was to act before a takeover, the earliest first. */
  readonly formerUnits?: readonly { readonly unit: Mandate; readonly until: Instant }[];
  readonly from: Instant;
  /** Working days as the facts name them; where they name none, the rule pack has a default. */
  readonly days: { readonly [Limit in LimitKind]?: number };
  readonly extensions: readonly Extension[];
  readonly suspensions: readonly Suspension[];
  readonly stopped?: { readonly at: Instant; readonly by: EventHash };
};

/** Who was to act at an instant. */
export const unitAt = ({ unit, formerUnits = [] }: Clock, at: Instant): Mandate =>
  formerUnits.find(({ until }) => at <= until)?.unit ?? unit;

export type CountRefusal =
  | { readonly code: 'calendar-year-missing'; readonly year: number }
  | { readonly code: 'office-hours-missing'; readonly date: string };

/**
 * Working time, as the calendar knows it: instants and spans in milliseconds. `after`
 * is the first instant at which the clock has run for an amount and runs on.
 */
export type WorkingTime = {
  readonly after: (from: number, amount: number) => Result<number, CountRefusal>;
  readonly between: (from: number, to: number) => Result<number, CountRefusal>;
  /** yyyy-mm-dd in Asia/Shanghai. */
  readonly dateOf: (instant: number) => string;
};

/** What one working day is worth. */
export const fullDay = 86_400_000;

export const millisecondsOf = (instant: Instant): number => Date.parse(instant);
export const instantOf = (milliseconds: number): Instant => new Date(milliseconds).toISOString();

/** The number of the day on which a clock starts: how many full days a count needs less than its own number. */
const firstCount = (convention: Convention): number => {
  switch (convention) {
    case 'started':
      return 1;
    case 'elapsed':
      return 0;
  }
};

/** How long a clock must have run for its count to reach a number. */
export const runningFor = (convention: Convention, count: number): number =>
  Math.max(0, count - firstCount(convention)) * fullDay;

/** The count a clock shows that has run so long. */
export const countAfter = (convention: Convention, run: number): number =>
  firstCount(convention) + Math.floor(run / fullDay);

/** `undefined` while it is open. */
export type Span = { readonly from: number; readonly to: number | undefined };

/** The rests of a clock in time, each merged with those it touches; the count cannot tell how they were entered. */
export const restsOf = (
  time: WorkingTime,
  suspensions: readonly Suspension[],
): Result<readonly Span[], CountRefusal> => {
  const spans: Span[] = [];
  for (const suspension of suspensions) {
    const span = spanOf(time, suspension);
    if (!span.ok) return span;
    spans.push(span.value);
  }
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last === undefined || (last.to !== undefined && last.to < span.from)) merged.push(span);
    else merged[merged.length - 1] = { from: last.from, to: laterEnd(last.to, span.to) };
  }
  return ok(merged);
};

const laterEnd = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : Math.max(a, b);

const spanOf = (
  time: WorkingTime,
  { from: text, endedAt, allowedDays }: Suspension,
): Result<Span, CountRefusal> => {
  const from = millisecondsOf(text);
  const ended = endedAt === undefined ? undefined : Math.max(from, millisecondsOf(endedAt));
  if (allowedDays === undefined) return ok({ from, to: ended });
  const allowed = time.after(from, allowedDays * fullDay);
  if (allowed.ok) return ok({ from, to: Math.min(ended ?? allowed.value, allowed.value) });
  // Its end is known, so the year nobody published plays no part unless the end lies there too.
  return ended === undefined ? allowed : ok({ from, to: ended });
};

/**
 * The first instant at which a clock has run for `amount`; `undefined` while it stands
 * still before that. Adding a rest never makes it earlier.
 */
export const reachedAt = (
  time: WorkingTime,
  from: number,
  rests: readonly Span[],
  amount: number,
): Result<number | undefined, CountRefusal> => {
  let at = from;
  let left = amount;
  for (const rest of rests) {
    if (rest.to !== undefined && rest.to <= at) continue;
    const run = time.between(at, rest.from);
    if (!run.ok) return run;
    if (run.value > left) break;
    if (rest.to === undefined) return ok(undefined);
    left -= run.value;
    at = rest.to;
  }
  return time.after(at, left);
};

/** How long a clock has run until an instant. */
export const runUntil = (
  time: WorkingTime,
  from: number,
  rests: readonly Span[],
  until: number,
): Result<number, CountRefusal> => {
  let sum = 0;
  let at = from;
  for (const rest of [...rests, { from: until, to: undefined }]) {
    const run = time.between(at, Math.min(rest.from, until));
    if (!run.ok) return run;
    sum += run.value;
    at = Math.max(at, rest.to ?? until);
  }
  return ok(sum);
};
