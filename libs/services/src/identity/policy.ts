import { type CaseCommandName, type CaseFactName, entitlements, type Role } from '@liandong/domain/case';
import { ok, refuse, type Result } from '@liandong/kernel';
import type { DoorRefusal } from '../platform/door-refusal.ts';
import { type Caller, type PersonRole, personRoles } from './caller.ts';

const everyone = personRoles;
const staff = personRoles.filter((role) => role !== 'applicant');

/** The persons the case's own table entitles, in some case, to these facts. Followers of a tier hold no token. */
const recording = (...facts: readonly CaseFactName[]): readonly PersonRole[] => {
  const entitled = new Set<Role>(facts.flatMap((fact) => entitlements[fact].flatMap(({ roles }) => roles)));
  return personRoles.filter((role) => (entitled as ReadonlySet<string>).has(role));
};

const caseCommands: Readonly<Record<CaseCommandName, readonly PersonRole[]>> = {
  open: recording('opened'),
  file: recording('filed'),
  preAccept: recording('preAccepted'),
  requireCorrection: recording('correctionRequired'),
  supplyMaterial: recording('materialSupplied'),
  accept: recording('accepted'),
  acceptTolerating: recording('accepted'),
  openPreReview: recording('preReviewOpened'),
  recordDeemedAcceptance: [],
  reject: recording('rejected'),
  openStage: recording('stageOpened'),
  giveOpinion: recording('opinionGiven'),
  determine: recording('determined'),
  recordExternal: recording('externalRecorded'),
  recordInspection: recording('inspected'),
  consult: recording('consulted'),
  answerConsultation: recording('consultationAnswered'),
  startProcedure: recording('procedureStarted'),
  endProcedure: recording('procedureEnded'),
  recordHearing: recording('heard'),
  extend: recording('extended'),
  conclude: recording('concluded'),
  deliver: recording('delivered'),
  withdraw: recording('withdrawn'),
  transferUp: recording('transferred'),
  takeOver: recording('takenOver'),
  void: recording('voided'),
  recordToleranceLapse: [],
  recordCorrectionLapse: [],
  share: recording('shared'),
  settleObligation: recording('obligationSettled'),
  noteObligation: [],
  moveDeadlines: [],
  noteRemedy: recording('remedyNoted'),
};

const others = {
  'cases.read': everyone,
  'cases.list': staff,
  'cases.personal': [
    'windowClerk',
    'reviewer',
    'approver',
    'organHead',
    'leadCoordinator',
    'agent',
    'applicant',
  ],
  'worklist.read': staff,
  'items.read': everyone,
  'privacy.fields': ['dataProtection'],
  'privacy.erase': ['dataProtection'],
  'items.publish': ['catalogueManager'],
  'items.adopt': ['catalogueManager'],
  'directory.read': everyone,
  'audit.read': ['auditor'],
  'ledger.entries': ['auditor', 'supervisor'],
  'ledger.keys': ['operator'],
  'ledger.recover': ['operator'],
  'links.read': ['operator', 'auditor', 'supervisor'],
  'parked.read': ['operator', 'auditor', 'supervisor'],
  'parked.redrive': ['operator'],
  'cards.read': staff,
  'cards.answer': ['windowClerk', 'reviewer', 'approver', 'leadCoordinator', 'organHead'],
  'cards.rule': ['supervisor'],
  'overview.read': staff,
  'overview.staff': ['supervisor', 'organHead', 'governmentHead', 'auditor'],
  'assessments.read': staff,
  'assessments.appeal': ['windowClerk', 'reviewer', 'approver', 'leadCoordinator', 'organHead'],
  'assessments.rule': ['supervisor'],
  'calendar.read': everyone,
  'calendar.publish': ['supervisor'],
  'hours.set': ['supervisor'],
  'rules.read': staff,
  'rules.adopt': ['supervisor'],
} as const satisfies Readonly<Record<string, readonly PersonRole[]>>;

export type CaseAction = `case.${CaseCommandName}`;
export type Action = CaseAction | keyof typeof others;

/**
 * The one table of who may ask for what. A line opens the door; whether this person's
 * organ may do it in this very case is the rule of the case itself.
 */
export const policy: Readonly<Record<Action, readonly PersonRole[]>> = {
  ...others,
  ...(Object.fromEntries(
    Object.entries(caseCommands).map(([name, roles]) => [`case.${name}`, roles]),
  ) as Record<CaseAction, readonly PersonRole[]>),
};

/** The action a command's name stands for, or `undefined` if no person may ever give it. */
export const caseAction = (command: unknown): CaseAction | undefined =>
  typeof command === 'string' && isCaseCommand(command) && caseCommands[command].length > 0
    ? `case.${command}`
    : undefined;

const isCaseCommand = (name: string): name is CaseCommandName => Object.hasOwn(caseCommands, name);

/** The one check of roles, for every door. */
export const authorise = (caller: Caller, action: Action): Result<void, DoorRefusal> =>
  caller.roles.some((role) => policy[action].includes(role))
    ? ok(undefined)
    : refuse({ code: 'role-not-entitled', action });
