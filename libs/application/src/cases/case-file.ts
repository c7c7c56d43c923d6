import type { CaseFact, CaseState } from '@liandong/domain/case';
import type { Envelope, EventHash, Mandate, StreamName, Term } from '@liandong/kernel';

/** An event of a case at its place in the register order. */
export type FiledEvent = {
  readonly hash: EventHash;
  readonly envelope: Envelope;
  /** `undefined` if this build does not know the type or version. */
  readonly fact: CaseFact | undefined;
  /** Filed by the lead; otherwise known, not yet registered. */
  readonly registered: boolean;
  readonly superseded: boolean;
};

/** A case as one tier knows it: a pure function of the set of events it holds. */
export type CaseFile = {
  readonly caseId: StreamName;
  readonly state: CaseState;
  /** The register, then the tail. */
  readonly events: readonly FiledEvent[];
  readonly registered: number;
  /** SHA-256 over the event hashes of the register: equal at every tier that holds the same events. */
  readonly digest: string;
  readonly term: Term;
  readonly lead: Mandate | undefined;
  /** How many events of the case this store holds. */
  readonly revision: number;
};
