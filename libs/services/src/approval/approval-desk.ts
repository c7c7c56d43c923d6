import type { CaseDesk, CaseFile, Done } from '@liandong/application';
import { commandSchema, type DoorCommandName, doorCommandNames } from '@liandong/contracts';
import { roles } from '@liandong/domain/case';
import type { StreamName } from '@liandong/kernel';
import type { Caller } from '../identity/caller.ts';
import { meaningOf } from '../platform/problem.ts';
import { orRefuse, Refused } from '../platform/refused.ts';
import { check } from '../platform/valid.ts';
import { caseAnswer } from './present.ts';

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
};

/** Made once: a schema is compiled when it is first used. */
const schemas = Object.fromEntries(doorCommandNames.map((name) => [name, commandSchema(name)])) as Readonly<
  Record<DoorCommandName, ReturnType<typeof commandSchema>>
>;

export type Pseudonym = (subject: string, stream: StreamName) => string;

export const approvalDesk = (desk: CaseDesk, pseudonym: Pseudonym): ApprovalDesk => {
  const mayRead = (caller: Caller, { caseId, state: { matter } }: CaseFile): boolean => {
    if (caller.roles.some((role) => role !== 'applicant' && role !== 'agent')) return true;
    if (matter === undefined) return false;
    const { applicant, intake } = matter.opening;
    return (
      (caller.roles.includes('agent') &&
        caller.agentPoint !== undefined &&
        caller.agentPoint === intake.agentPoint) ||
      (caller.roles.includes('applicant') && applicant.reference === pseudonym(caller.sub, caseId))
    );
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

    look: async (caller, caseId, at) => {
      const file = await (at === undefined ? desk.read(caseId) : desk.replay(caseId, at));
      if (file === undefined || !mayRead(caller, file)) throw new Refused({ code: 'case-not-found', caseId });
      return file;
    },
  };
};

/** The caller's capacity, from the token alone. */
const actorOf = ({ tier, department, roles: held, window, agentPoint }: Caller) => ({
  tier,
  roles: roles.filter((role) => (held as readonly string[]).includes(role)),
  ...(department !== '' && { department }),
  ...(window !== undefined && { window }),
  ...(agentPoint !== undefined && { agentPoint }),
});
