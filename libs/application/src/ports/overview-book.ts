import type { Counted, Figure, Place, Tally } from '@liandong/domain/supervision';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';
import type { Page, PageRequest } from '../views/page.ts';

/** One thing that the overview counts, and the event it goes back to. */
export type OverviewRow = {
  readonly key: string;
  /** The stream it follows from. */
  readonly stream: StreamName;
  /** The case it is about, as far as that is known here. */
  readonly matter: StreamName;
  readonly place: Place;
  /** When the clock began, the card fell due, the fact was recorded. */
  readonly at: string;
  readonly event: EventHash;
  readonly step?: string;
  readonly counted: Counted;
  /** What it counts as, as it was put. */
  readonly figures: readonly Figure[];
};

export type OverviewFilter = {
  readonly tiers: readonly TierCode[];
  readonly figure?: Figure;
  readonly department?: string;
  readonly window?: string;
  readonly staff?: string;
  readonly item?: string;
};

/** Facts entered late at one desk: the same tier, department, window and member of staff. */
export type Desk = Omit<Place, 'item'>;

export type DueStream = {
  readonly stream: StreamName;
  /** What it follows from has changed: its rows are to be made anew. */
  readonly anew: boolean;
};

/**
 * What the overview counts, beside the store. All of it follows from events and can be
 * made anew. What a method writes survives a crash once it resolves.
 */
export interface OverviewBook {
  /**
   * Puts rows in the place of all that a stream had, and when time alone next changes one
   * of them. The tally changes in the same commit, so it is always that of the rows.
   */
  put(stream: StreamName, rows: readonly OverviewRow[], due: string | undefined): Promise<void>;
  rowsOf(stream: StreamName): Promise<readonly OverviewRow[]>;
  /** The other streams whose rows are about a matter. */
  streamsAbout(matter: StreamName): Promise<readonly StreamName[]>;
  /** Streams due by an instant, the earliest first: found without a look at the others. */
  due(by: string, limit: number): Promise<readonly DueStream[]>;
  /** Makes one stream, or every stream that has rows, due from an instant on, to be made anew. */
  makeAnew(at: string, stream?: StreamName): Promise<void>;
  /** Entries of a desk recorded from one instant to another, both included, the earliest first. */
  enteredLate(desk: Desk, from: string, to: string): Promise<readonly OverviewRow[]>;
  /** The rows by what they count as: how many of each. */
  tally(tiers: readonly TierCode[]): Promise<readonly Tally[]>;
  /** The latest first. */
  rows(filter: OverviewFilter, page: PageRequest): Promise<Page<OverviewRow>>;
}
