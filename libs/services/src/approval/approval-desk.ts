import type { Arrivals, CaseDesk, CaseFile, Disclosed, Done, LedgerStandings } from '@liandong/application';
import { commandSchema, type DoorCommandName, doorCommandNames } from '@liandong/contracts';
import { type Role, roles } from '@liandong/domain/case';
import { authorOf, type EventHash, type StreamName } from '@liandong/kernel';
import type { Caller } from '../identity/caller.ts';
import { meaningOf } from '../platform/problem.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { check } from '../platform/valid.ts';
import { caseAnswer, type CaseEvents } from './present.ts';

export type CommandCall = {
  readonly caller: Caller;
  readonly caseId?: StreamName;
  readonly command: DoorCommandName;
  readonly idempotencyKey: string;
  readonly body: unknown;
};

/** What the doors do, once for all of them: HTTP and gRPC differ only in how they spell it. */
export type ApprovalDesk = {
  /** Gives a command for the caller. If the state of the case forbids it, the refusal carries that state. */
  readonly give: (call: CommandCall) => Promise<Done>;
  /** The case now, or as it stood at `at`. One that is not the caller's to see is one that is not there. */
  readonly look: (caller: Caller, caseId: StreamName, at?: string) => Promise<CaseFile>;
  /** The events of the case, and how far each has come. */
  readonly events: (caller: Caller, caseId: StreamName) => Promise<CaseEvents>;
  /** The personal fields of a case, for the applicant and for the organs that handle it, nobody else. */
  readonly personal: (caller: Caller, caseId: StreamName) => Promise<readonly PersonalFields[]>;
};

/** How far the events of a case have come, as the exchange of the tier knows it. */
export type Progress = {
  readonly arrivals: Arrivals;
  readonly standings: LedgerStandings;
};

/** More of one case than this is no wait but an outage, which the links show. */
const mostPending = 200;

export type PersonalFields = { readonly event: EventHash; readonly type: string; readonly fields: Disclosed };

/** The personal fields a tier still holds of a case, by event. */
export type DisclosedIn = (file: CaseFile) => Promise<ReadonlyMap<EventHash, Disclosed>>;

/** Made once: a schema is compiled when it is first used. */
const schemas = Object.fromEntries(doorCommandNames.map((name) => [name, commandSchema(name)])) as Readonly<
  Record<DoorCommandName, ReturnType<typeof commandSchema>>
>;

export type Pseudonym = (subject: string, stream: StreamName) => string;

export const approvalDesk = (
  desk: CaseDesk,
  pseudonym: Pseudonym,
  disclosedIn: DisclosedIn,
  { arrivals, standings }: Progress,
): ApprovalDesk => {
  /** The applicant in person, or the agent point that took the case in. */
  const applies = (caller: Caller, { caseId, state: { matter } }: CaseFile): boolean => {
    if (matter === undefined) return false;
    const { applicant, intake } = matter.opening;
    return (
      (caller.roles.includes('agent') &&
        caller.agentPoint !== undefined &&
        caller.agentPoint === intake.agentPoint) ||
      (caller.roles.includes('applicant') && applicant.reference === pseudonym(caller.sub, caseId))
    );
  };

  const mayRead = (caller: Caller, file: CaseFile): boolean => isStaff(caller) || applies(caller, file);

  const look: ApprovalDesk['look'] = async (caller, caseId, at) => {
    const file = await (at === undefined ? desk.read(caseId) : desk.replay(caseId, at));
    if (file === undefined || !mayRead(caller, file)) throw new Refused({ code: 'case-not-found', caseId });
    return file;
  };

  const found = async (caller: Caller, caseId: StreamName) => {
    const file = await desk.read(caseId);
    return file?.state.matter !== undefined && mayRead(caller, file) ? { case: caseAnswer(file) } : undefined;
  };

  return {
    give: async ({ caller, caseId, command, idempotencyKey, body }) => {
      const outcome = await desk.execute({
        principal: caller.sub,
        authtype: 'user',
        idempotencyKey,
        ...(caseId !== undefined && { caseId }),
        command: orRefuse(check(schemas[command], body)),
        by: actorOf(caller),
      });
      if (outcome.ok) return outcome.value;
      const { refusal } = outcome;
      throw new Refused(
        refusal,
        caseId !== undefined && meaningOf(refusal).http === 409 ? await found(caller, caseId) : undefined,
      );
    },

    look,

    events: async (caller, caseId) => {
      // Asked first: what comes into the store meanwhile is then seen twice rather than nowhere.
      const arrived = await arrivals.pendingIn(caseId, mostPending);
      const file = await look(caller, caseId);
      const own = file.events.filter(({ envelope }) => authorOf(envelope.source)?.tier === caller.tier);
      const sealed = await standings.of(own.map(({ hash }) => hash));
      const stored = new Set(file.events.map(({ hash }) => hash));
      return { file, sealed, pending: arrived.filter(({ hash }) => !stored.has(hash)) };
    },

    personal: async (caller, caseId) => {
      const file = await look(caller, caseId);
      if (!applies(caller, file) && !handles(caller, file))
        throw new Refused({ code: 'role-not-entitled', action: 'cases.personal' });
      const disclosed = await disclosedIn(file);
      return file.events.flatMap(({ hash, envelope: { type } }) => {
        const fields = disclosed.get(hash);
        return fields === undefined ? [] : [{ event: hash, type, fields }];
      });
    },
  };
};

const isStaff = ({ roles: held }: Caller): boolean =>
  held.some((role) => role !== 'applicant' && role !== 'agent');

/** Whether the caller works for an organ that has a part in the case: intake, lead or a step's own. */
const handles = (caller: Caller, { state: { matter } }: CaseFile): boolean => {
  if (matter === undefined || !isStaff(caller) || caller.department === '') return false;
  const organs = [
    matter.opening.intake,
    matter.lead,
    ...matter.transfers.map(({ from }) => from),
    ...Object.values(matter.steps).map(({ organ }) => organ),
  ];
  return organs.some(({ tier, department }) => tier === caller.tier && department === caller.department);
};

/** The roles of the caller that mean something in a case. */
export const capacitiesOf = ({ roles: held }: Caller): readonly Role[] =>
  roles.filter((role) => (held as readonly string[]).includes(role));

/** The caller's capacity, from the token alone. */
const actorOf = (caller: Caller) => {
  const { tier, department, window, agentPoint } = caller;
  return {
    tier,
    roles: capacitiesOf(caller),
    ...(department !== '' && { department }),
    ...(window !== undefined && { window }),
    ...(agentPoint !== undefined && { agentPoint }),
  };
};
