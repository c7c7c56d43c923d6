import {
  type Capacity,
  type CaseFactName,
  type CaseStatus,
  type CaseSummary,
  caseSummary,
  type DeadlineKind,
  entitlements,
  type Matter,
  type Role,
  type StepSummary,
} from '@liandong/domain/case';
import type { Mandate, StreamName, TierCode } from '@liandong/kernel';
import type { CaseFile } from '../cases/case-file.ts';

/** What waits to be done. Named by the fact that would do it; `lapse` is for the tier's own follower. */
export const workActs = [
  'preAccepted',
  'accepted',
  'opinionGiven',
  'determined',
  'externalRecorded',
  'consultationAnswered',
  'procedureEnded',
  'stageOpened',
  'delivered',
  'obligationSettled',
  'lapse',
] as const;
export type WorkAct = (typeof workActs)[number];

/** One thing that one organ has to do now (待办). */
export type WorkRow = {
  readonly caseId: StreamName;
  /** Unique within the case. */
  readonly key: string;
  readonly act: WorkAct;
  readonly tier: TierCode;
  /** Empty for the tier's own follower. */
  readonly department: string;
  /** Who of that organ may do it. */
  readonly roles: readonly Role[];
  readonly step?: string;
  readonly due?: string;
  readonly number: string;
  readonly itemName: string;
  readonly status: CaseStatus;
};

type Work = Pick<WorkRow, 'key' | 'act' | 'roles'> & {
  readonly organ: Mandate;
  readonly step?: string | undefined;
  readonly due?: string | undefined;
};

/** Everything that waits in a case, at whatever tier. */
export const workRows = ({ caseId, state }: CaseFile): readonly WorkRow[] => {
  const summary = caseSummary(state);
  const { matter } = state;
  if (summary === undefined || matter === undefined) return [];
  const { number, item, status } = summary;
  const works = [
    ...ofTheCounter(summary),
    ...ofTheOrgans(summary, matter),
    ...ofTheLead(summary),
    ...ofTheFollower(summary),
  ];
  return works.map(({ organ, step, due, ...work }) => ({
    ...{ caseId, ...work, tier: organ.tier, department: organ.department },
    ...(step !== undefined && { step }),
    ...(due !== undefined && { due }),
    ...{ number: number.value, itemName: item.name, status },
  }));
};

const ofTheCounter = (summary: CaseSummary): readonly Work[] => {
  const { status, intake: organ, demanded } = summary;
  const roles = (fact: CaseFactName) => rolesFor(fact, 'intake');
  if (status === 'draft')
    return [{ ...work('preAccepted', organ, roles('preAccepted')), due: dueOf(summary, 'deemedAcceptance') }];
  if (status === 'preAccepted' && demanded.length === 0)
    return [{ ...work('accepted', organ, roles('accepted')), due: dueOf(summary, 'deemedAcceptance') }];
  if (status === 'concluded')
    return [{ ...work('delivered', organ, roles('delivered')), due: dueOf(summary, 'delivery') }];
  return [];
};

const ofTheOrgans = (summary: CaseSummary, { consultations }: Matter): readonly Work[] => [
  ...summary.steps
    .filter(({ status }) => status === 'open')
    .map(({ id, kind, organ, round, due }): Work => {
      const act = actOf[kind];
      return { ...work(act, organ, rolesFor(act, 'stepOrgan'), `${id}:${round}`), step: id, due };
    }),
  ...consultations.map(({ hash, asked, step, due }): Work => ({
    ...work('consultationAnswered', asked, rolesFor('consultationAnswered', 'consulted'), hash),
    step,
    due,
  })),
  ...summary.procedures.map(({ hash, step, due }): Work => {
    const organ = summary.steps.find(({ id }) => id === step)?.organ ?? summary.lead;
    return { ...work('procedureEnded', organ, rolesFor('procedureEnded', 'limitOrgan'), hash), step, due };
  }),
];

const actOf: Readonly<Record<StepSummary['kind'], WorkAct & CaseFactName>> = {
  opinion: 'opinionGiven',
  determination: 'determined',
  external: 'externalRecorded',
};

/** The lead goes on when no step is under way: the next stage, or the conclusion. */
const ofTheLead = (summary: CaseSummary): readonly Work[] => {
  const { status, lead, steps, obligations } = summary;
  const idle = steps.every((step) => step.status !== 'open' && step.status !== 'suspended');
  const settle = obligations.map(({ kind, cause, step, due }): Work => {
    const roles = rolesFor('obligationSettled', 'lead');
    return { ...work('obligationSettled', lead, roles, `${kind}:${cause}`), step, due };
  });
  if (!idle || (status !== 'accepted' && status !== 'inReview')) return settle;
  const goOn = work('stageOpened', lead, rolesFor('stageOpened', 'lead'));
  return [...settle, { ...goOn, due: dueOf(summary, 'promisedDecision') }];
};

const lapses: readonly DeadlineKind[] = ['deemedAcceptance', 'correctionLapse', 'toleranceLapse'];

const ofTheFollower = ({ deadlines }: CaseSummary): readonly Work[] =>
  deadlines
    .filter(({ kind }) => lapses.includes(kind))
    .map(({ kind, tier, due }) => ({ ...work('lapse', { tier, department: '' }, ['system'], kind), due }));

const work = (act: WorkAct, organ: Mandate, roles: readonly Role[], key = ''): Work => ({
  key: `${act}:${key}`,
  act,
  organ,
  roles,
});

const rolesFor = (fact: CaseFactName, capacity: Capacity): readonly Role[] =>
  entitlements[fact].filter((entitlement) => entitlement.as === capacity).flatMap(({ roles }) => roles);

const dueOf = ({ deadlines }: CaseSummary, kind: DeadlineKind): string | undefined =>
  deadlines.find((deadline) => deadline.kind === kind)?.due;
