import type { CaseFactName } from './facts.ts';
import type { Role } from './role.ts';

/** What an actor is in one case. Tier and department come from the route and from who leads. */
export const capacities = [
  /** The counter that took the case in: its tier and department. */
  'intake',
  /** The applicant in person, at the intake's tier. */
  'applicant',
  /** The agent point that took the case in, under the applicant's authorization. */
  'agent',
  /** The tier and department that lead in the fact's own causal past. */
  'lead',
  /** The organ that answers the step the fact names, or did when the fact's author could not know better. */
  'stepOrgan',
  /** The organ whose limit runs: of the step the fact names, else the lead. */
  'limitOrgan',
  /** The government of that organ's tier. */
  'limitGovernment',
  /** The department that was asked. */
  'consulted',
  /** A tier above the lead's. */
  'superior',
  /** The follower of the tier whose deadline passed. */
  'follower',
  /** The follower of a tier that the case concerns; which limits are its own is a rule of their moving. */
  'concerned',
] as const;
export type Capacity = (typeof capacities)[number];

/** One line of the table: in this capacity, in one of these roles. */
export type Entitlement = { readonly as: Capacity; readonly roles: readonly Role[] };

const counter: readonly Entitlement[] = [{ as: 'intake', roles: ['windowClerk'] }];
const applying: readonly Entitlement[] = [
  ...counter,
  { as: 'applicant', roles: ['applicant'] },
  { as: 'agent', roles: ['agent'] },
];
const leading: Entitlement = { as: 'lead', roles: ['leadCoordinator', 'approver', 'organHead'] };
const checking: readonly Entitlement[] = [{ as: 'intake', roles: ['windowClerk', 'reviewer'] }, leading];
const onTime: readonly Entitlement[] = [{ as: 'follower', roles: ['system'] }];
const reviewing: Entitlement = { as: 'stepOrgan', roles: ['reviewer', 'approver', 'organHead'] };
const limiting: Entitlement = {
  as: 'limitOrgan',
  roles: ['leadCoordinator', 'reviewer', 'approver', 'organHead'],
};
const deciding: Entitlement = { as: 'stepOrgan', roles: ['approver', 'organHead'] };

/** Who may do what. The one place that says so, at the door and when history is folded. */
export const entitlements: Readonly<Record<CaseFactName, readonly Entitlement[]>> = {
  opened: applying,
  filed: [{ as: 'lead', roles: ['leadCoordinator', 'system'] }],
  preAccepted: checking,
  correctionRequired: checking,
  materialSupplied: [...applying, leading],
  accepted: [...checking, ...onTime],
  preReviewOpened: checking,
  rejected: checking,
  stageOpened: [leading],
  opinionGiven: [reviewing],
  determined: [deciding],
  externalRecorded: [reviewing, leading],
  inspected: [reviewing],
  consulted: [reviewing, leading],
  consultationAnswered: [{ as: 'consulted', roles: ['reviewer', 'approver', 'organHead'] }],
  procedureStarted: [limiting],
  procedureEnded: [limiting],
  heard: [reviewing, leading],
  extended: [
    { as: 'limitOrgan', roles: ['organHead'] },
    { as: 'limitGovernment', roles: ['governmentHead'] },
  ],
  concluded: [leading],
  delivered: [...counter, leading],
  withdrawn: applying,
  transferred: [leading],
  takenOver: [{ as: 'superior', roles: ['organHead', 'governmentHead', 'leadCoordinator'] }],
  voided: [{ as: 'lead', roles: ['organHead', 'leadCoordinator'] }],
  toleranceLapsed: onTime,
  correctionLapsed: onTime,
  shared: [leading],
  obligationSettled: [leading],
  obligationNoted: [{ as: 'lead', roles: ['system'] }],
  deadlinesMoved: [{ as: 'concerned', roles: ['system'] }],
  remedyNoted: checking,
};
