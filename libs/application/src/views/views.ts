import type { CaseStatus, Role } from '@liandong/domain/case';
import type { StreamName, TierCode } from '@liandong/kernel';
import type { Position } from '../ports/event-store.ts';
import type { Failure, Waiting } from '../ports/parking.ts';
import type { CaseRow } from './case-row.ts';
import type { DepartmentRow, TierRow } from './directory-row.ts';
import type { ItemRow } from './item-row.ts';
import type { Page, PageRequest } from './page.ts';
import type { WorkRow } from './work-row.ts';

/** Every condition that is given must hold. */
export type CaseFilter = {
  readonly status?: CaseStatus;
  readonly item?: string;
  readonly number?: string;
  /** Cases in which this tier, or this department of it, has a part. */
  readonly tier?: TierCode;
  readonly department?: string;
  readonly leadTier?: TierCode;
  /** Cases that this agent point took in. */
  readonly agentPoint?: string;
  readonly needsUpgrade?: boolean;
};

export type WorkFilter = {
  readonly tier: TierCode;
  readonly department?: string;
  /** What a holder of any of these roles may do. */
  readonly roles?: readonly Role[];
};

export type ItemFilter = {
  readonly tier?: TierCode;
  readonly code?: string;
  /** Entries that are the tier's current one on a day, whatever their status. */
  readonly on?: string;
};

/** What can be asked. Rows lag behind the store by as much as the projection does. */
export interface Views {
  /** Newest opening first. */
  cases(filter: CaseFilter, page: PageRequest): Promise<Page<CaseRow>>;
  case(caseId: StreamName): Promise<CaseRow | undefined>;
  /** What waits for an organ, the nearest limit first, what has none last. Never the follower's own. */
  worklist(filter: WorkFilter, page: PageRequest): Promise<Page<WorkRow>>;
  /** Cases with a limit that ran out before an instant and that the tier's follower must record, the oldest first. */
  casesDue(tier: TierCode, at: string, limit: number): Promise<readonly StreamName[]>;
  /** By code, tier and entry. An adopted entry has its standard's text if that has arrived. */
  items(filter: ItemFilter, page: PageRequest): Promise<Page<ItemRow>>;
  /** By tier and credit code. */
  departments(tier: TierCode | undefined, page: PageRequest): Promise<Page<DepartmentRow>>;
  /** By code: a superior before those below it. */
  tiers(): Promise<readonly TierRow[]>;
}

/** What a page of events made of the views. A row replaces the one with its key; a case's work is replaced whole. */
export type ViewChanges = {
  readonly cases: readonly { readonly row: CaseRow; readonly work: readonly WorkRow[] }[];
  readonly items: readonly ItemRow[];
  readonly departments: readonly DepartmentRow[];
  readonly tiers: readonly TierRow[];
  /** Streams that could not be projected: from now on they are parked for `views`. */
  readonly parked?: readonly Failure[];
  /** Parked streams with events in the page, which wait behind them. */
  readonly held?: readonly Waiting[];
};

export interface ViewWriter {
  /**
   * How far the views have come. If another `version` of the projection made them, they
   * are emptied first and it is the start: rows are never a mixture of two projections.
   * Nothing is parked for `views` then: the new projection tries every stream.
   */
  begin(version: string): Promise<Position>;
  /**
   * Writes the changes, with what they park and hold, and the new position: all or nothing;
   * they survive a crash once it resolves. `false`, and nothing is written, if the position
   * is no longer `from`, because another projector is at work, or if a held stream is no
   * longer parked, so that the page has to be made again with it.
   */
  save(from: Position, to: Position, changes: ViewChanges): Promise<boolean>;
  /**
   * Writes what a parked stream looks like now and lets it go, both or neither. `false`, and
   * nothing is written, unless it is parked and waits up to this very position: what it
   * looked like may lack an event that came to wait meanwhile.
   */
  redriven(parked: Waiting, changes: ViewChanges): Promise<boolean>;
}
