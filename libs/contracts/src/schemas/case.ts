import {
  type CaseFact,
  channels,
  conclusionResults,
  deadlineKinds,
  rejectionGrounds,
  remedies,
  settlements,
  takeoverGrounds,
  voidGrounds,
} from '@liandong/domain/case';
import { z } from 'zod';
import {
  applicant,
  beforeAnchoring,
  caseNumber,
  decisionDue,
  demands,
  document,
  follows,
  ground,
  intake,
  item,
  kind,
  limits,
  mandate,
  material,
  round,
  route,
  said,
  stepResult,
  stepsDue,
  superiors,
  supplied,
  tiers,
  told,
  tolerance,
} from './case-parts.ts';
import { bilingual, calendarPin, code, days, eventHash, instant, optional } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

/** What every act of the lead may state. */
const override = { beforeAnchoring: optional(beforeAnchoring) };

const accepted = { from: instant, decisionDue };

const answered = said({
  step: code,
  round,
  result: stepResult,
  document,
  reasonsGiven: z.boolean(),
  remedies: told,
  to: optional(mandate),
  due: optional(instant),
});

export const caseSchemas = schemasOf<CaseFact>()({
  'liandong.case.opened.v1': said({
    number: caseNumber,
    item,
    kind,
    intake,
    lead: mandate,
    applicant,
    route,
    materials: z.array(material).max(100),
    supplied,
    limits,
    superiors,
    audience: tiers,
    noticeDue: instant,
    authorization: optional(document),
    follows: optional(follows),
    offline: optional(z.literal(true)),
    pilot: z.boolean(),
  }),
  'liandong.case.filed.v1': said({}),
  'liandong.case.preAccepted.v1': said({}),
  'liandong.case.correctionRequired.v1': said({ demands, due: instant }),
  'liandong.case.materialSupplied.v1': said({ supplied, noticeDue: optional(instant) }),
  'liandong.case.accepted.v1': z.discriminatedUnion('basis', [
    said({ ...accepted, basis: z.enum(['complete', 'deemed']) }),
    said({ ...accepted, basis: z.literal('tolerated'), tolerance }),
  ]),
  'liandong.case.preReviewOpened.v1': said({ tolerance }),
  'liandong.case.rejected.v1': said({
    ground: z.enum(rejectionGrounds),
    reasonsGiven: z.literal(true),
    remedies: told,
  }),
  'liandong.case.stageOpened.v1': said({ stage: code, due: stepsDue, ...override }),
  'liandong.case.opinionGiven.v1': answered,
  'liandong.case.determined.v1': answered,
  'liandong.case.externalRecorded.v1': answered,
  'liandong.case.inspected.v1': said({ step: code, document }),
  'liandong.case.consulted.v1': said({
    step: optional(code),
    asked: mandate,
    days: optional(days),
    due: instant,
    document: optional(document),
  }),
  'liandong.case.consultationAnswered.v1': said({ consultation: eventHash, document }),
  'liandong.case.procedureStarted.v1': said({
    step: optional(code),
    ground,
    days,
    due: instant,
    notice: document,
    decisionDue,
    stepDue: optional(instant),
  }),
  'liandong.case.procedureEnded.v1': said({ procedure: eventHash, document }),
  'liandong.case.heard.v1': said({ step: optional(code), document }),
  'liandong.case.extended.v1': said({
    step: optional(code),
    days,
    reasonsGiven: z.literal(true),
    decisionDue,
    stepDue: optional(instant),
  }),
  'liandong.case.concluded.v1': said({
    result: z.enum(conclusionResults),
    document,
    deliveryDue: instant,
    reasonsGiven: z.boolean(),
    remedies: told,
    ...override,
  }),
  'liandong.case.delivered.v1': said({ channel: z.enum(channels), document }),
  'liandong.case.withdrawn.v1': said({ document: optional(document) }),
  'liandong.case.transferred.v1': said({
    to: mandate,
    from: instant,
    decisionDue,
    due: stepsDue,
    ...override,
  }),
  'liandong.case.takenOver.v1': said({ ground: z.enum(takeoverGrounds), ...override }),
  'liandong.case.voided.v1': said({ ground: z.enum(voidGrounds), reasonsGiven: z.literal(true) }),
  'liandong.case.toleranceLapsed.v1': said({ deliveryDue: instant }),
  'liandong.case.correctionLapsed.v1': said({}),
  'liandong.case.shared.v1': said({ tiers }),
  'liandong.case.obligationSettled.v1': said({
    cause: eventHash,
    outcome: z.enum(settlements),
    reasonsGiven: z.literal(true),
    due: optional(instant),
  }),
  'liandong.case.obligationNoted.v1': said({ cause: eventHash, days, due: instant }),
  'liandong.case.deadlinesMoved.v1': said({
    calendar: calendarPin,
    reason: bilingual,
    moved: z
      .array(
        z.strictObject({
          kind: z.enum(deadlineKinds),
          step: optional(code),
          cause: optional(eventHash),
          ...{ before: instant, due: instant },
        }),
      )
      .min(1)
      .max(200),
  }),
  'liandong.case.remedyNoted.v1': said({ remedy: z.enum(remedies), document }),
});
