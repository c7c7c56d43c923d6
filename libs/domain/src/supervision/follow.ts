import type { EventHash, Mandate } from '@liandong/kernel';
import type { Clock } from './clock.ts';
import type { Ending } from './codes.ts';
import type { Seen, SupervisedFact, SupervisedFacts } from './facts.ts';
import { findingsOf } from './findings.ts';
import {
  extended,
  handedTo,
  nothingSupervised,
  restarted,
  resumed,
  started,
  stepsOf,
  stopped,
  type Supervised,
  suspended,
  unitKey,
} from './supervised.ts';

/** Entered later than this, a fact is remembered as entered late; rule packs say how late is too late. */
const noteworthyDelay = 3_600_000;

/**
 * What supervision knows of a matter after one more fact, in the order of the matter.
 * Nothing before the fact is looked at again; clocks it does not touch stay the very
 * same values.
 */
export const follow = (state: Supervised, seen: Seen): Supervised => {
  const told = { ...noted(state, seen), findings: [...state.findings, ...findingsOf(state, seen)] };
  return seen.withoutEffect ? told : moved(told, seen.fact, seen);
};

export const superviseAll = (facts: Iterable<Seen>): Supervised => {
  let state = nothingSupervised;
  for (const seen of facts) state = follow(state, seen);
  return state;
};

/** Who acted, and whether it was entered in time. */
const noted = (state: Supervised, { fact, unit, window, authid, hash, at, recordedAt }: Seen): Supervised => {
  const told =
    unit === undefined
      ? state
      : {
          ...state,
          handlers: { ...state.handlers, [unitKey(unit)]: authid },
          windows: { ...state.windows, [unitKey(unit)]: window },
        };
  const late = Date.parse(recordedAt) - Date.parse(at);
  const acting = unit ?? (fact.name === 'applied' ? fact.data.intake : state.lead);
  if (late < noteworthyDelay || acting === undefined) return told;
  const entry = { hash, unit: acting, ...(window !== undefined && { window }), person: authid };
  return { ...told, lateEntries: [...told.lateEntries, { ...entry, recordedAt, late }] };
};

/** What a fact does to the clocks: the one table of which fact starts, rests and stops which. */
const moved = (state: Supervised, { name, data }: SupervisedFact, seen: Seen): Supervised => {
  const { hash, at } = seen;
  switch (name) {
    case 'applied':
      return applied(state, data, seen);
    case 'preAccepted':
      return stopped(state, { kind: 'preAcceptance' }, at, hash);
    case 'correctionRequired':
      return {
        ...stopped(state, { kind: ['preAcceptance', 'correctionNotice'] }, at, hash),
        demanded: state.demanded ?? data.demands,
      };
    case 'supplied':
      return data.complete ? noticedAgain(state, seen) : state;
    case 'accepted':
      return accepted(state, data, seen);
    case 'stageOpened':
      return stageOpened(state, data, seen);
    case 'answered':
      return answered(state, data, seen);
    case 'consulted': {
      const { step, asked, days } = data;
      const clock = { ...ofStep(step), unit: asked, days: promisedOnly(days) };
      return begun(state, 'consultation', clock, seen);
    }
    case 'consultationAnswered':
      return stopped(state, { cause: data.consultation }, at, hash);
    case 'procedureStarted':
      return procedureStarted(state, data, seen);
    case 'procedureEnded':
      return resumed(stopped(state, { cause: data.procedure }, at, hash), data.procedure, at);
    case 'extended': {
      const { step, days } = data;
      const which = step === undefined ? { kind: 'case' as const } : { kind: 'step' as const, step };
      return extended(state, which, { cause: hash, days });
    }
    case 'charged':
      return { ...state, charged: true };
    case 'ended':
      return ended(state, data.ending, seen);
    case 'delivered':
      return stopped(state, { kind: 'certificate' }, at, hash);
    case 'transferred':
      return transferred(state, data, seen);
    case 'takenOver':
      // The organs of the steps, and their clocks, stay.
      return { ...handedTo(state, { kind: ['case', 'stage'] }, data.to, at), lead: data.to };
    case 'reopened':
      return reopened(state, data, seen);
    case 'obliged': {
      const { step, unit, days } = data;
      return begun(state, 'obligation', { ...ofStep(step), unit, days: promisedOnly(days) }, seen);
    }
    case 'obligationMet':
      return stopped(state, { kind: 'obligation', cause: data.obliged }, at, hash);
    case 'complained':
      return begun(state, 'complaint', { unit: data.about, days: promisedOnly(data.days) }, seen);
    case 'complaintExtended':
      return extended(state, { cause: data.complaint }, { cause: hash, days: data.days });
    case 'complaintAnswered':
      return stopped(state, { cause: data.complaint }, at, hash);
    case 'informationRequested':
      return begun(state, 'informationRequest', { unit: data.asked, days: statutoryOnly(data.days) }, seen);
    case 'informationExtended':
      return extended(state, { cause: data.request }, { cause: hash, ...ofDays(data.days) });
    case 'thirdPartyConsulted':
      return suspended(
        state,
        { cause: data.request },
        { ground: 'thirdPartyConsultation', cause: hash, from: at },
      );
    case 'thirdPartyAnswered':
      return resumed(state, data.consultation, at);
    case 'informationAnswered':
      return stopped(state, { cause: data.request }, at, hash);
    case 'warned':
      return begun(state, 'warningReply', { ...ofStep(data.step), unit: data.unit, days: {} }, seen);
    case 'warningReplied':
      return stopped(state, { cause: data.warning }, at, hash);
  }
};

const ofStep = (step: string | undefined) => (step === undefined ? {} : { step });
const ofDays = (days: number | undefined) => (days === undefined ? {} : { days });
const promisedOnly = (days: number | undefined): Clock['days'] =>
  days === undefined ? {} : { promised: days };
const statutoryOnly = (days: number | undefined): Clock['days'] =>
  days === undefined ? {} : { statutory: days };

type Begun = Pick<Clock, 'unit' | 'days'> & Partial<Pick<Clock, 'step' | 'round' | 'from'>>;

const begun = (state: Supervised, kind: Clock['kind'], clock: Begun, { hash, at }: Seen): Supervised =>
  started(state, { kind, cause: hash, round: 1, from: at, ...clock });

// Intake

const applied = (state: Supervised, data: SupervisedFacts['applied'], seen: Seen): Supervised => {
  if (state.applied !== undefined) return state;
  const { intake, lead, entry, noticeDays } = data;
  const opened = { ...state, applied: { ...data, hash: seen.hash, at: seen.at }, lead };
  const noticed = begun(opened, 'correctionNotice', { unit: intake, days: { statutory: noticeDays } }, seen);
  return entry === 'online' ? begun(noticed, 'preAcceptance', { unit: intake, days: {} }, seen) : noticed;
};

/** Before acceptance the file is complete at last: the counter has its days for an answer once more. */
const noticedAgain = (state: Supervised, seen: Seen): Supervised => {
  const { applied: application, ended: end, clocks } = state;
  const waiting = clocks.every(({ kind, stopped: stop }) => kind !== 'case' && stop !== undefined);
  if (application === undefined || end !== undefined || !waiting) return state;
  const { intake: unit, noticeDays } = application;
  return begun(state, 'correctionNotice', { unit, days: { statutory: noticeDays } }, seen);
};

const accepted = (state: Supervised, { from }: SupervisedFacts['accepted'], seen: Seen): Supervised => {
  const { applied: application, lead } = state;
  const over = stopped(state, { kind: ['preAcceptance', 'correctionNotice'] }, seen.at, seen.hash);
  if (application === undefined || lead === undefined) return over;
  return begun(over, 'case', { unit: lead, days: decisionDays(application), from }, seen);
};

const decisionDays = ({ promisedDays, statutoryDays }: SupervisedFacts['applied']): Clock['days'] => ({
  ...(promisedDays !== undefined && { promised: promisedDays }),
  ...(statutoryDays !== undefined && { statutory: statutoryDays }),
});

// Review

const stageOpened = (
  state: Supervised,
  { stage: id }: SupervisedFacts['stageOpened'],
  seen: Seen,
): Supervised => {
  const stage = state.applied?.stages.find((one) => one.id === id);
  const { lead } = state;
  if (stage === undefined || lead === undefined) return state;
  let next: Supervised = { ...state, stages: [...state.stages, { id, at: seen.at }] };
  if (stage.days !== undefined) {
    next = begun(next, 'stage', { step: id, unit: lead, days: { promised: stage.days } }, seen);
  }
  for (const { id: step, unit, days } of stage.steps) {
    if (days > 0) next = begun(next, 'step', { step, unit, days: { promised: days } }, seen);
  }
  return next;
};

const answered = (
  state: Supervised,
  { step, round }: SupervisedFacts['answered'],
  seen: Seen,
): Supervised => {
  const steps = state.answered.includes(step) ? state.answered : [...state.answered, step];
  const running = state.clocks.find(
    (clock) => clock.kind === 'step' && clock.step === step && clock.stopped === undefined,
  );
  // A late answer to an earlier round leaves the present one running.
  const over =
    running?.round === round ? stopped(state, { cause: running.cause, step }, seen.at, seen.hash) : state;
  const stage = state.applied?.stages.find((one) => one.steps.some(({ id }) => id === step));
  const done = stage?.steps.every(({ id }) => steps.includes(id)) ?? false;
  const after = done && stage ? stopped(over, { kind: 'stage', step: stage.id }, seen.at, seen.hash) : over;
  return { ...after, answered: steps };
};

const procedureStarted = (
  state: Supervised,
  { step, ground, days }: SupervisedFacts['procedureStarted'],
  seen: Seen,
): Supervised => {
  const { lead } = state;
  const unit = seen.unit ?? lead;
  if (unit === undefined) return state;
  const suspension = { ground, cause: seen.hash, from: seen.at, allowedDays: days };
  const resting = suspended(state, { kind: 'case' }, suspension);
  const all =
    step === undefined
      ? suspended(resting, { kind: ['stage', 'step'] }, suspension)
      : suspended(suspended(resting, { kind: 'step', step }, suspension), stageOf(state, step), suspension);
  return begun(all, 'procedure', { ...ofStep(step), unit, days: promisedOnly(days) }, seen);
};

const stageOf = ({ applied: application }: Supervised, step: string) => ({
  kind: 'stage' as const,
  step: (application && stepsOf(application).find(({ id }) => id === step)?.stage) ?? '',
});

// End

/** Closed normally, a case leaves its special procedures running: they were begun and never ended. */
const leavesProceduresRunning: ReadonlySet<Ending> = new Set(['0', '6']);

const ended = (state: Supervised, ending: Ending, seen: Seen): Supervised => {
  const { hash, at } = seen;
  const before = ['case', 'stage', 'step', 'preAcceptance', 'correctionNotice', 'consultation'] as const;
  const over = stopped(state, { kind: before }, at, hash);
  const done = leavesProceduresRunning.has(ending) ? over : stopped(over, { kind: 'procedure' }, at, hash);
  const next: Supervised = { ...done, ended: { ending, at, hash } };
  const { applied: application, lead } = state;
  if (ending !== '0' || application === undefined || lead === undefined) return next;
  return begun(next, 'certificate', { unit: lead, days: { statutory: application.deliveryDays } }, seen);
};

// Handover and return

const transferred = (
  state: Supervised,
  { to, from, steps }: SupervisedFacts['transferred'],
  seen: Seen,
): Supervised => {
  const { hash, at } = seen;
  const running = state.clocks.find(({ kind, stopped: stop }) => kind === 'case' && stop === undefined);
  const stages = state.clocks.filter(({ kind, stopped: stop }) => kind === 'stage' && stop === undefined);
  let next: Supervised = { ...stopped(state, { kind: 'case' }, at, hash), lead: to };
  if (running !== undefined) next = begun(next, 'case', { unit: to, days: running.days, from }, seen);
  for (const { step, days } of stages) {
    const over = stopped(next, { kind: 'stage', ...ofStep(step) }, at, hash);
    next = begun(over, 'stage', { ...ofStep(step), unit: to, days, from }, seen);
  }
  for (const step of steps) next = again(next, step, undefined, to, from, seen);
  return next;
};

/** A further pass of a step, with its own clock. */
const again = (
  state: Supervised,
  step: string,
  round: number | undefined,
  unit: Mandate | undefined,
  from: string,
  seen: Seen,
): Supervised => {
  const planned = state.applied && stepsOf(state.applied).find(({ id }) => id === step);
  const last = state.clocks.findLast((clock) => clock.kind === 'step' && clock.step === step);
  if (planned === undefined || planned.days === 0) return state;
  const over = stopped(state, { kind: 'step', step }, seen.at, seen.hash);
  const clock = {
    step,
    round: round ?? (last?.round ?? 0) + 1,
    unit: unit ?? last?.unit ?? planned.unit,
    days: { promised: planned.days },
    from,
  };
  return { ...begun(over, 'step', clock, seen), answered: state.answered.filter((one) => one !== step) };
};

const reopened = (
  state: Supervised,
  { step, round, obliged }: SupervisedFacts['reopened'],
  seen: Seen,
): Supervised => {
  const { ended: end } = state;
  const met =
    obliged === undefined
      ? state
      : stopped(state, { kind: 'obligation', cause: obliged }, seen.at, seen.hash);
  const back = end === undefined ? met : { ...backTo(met, end.hash, seen), ended: undefined };
  return step === undefined ? back : again(back, step, round, undefined, seen.at, seen);
};

/** The clocks that the end had stopped run on, and the certificate is no longer due. */
const backTo = (state: Supervised, end: EventHash, { at, hash }: Seen): Supervised =>
  restarted(stopped(state, { kind: 'certificate', cause: end }, at, hash), end, at, hash);
