import type { Actor, CaseCommand, CaseRefusal } from '@liandong/domain/case';
import type { EventHash, Result, StreamName } from '@liandong/kernel';
import type { Acting } from '../authoring.ts';
import type { HandlingRefusal } from '../own-streams.ts';
import type { NotAnchored } from './anchored-first.ts';
import type { CaseFile } from './case-file.ts';
import type { OpeningRefusal, OpenRequest } from './open-request.ts';

/** One act on a case by a caller whom the credentials name. */
export type Deed = Acting & {
  /** Absent when the command opens the case. */
  readonly caseId?: StreamName;
  readonly command: OpenRequest | Exclude<CaseCommand, { readonly type: 'open' }>;
  /** The capacity of the caller; the pseudonym within the case is made by the desk. */
  readonly by: Omit<Actor, 'authid'>;
};

export type Done = {
  readonly caseId: StreamName;
  readonly events: readonly { readonly id: string; readonly type: string; readonly hash: EventHash }[];
  /** Events of the case in this store after the command. */
  readonly revision: number;
  /** An earlier attempt under the same key had recorded these events; nothing was written now. */
  readonly repeated: boolean;
};

export type DeskRefusal =
  | CaseRefusal
  | OpeningRefusal
  | HandlingRefusal
  | NotAnchored
  | { readonly code: 'case-not-found'; readonly caseId: StreamName };

/** The counter of one tier: where commands on cases are decided and recorded. */
export interface CaseDesk {
  /**
   * Decides a command on what this tier knows of the case and records the outcome.
   * Sent again under the same key it returns what was recorded the first time. A
   * command that loses a race is decided again on the new state. Where the tier keeps a
   * ledger, an act of the lead waits for a while until the tier's own events of the case are
   * anchored; one that carries an override does not wait, and the fact states it.
   */
  execute(deed: Deed): Promise<Result<Done, DeskRefusal>>;
  /** The case as this tier knows it now, or `undefined` if it holds no event of it. */
  read(caseId: StreamName): Promise<CaseFile | undefined>;
  /** The case from the events recorded by their authors up to a moment; `undefined` before the first. */
  replay(caseId: StreamName, at: string): Promise<CaseFile | undefined>;
}
