import type { CaseSummary } from '@liandong/domain/case';
import type { ItemVersion, TrustLevel } from '@liandong/domain/catalogue';
import type { EventHash, StreamName } from '@liandong/kernel';
import type { ProvenEvent } from './proven-events.ts';

/** A material as the guide asks for it, and the documents of it in the file then. */
export type MaterialSeen = {
  readonly code: string;
  readonly name: string;
  readonly required: boolean;
  readonly tolerable: boolean;
  /** Only the guide says it: absent if the version that applied is not proven here. */
  readonly trust?: TrustLevel;
  readonly documents: readonly string[];
  readonly missing: boolean;
};

/** One decision, and the case as it was to whoever took it: nothing but what the event names as its past. */
export type Decision = {
  readonly event: ProvenEvent;
  readonly seen: readonly EventHash[];
  readonly before: CaseSummary;
  readonly materials: readonly MaterialSeen[];
};

export type Dossier = {
  readonly caseId: StreamName;
  readonly digest: string;
  readonly registered: number;
  /** The version of the catalogue that the case names by its hash, if it is proven here. */
  readonly guide?: {
    readonly version: ItemVersion;
    readonly published: ProvenEvent;
    readonly adopted?: ProvenEvent;
  };
  /** In the official order. */
  readonly events: readonly ProvenEvent[];
  readonly decisions: readonly Decision[];
  /** Events that others follow and no export shows. Decisions that saw one are left out. */
  readonly unproven: readonly EventHash[];
};
