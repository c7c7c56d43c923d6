import type { Mandate } from '@liandong/kernel';
import type { Check } from './codes.ts';
import type { Applied, Seen, SupervisedFacts } from './facts.ts';
import { type Finding, stepsOf, type Supervised } from './supervised.ts';

/** A matter that was applied for, and so has a lead. */
type Led = Supervised & {
  readonly applied: NonNullable<Supervised['applied']>;
  readonly lead: Mandate;
};

const isLed = (state: Supervised): state is Led => state.applied !== undefined && state.lead !== undefined;

/**
 * What one more fact shows against all before it. Facts without effect are looked at
 * too: our own doors refuse what cannot be, joined systems tell of it all the same.
 */
export const findingsOf = (state: Supervised, seen: Seen): readonly Finding[] => {
  const { name, data } = seen.fact;
  if (name === 'applied') {
    const { entry, intake } = data;
    return entry === 'offline' ? [finding({ lead: intake }, seen, 'notEnteredOnline')] : [];
  }
  if (!isLed(state)) return [];
  switch (name) {
    case 'correctionRequired':
      return secondCorrection(state, data, seen);
    case 'accepted':
      return [
        ...(data.missing.length > 0 ? [finding(state, seen, 'materialsIncomplete')] : []),
        ...(state.ended === undefined
          ? []
          : [finding(state, seen, 'acceptedAfterClose', { also: [state.ended.hash] })]),
      ];
    case 'answered':
      return answer(state, data, seen);
    case 'charged':
      return state.applied.chargeable === false ? [finding(state, seen, 'chargedThoughFree')] : [];
    case 'ended':
      return end(state, data, seen);
    case 'preAccepted':
    case 'supplied':
    case 'stageOpened':
    case 'consulted':
    case 'consultationAnswered':
    case 'procedureStarted':
    case 'procedureEnded':
    case 'extended':
    case 'delivered':
    case 'transferred':
    case 'takenOver':
    case 'reopened':
    case 'obliged':
    case 'obligationMet':
    case 'complained':
    case 'complaintExtended':
    case 'complaintAnswered':
    case 'informationRequested':
    case 'informationExtended':
    case 'thirdPartyConsulted':
    case 'thirdPartyAnswered':
    case 'informationAnswered':
    case 'warned':
    case 'warningReplied':
      return [];
  }
};

type About = {
  readonly unit?: Mandate | undefined;
  readonly step?: string;
  readonly round?: number;
  readonly also?: readonly Finding['cause'][];
  readonly ending?: Finding['ending'];
};

const finding = (
  { lead }: Pick<Led, 'lead'>,
  seen: Seen,
  check: Check,
  { unit, step, round = 1, also = [], ending }: About = {},
): Finding => ({
  check,
  cause: seen.hash,
  ...(step !== undefined && { step }),
  round,
  unit: unit ?? seen.unit ?? lead,
  at: seen.at,
  evidence: [seen.hash, ...also],
  ...(ending !== undefined && { ending }),
});

/** One notice lists everything; what a further one demands anew was not demanded in time. */
const secondCorrection = (
  state: Led,
  { demands }: SupervisedFacts['correctionRequired'],
  seen: Seen,
): readonly Finding[] => {
  const { demanded } = state;
  const anew = demanded !== undefined && demands.some((demand) => !demanded.includes(demand));
  return anew ? [finding(state, seen, 'secondCorrection')] : [];
};

const answer = (
  state: Led,
  { step, round, startedAt }: SupervisedFacts['answered'],
  seen: Seen,
): readonly Finding[] => {
  const { applied } = state;
  const planned = stepsOf(applied).find(({ id }) => id === step);
  const about = { unit: planned?.unit, step, round };
  const opened = state.stages.find(({ id }) => id === planned?.stage)?.at ?? applied.at;
  const illogical =
    seen.at < opened || (startedAt !== undefined && (startedAt > seen.at || startedAt < applied.at));
  return [
    ...(planned !== undefined && beforeItsTurn(state, applied, planned.stage)
      ? [finding(state, seen, 'stepOrderUnlikeCatalogue', about)]
      : []),
    ...(illogical ? [finding(state, seen, 'stepTimesIllogical', about)] : []),
  ];
};

/** Whether a stage before this one still waits for an answer. */
const beforeItsTurn = ({ answered }: Led, { stages }: Applied, stage: string): boolean =>
  stages
    .slice(
      0,
      stages.findIndex(({ id }) => id === stage),
    )
    .some(({ steps }) => steps.some(({ id }) => !answered.includes(id)));

const end = (
  state: Led,
  { ending, reasonsGiven }: SupervisedFacts['ended'],
  seen: Seen,
): readonly Finding[] => {
  const { applied, answered, charged } = state;
  const needReasons = ['1', '2', '3', 'rejected'].includes(ending);
  const closed =
    needReasons && !reasonsGiven ? [finding(state, seen, 'closedWithoutReason', { ending })] : [];
  // What follows is about a case that ran its whole course.
  if (ending !== '0' && ending !== '6') return closed;
  const planned = stepsOf(applied).map(({ id }) => id);
  const unlike = planned.some((id) => !answered.includes(id)) || answered.some((id) => !planned.includes(id));
  return [
    ...closed,
    ...(seen.at < applied.at
      ? [finding(state, seen, 'resultBeforeApplication', { also: [applied.hash] })]
      : []),
    ...(applied.chargeable === true && !charged ? [finding(state, seen, 'notChargedThoughChargeable')] : []),
    ...(unlike ? [finding(state, seen, 'stepCountUnlikeCatalogue')] : []),
  ];
};
