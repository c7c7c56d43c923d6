import { type CaseFact, entriesOf, type Opened } from '@liandong/domain/case';
import type { Applied, Seen, SupervisedFact } from '@liandong/domain/supervision';
import { authorOf, type EventHash, type TierCode } from '@liandong/kernel';
import type { CaseFile, FiledEvent } from '../cases/case-file.ts';

/** What supervision is told of a case and no event of the case says. */
export type Telling = {
  /** The working days between an instant and a deadline; `undefined` where the calendar cannot tell. */
  readonly daysUntil: (from: string, due: string) => number | undefined;
  /** Whether that version of the item may cost something; `undefined` where this tier does not know. */
  readonly chargeable: (item: Opened['item']) => boolean | undefined;
};

/** The facts that supervision consumes, in the register order of the case. */
export const supervisedFacts = (file: CaseFile, telling: Telling): readonly Seen[] => {
  const idle = new Set(entriesOf(file.state.withoutEffect).map(({ hash }) => hash));
  const facts = new Map(file.events.map(({ hash, fact }) => [hash, fact]));
  return file.events.flatMap((event) => {
    const told = event.fact && factFrom(event.fact, event, facts, telling);
    if (told === undefined) return [];
    return [seenOf(event, told, idle.has(event.hash) || event.superseded)];
  });
};

const seenOf = ({ hash, envelope, fact }: FiledEvent, told: SupervisedFact, withoutEffect: boolean): Seen => {
  const tier = tierOf(envelope.source);
  const department = fact?.data.by.department;
  return {
    fact: told,
    hash,
    tier,
    ...(department !== undefined && { unit: { tier, department } }),
    authid: envelope.authid,
    at: envelope.time,
    recordedAt: envelope.recordedtime,
    withoutEffect,
  };
};

const tierOf = (source: FiledEvent['envelope']['source']): TierCode => {
  const author = authorOf(source);
  if (author === undefined) throw new Error(`not a source: ${source}`);
  return author.tier;
};

type Facts = ReadonlyMap<EventHash, CaseFact | undefined>;

const factFrom = (
  fact: CaseFact,
  { envelope }: FiledEvent,
  facts: Facts,
  { daysUntil, chargeable }: Telling,
): SupervisedFact | undefined => {
  switch (fact.type) {
    case 'liandong.case.opened.v1':
      return { name: 'applied', data: appliedOf(fact.data, chargeable(fact.data.item)) };
    case 'liandong.case.preAccepted.v1':
    case 'liandong.case.preReviewOpened.v1':
      return { name: 'preAccepted', data: {} };
    case 'liandong.case.correctionRequired.v1':
      return {
        name: 'correctionRequired',
        data: { demands: fact.data.demands.map(({ material }) => material) },
      };
    case 'liandong.case.materialSupplied.v1':
      return { name: 'supplied', data: { complete: fact.data.noticeDue !== undefined } };
    case 'liandong.case.accepted.v1':
      // The case itself refuses an acceptance that lacks what was not tolerated.
      return { name: 'accepted', data: { from: fact.data.from, missing: [] } };
    case 'liandong.case.rejected.v1':
      return ended('rejected', fact.data.reasonsGiven);
    case 'liandong.case.stageOpened.v1':
      return { name: 'stageOpened', data: { stage: fact.data.stage } };
    case 'liandong.case.opinionGiven.v1':
    case 'liandong.case.determined.v1':
    case 'liandong.case.externalRecorded.v1':
      return { name: 'answered', data: { step: fact.data.step, round: fact.data.round } };
    case 'liandong.case.consulted.v1': {
      const { step, asked, due } = fact.data;
      const days = daysUntil(envelope.time, due);
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
    case 'liandong.case.transferred.v1': {
      const { to, from, due } = fact.data;
      return { name: 'transferred', data: { to, from, steps: due.map(({ step }) => step) } };
    }
    case 'liandong.case.takenOver.v1': {
      const to = { tier: tierOf(envelope.source), department: fact.data.by.department ?? '' };
      return { name: 'takenOver', data: { to } };
    }
    case 'liandong.case.voided.v1':
      return ended('2', fact.data.reasonsGiven);
    case 'liandong.case.toleranceLapsed.v1':
      return ended('1', true);
    case 'liandong.case.correctionLapsed.v1':
      return ended('5', true);
    case 'liandong.case.obligationSettled.v1':
      return fact.data.outcome === 'upheld'
        ? undefined
        : { name: 'reopened', data: ofStep(stepOf(facts, fact.data.cause)) };
    case 'liandong.case.filed.v1':
    case 'liandong.case.inspected.v1':
    case 'liandong.case.heard.v1':
    case 'liandong.case.shared.v1':
    case 'liandong.case.remedyNoted.v1':
      return undefined;
  }
};

const ended = (
  ending: Extract<SupervisedFact, { readonly name: 'ended' }>['data']['ending'],
  reasonsGiven: boolean,
): SupervisedFact => ({ name: 'ended', data: { ending, reasonsGiven } });

const ofStep = (step: string | undefined) => (step === undefined ? {} : { step });

/** An obligation is about the step that its cause answered. */
const stepOf = (facts: Facts, cause: EventHash): string | undefined => {
  const data = facts.get(cause)?.data;
  return data !== undefined && 'step' in data ? data.step : undefined;
};

const appliedOf = (
  { by, item, intake, lead, route, limits }: Opened,
  chargeable: boolean | undefined,
): Applied => {
  const { promisedDays, statutoryDays, noticeDays, deliveryDays } = limits;
  const unitOf = ({ tier, department }: typeof intake) => ({ tier, department });
  return {
    item: item.code,
    intake: unitOf(intake),
    lead: unitOf(lead),
    entry: by.role === 'applicant' ? 'online' : 'counter',
    stages: route.stages.map(({ id, steps }) => ({
      id,
      // Its steps run side by side: the stage may take as long as the longest.
      ...(steps.some(({ days }) => days > 0) && { days: Math.max(...steps.map(({ days }) => days)) }),
      steps: steps.map((step) => ({ id: step.id, unit: unitOf(step), days: step.days })),
    })),
    ...(promisedDays !== undefined && { promisedDays }),
    ...(statutoryDays !== undefined && { statutoryDays }),
    noticeDays,
    deliveryDays,
    ...(chargeable !== undefined && { chargeable }),
  };
};
