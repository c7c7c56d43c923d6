import { type CaseFact, type CaseState, missingMaterials } from '@liandong/domain/case';
import type { Applied, SupervisedFact } from '@liandong/domain/supervision';
import type { Mandate, TierCode } from '@liandong/kernel';

/** A fact of a case with what the case was before it and after it. */
export type Told = {
  readonly fact: CaseFact;
  readonly tier: TierCode;
  readonly before: CaseState;
  readonly after: CaseState;
};

/** Whom the fact's author acted for. */
export const unitOf = ({ fact, tier }: Pick<Told, 'fact' | 'tier'>): Mandate | undefined => {
  const { department } = fact.data.by;
  return department === undefined ? undefined : { tier, department };
};

/** What a fact of a case is to supervision: the one table. Most facts move no clock. */
export const supervisedFact = ({ fact, tier, before, after }: Told): SupervisedFact | undefined => {
  switch (fact.type) {
    case 'liandong.case.opened.v1':
      return { name: 'applied', data: appliedOf(fact.data) };
    case 'liandong.case.preAccepted.v1':
      return { name: 'preAccepted', data: {} };
    case 'liandong.case.correctionRequired.v1':
      return {
        name: 'correctionRequired',
        data: { demands: fact.data.demands.map(({ material }) => material) },
      };
    case 'liandong.case.materialSupplied.v1':
      return { name: 'supplied', data: { complete: fact.data.noticeDue !== undefined } };
    case 'liandong.case.accepted.v1': {
      const { from, basis } = fact.data;
      const missing = basis === 'complete' && after.matter ? missingMaterials(after.matter) : [];
      return { name: 'accepted', data: { from, missing } };
    }
    case 'liandong.case.rejected.v1':
      return ended('rejected', fact.data.reasonsGiven);
    case 'liandong.case.stageOpened.v1':
      return { name: 'stageOpened', data: { stage: fact.data.stage } };
    case 'liandong.case.opinionGiven.v1':
    case 'liandong.case.determined.v1':
    case 'liandong.case.externalRecorded.v1': {
      const { step, round } = fact.data;
      return { name: 'answered', data: { step, round } };
    }
    case 'liandong.case.consulted.v1': {
      const { step, asked, days } = fact.data;
      return { name: 'consulted', data: { ...ofStep(step), asked, ...(days !== undefined && { days }) } };
    }
    case 'liandong.case.consultationAnswered.v1':
      return { name: 'consultationAnswered', data: { consultation: fact.data.consultation } };
    case 'liandong.case.procedureStarted.v1': {
      const { step, ground, days } = fact.data;
      return { name: 'procedureStarted', data: { ...ofStep(step), ground, days } };
    }
    case 'liandong.case.procedureEnded.v1':
      return { name: 'procedureEnded', data: { procedure: fact.data.procedure } };
    case 'liandong.case.extended.v1':
      return { name: 'extended', data: { ...ofStep(fact.data.step), days: fact.data.days } };
    case 'liandong.case.concluded.v1':
      return ended(fact.data.result, fact.data.reasonsGiven);
    case 'liandong.case.delivered.v1':
      return { name: 'delivered', data: {} };
    case 'liandong.case.withdrawn.v1':
      return ended('withdrawn', true);
    case 'liandong.case.voided.v1':
      return ended('2', fact.data.reasonsGiven);
    case 'liandong.case.toleranceLapsed.v1':
      return ended('1', true);
    case 'liandong.case.correctionLapsed.v1':
      return ended('5', true);
    case 'liandong.case.transferred.v1': {
      const { to, from, due } = fact.data;
      return { name: 'transferred', data: { to, from, steps: due.map(({ step }) => step) } };
    }
    case 'liandong.case.takenOver.v1':
      return { name: 'takenOver', data: { to: { tier, department: fact.data.by.department ?? '' } } };
    case 'liandong.case.obligationSettled.v1':
      return settled(fact.data, before, after);
    case 'liandong.case.obligationNoted.v1': {
      const { lead, obligations } = before.matter ?? {};
      const step = obligations?.find(({ cause }) => cause === fact.data.cause)?.step;
      return lead && { name: 'obliged', data: { ...ofStep(step), unit: lead, days: fact.data.days } };
    }
    case 'liandong.case.filed.v1':
    case 'liandong.case.preReviewOpened.v1':
    case 'liandong.case.inspected.v1':
    case 'liandong.case.heard.v1':
    case 'liandong.case.shared.v1':
    case 'liandong.case.deadlinesMoved.v1':
    case 'liandong.case.remedyNoted.v1':
      return undefined;
  }
};

type Opened = Extract<CaseFact, { readonly type: 'liandong.case.opened.v1' }>['data'];
type Ended = Extract<SupervisedFact, { readonly name: 'ended' }>['data'];

const ofStep = (step: string | undefined) => (step === undefined ? {} : { step });

const ended = (ending: Ended['ending'], reasonsGiven: boolean): SupervisedFact => ({
  name: 'ended',
  data: { ending, reasonsGiven },
});

/** Whoever applies in person does so online; at a counter a clerk or an agent takes it in. */
const appliedOf = ({ by, item, intake, lead, route, limits, offline }: Opened): Applied => ({
  item: item.code,
  intake: { tier: intake.tier, department: intake.department },
  lead,
  entry: offline === true ? 'offline' : by.role === 'applicant' ? 'online' : 'counter',
  stages: route.stages.map(({ id, steps }) => ({
    id,
    steps: steps.map(({ id: step, tier, department, days }) => ({
      ...{ id: step, unit: { tier, department }, days },
    })),
  })),
  ...(limits.promisedDays !== undefined && { promisedDays: limits.promisedDays }),
  ...(limits.statutoryDays !== undefined && { statutoryDays: limits.statutoryDays }),
  noticeDays: limits.noticeDays,
  deliveryDays: limits.deliveryDays,
});

type Settled = Extract<CaseFact, { readonly type: 'liandong.case.obligationSettled.v1' }>['data'];

const settled = (
  { cause, outcome }: Settled,
  before: CaseState,
  after: CaseState,
): SupervisedFact | undefined => {
  const obligation = before.matter?.obligations.find((one) => one.cause === cause);
  const obliged = obligation?.noted?.hash;
  if (outcome === 'upheld') return obliged && { name: 'obligationMet', data: { obliged } };
  const step = obligation?.step;
  const round = step === undefined ? undefined : after.matter?.steps[step]?.round;
  const which = { ...ofStep(step), ...(round !== undefined && { round }) };
  return { name: 'reopened', data: { ...which, ...(obliged !== undefined && { obliged }) } };
};
