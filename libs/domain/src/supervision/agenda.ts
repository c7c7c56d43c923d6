import { ok, type Result } from '@liandong/kernel';
import {
  type Clock,
  type CountRefusal,
  instantOf,
  millisecondsOf,
  reachedAt,
  restsOf,
  runningFor,
  unitAt,
} from './clock.ts';
import type { Instant } from './facts.ts';
import { type AdoptedPack, type ClockRule, type FindingRule, firstOver, inForceOn } from './rule-pack.ts';
import type { Finding, Supervised } from './supervised.ts';
import { countsFrom, daysOf, rulesAt, type Terms, type TermsRefusal } from './terms.ts';

/** A threshold of a clock, and the first instant at which it is reached. */
export type Alarm = {
  readonly kind: 'clock';
  readonly clock: Clock;
  readonly rule: ClockRule;
  readonly rules: AdoptedPack;
  readonly countsFrom: Instant;
  readonly limitDays: number;
  /** The count that reaches it. */
  readonly count: number;
  readonly dueAt: Instant;
};

/** What the facts show and a rule sanctions. */
export type Sanctioned = {
  readonly kind: 'finding';
  readonly finding: Finding;
  readonly rule: FindingRule;
  readonly rules: AdoptedPack;
  readonly dueAt: Instant;
};

/** A clock or a finding nobody can judge yet, and why. */
export type Stalled = {
  readonly cause: Clock['cause'];
  readonly step?: string;
  readonly refusal: TermsRefusal;
};

/** Everything a matter is due for, now or later, the nearest first, and what cannot be told yet. */
export type Agenda = {
  readonly entries: readonly (Alarm | Sanctioned)[];
  readonly stalled: readonly Stalled[];
};

type ClockAgenda = { readonly alarms: readonly Alarm[]; readonly stalled: readonly Stalled[] };

/**
 * Makes agendas under the same terms. The thresholds of a clock are computed once: a
 * clock that no fact touched since is the same value and is not computed again.
 */
export const agendaUnder = (terms: Terms): ((state: Supervised) => Agenda) => {
  const computed = new WeakMap<Clock, ClockAgenda>();
  const ofClock = (clock: Clock): ClockAgenda => {
    const known = computed.get(clock) ?? clockAgenda(terms, clock);
    computed.set(clock, known);
    return known;
  };
  return (state) => {
    const clocks = state.clocks.map(ofClock);
    const found = sanctioned(terms, state);
    return {
      entries: [...clocks.flatMap(({ alarms }) => alarms), ...found.entries].toSorted(byDue),
      stalled: [...clocks.flatMap(({ stalled }) => stalled), ...found.stalled],
    };
  };
};

const byDue = (a: { readonly dueAt: Instant }, b: { readonly dueAt: Instant }): number =>
  a.dueAt < b.dueAt ? -1 : Number(a.dueAt > b.dueAt);

/** When a matter must be looked at next, after an instant; `undefined` if time alone brings nothing more. */
export const nextDue = ({ entries }: Agenda, after: Instant): Instant | undefined =>
  entries.find(({ dueAt }) => dueAt > after)?.dueAt;

// Clocks

const clockAgenda = (terms: Terms, clock: Clock): ClockAgenda => {
  const { cause, step } = clock;
  const stall = (refusal: TermsRefusal): Stalled => ({ cause, ...(step !== undefined && { step }), refusal });
  const rules = rulesAt(terms, millisecondsOf(clock.from));
  if (!rules.ok) return { alarms: [], stalled: [stall(rules.refusal)] };
  const date = terms.time.dateOf(millisecondsOf(clock.from));
  const alarms: Alarm[] = [];
  for (const rule of rules.value.pack.clockRules) {
    if (rule.element !== clock.kind || !inForceOn(rule, date)) continue;
    const alarm = alarmOf(terms, rules.value, clock, rule);
    // The thresholds before the one nobody can compute stay known.
    if (!alarm.ok) return { alarms, stalled: [stall(alarm.refusal)] };
    if (alarm.value !== undefined) alarms.push(alarm.value);
  }
  return { alarms, stalled: [] };
};

const alarmOf = (
  terms: Terms,
  rules: AdoptedPack,
  clock: Clock,
  rule: ClockRule,
): Result<Alarm | undefined, TermsRefusal> => {
  const limitDays = daysOf(terms, rules, clock, rule.limit);
  if (limitDays === undefined) return ok(undefined);
  const from = countsFrom(terms, rules, clock);
  if (!from.ok) return from;
  const count = limitDays + firstOver(rule.over);
  const due = countReached(terms, rules, clock, from.value, count);
  if (!due.ok) return due;
  if (due.value === undefined) return ok(undefined);
  const dueAt = instantOf(due.value);
  if (clock.stopped !== undefined && clock.stopped.at < dueAt) return ok(undefined);
  return ok({
    kind: 'clock',
    clock,
    rule,
    rules,
    countsFrom: instantOf(from.value),
    limitDays,
    count,
    dueAt,
  });
};

/** When a clock's count reaches a number; `undefined` while it stands still before that. */
export const countReached = (
  { time }: Terms,
  { convention }: AdoptedPack,
  { suspensions }: Clock,
  from: number,
  count: number,
): Result<number | undefined, CountRefusal> => {
  const rests = restsOf(time, suspensions);
  return rests.ok ? reachedAt(time, from, rests.value, runningFor(convention, count)) : rests;
};

// Findings

const sanctioned = (
  terms: Terms,
  state: Supervised,
): { readonly entries: readonly Sanctioned[]; readonly stalled: readonly Stalled[] } => {
  const entries: Sanctioned[] = [];
  const stalled: Stalled[] = [];
  for (const finding of state.findings) {
    const rules = rulesAt(terms, millisecondsOf(finding.at));
    if (rules.ok) entries.push(...sanctionsOf(terms, rules.value, finding));
    else stalled.push({ cause: finding.cause, refusal: rules.refusal });
  }
  const { applied, ended } = state;
  if (applied !== undefined && state.lateEntries.length > 0) {
    const rules = rulesAt(terms, millisecondsOf(applied.at));
    if (rules.ok) entries.push(...backDated(terms, rules.value, state, applied));
    else stalled.push({ cause: applied.hash, refusal: rules.refusal });
  }
  if (ended !== undefined && (ended.ending === '0' || ended.ending === '6')) {
    const late = lateSteps(terms, state.clocks, ended);
    if (late.ok) {
      for (const { finding, rules } of late.value) entries.push(...sanctionsOf(terms, rules, finding));
    } else stalled.push({ cause: ended.hash, refusal: late.refusal });
  }
  return { entries, stalled };
};

const sanctionsOf = ({ time }: Terms, rules: AdoptedPack, finding: Finding): readonly Sanctioned[] =>
  rules.pack.findingRules
    .filter(
      (rule) => rule.check === finding.check && inForceOn(rule, time.dateOf(millisecondsOf(finding.at))),
    )
    .filter(
      (rule) =>
        rule.check !== 'closedWithoutReason' ||
        (finding.ending !== undefined && rule.endings.includes(finding.ending)),
    )
    .map((rule) => ({ kind: 'finding', finding, rule, rules, dueAt: finding.at }));

/** One card for all that was entered late in a matter, from the fact on that makes it too many. */
const backDated = (
  { time }: Terms,
  rules: AdoptedPack,
  { lateEntries }: Supervised,
  { hash, at }: NonNullable<Supervised['applied']>,
): readonly Sanctioned[] =>
  rules.pack.findingRules.flatMap((rule): readonly Sanctioned[] => {
    if (rule.check !== 'backDatedEntry' || !inForceOn(rule, time.dateOf(millisecondsOf(at)))) return [];
    const late = lateEntries
      .filter((entry) => entry.late > rule.hours * 3_600_000)
      .toSorted((a, b) => (a.recordedAt < b.recordedAt ? -1 : Number(a.recordedAt > b.recordedAt)));
    const last = late[rule.facts - 1];
    if (last === undefined) return [];
    const finding: Finding = {
      check: 'backDatedEntry',
      cause: hash,
      round: 1,
      unit: last.unit,
      at: last.recordedAt,
      evidence: late.slice(0, rule.facts).map((entry) => entry.hash),
    };
    return [{ kind: 'finding', finding, rule, rules, dueAt: last.recordedAt }];
  });

type LateStep = { readonly finding: Finding; readonly rules: AdoptedPack };

/** The steps that took longer than their limits although the case kept its own. */
const lateSteps = (
  terms: Terms,
  clocks: readonly Clock[],
  { at, hash }: NonNullable<Supervised['ended']>,
): Result<readonly LateStep[], TermsRefusal> => {
  const whole = clocks.find(({ kind, stopped }) => kind === 'case' && stopped?.by === hash);
  if (whole === undefined) return ok([]);
  const total = wasLate(terms, whole);
  if (!total.ok || total.value.late) return total.ok ? ok([]) : total;
  const { rules } = total.value;
  const found: LateStep[] = [];
  for (const clock of clocks.filter(({ kind }) => kind === 'step')) {
    const part = wasLate(terms, clock);
    if (!part.ok) return part;
    const { cause, step, round } = clock;
    if (!part.value.late) continue;
    const unit = unitAt(clock, at);
    const about = { cause, ...(step !== undefined && { step }), round, unit, at };
    found.push({ finding: { check: 'stepLateTotalInTime', ...about, evidence: [cause, hash] }, rules });
  }
  return ok(found);
};

/** Whether a stopped clock had run a day over what was promised. */
const wasLate = (
  terms: Terms,
  clock: Clock,
): Result<{ readonly late: boolean; readonly rules: AdoptedPack }, TermsRefusal> => {
  const rules = rulesAt(terms, millisecondsOf(clock.from));
  if (!rules.ok) return rules;
  const days = daysOf(terms, rules.value, clock, 'promised');
  const from = countsFrom(terms, rules.value, clock);
  if (!from.ok) return from;
  if (days === undefined) return ok({ late: false, rules: rules.value });
  const over = countReached(terms, rules.value, clock, from.value, days + 1);
  if (!over.ok) return over;
  const late =
    over.value !== undefined && clock.stopped !== undefined && instantOf(over.value) <= clock.stopped.at;
  return ok({ late, rules: rules.value });
};
