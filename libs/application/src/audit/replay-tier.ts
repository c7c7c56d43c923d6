import { decodeEvent, ok, refuse, type Result, type StreamName, type TierCode } from '@liandong/kernel';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { CaseRow } from '../views/case-row.ts';
import type { RowsDeps } from '../views/stream-rows.ts';
import type { Views, ViewWriter } from '../views/views.ts';
import {
  type Compared,
  compareViews,
  type Progress,
  type Projection,
  projections,
  replayInto,
  storeOf,
} from './replay.ts';

export type ReplayDeps = {
  readonly tier: TierCode;
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly book: Pick<LedgerBook, 'entries'>;
  /** How the streams of a store become rows. */
  readonly rowsOf: (store: RowsDeps['store']) => RowsDeps;
  /** Empty views to replay into. */
  readonly emptyViews: () => Views & ViewWriter;
  /** Lends the live views for as long as the work takes. */
  readonly withLiveViews: <Found>(work: (live: Views) => Promise<Found>) => Promise<Found>;
};

/** `moment` by what authors recorded until then; `seq`: what the store held when it sealed that leaf. */
export type Past =
  { readonly kind: 'moment'; readonly at: string } | { readonly kind: 'seq'; readonly seq: number };

export type ReplayAsked = {
  readonly case?: StreamName;
  readonly projection?: Projection;
  readonly at?: Past;
  /** Nothing that the store recorded later; without it, all of it. */
  readonly through?: Position;
};

/** What a replay found, as it is given to programs. */
export type Replayed = {
  readonly tier: string;
  readonly at: string | null;
  readonly streams: number;
  /** Null for a past moment: what was then stands in no view any more. */
  readonly compared: Compared | null;
  /** The case that was asked for; null if the tier does not hold it. */
  readonly case?: CaseRow | null;
};

export type ReplayRefusal = { readonly code: 'leaf-unknown'; readonly seq: number };

/** Makes the views of a tier again from events alone, and compares them with the live ones. */
export const replayTier = async (
  deps: ReplayDeps,
  asked: ReplayAsked,
  progress?: Progress,
): Promise<Result<{ readonly found: Replayed; readonly views: Views }, ReplayRefusal>> => {
  const { case: only, at, projection } = asked;
  const counts = await countedBy(deps.book, asked);
  if (!counts.ok) return counts;
  const store = storeOf(deps.store, counts.value);
  const views = deps.emptyViews();
  const streams = await replayInto(
    { ...deps.rowsOf(store), store, ...(only && { only }), ...(progress && { progress }) },
    views,
  );
  const which = projection === undefined ? projections : [projection];
  const compared =
    at === undefined ? await deps.withLiveViews((live) => compareViews(live, views, which, only)) : null;
  const found = { tier: deps.tier, at: at === undefined ? null : textOf(at), streams, compared };
  return ok({
    views,
    found: only === undefined ? found : { ...found, case: (await views.case(only)) ?? null },
  });
};

const textOf = (past: Past): string => (past.kind === 'seq' ? String(past.seq) : past.at);

const countedBy = async (
  book: ReplayDeps['book'],
  { at, through }: ReplayAsked,
): Promise<Result<(recorded: Recorded) => boolean, ReplayRefusal>> => {
  const within = ({ position }: Recorded) => through === undefined || position <= through;
  if (at === undefined) return ok(within);
  if (at.kind === 'moment')
    return ok((recorded) => within(recorded) && decodeEvent(recorded.bytes).recordedtime <= at.at);
  const [entry] = await book.entries(at.seq, at.seq + 1);
  if (entry === undefined) return refuse({ code: 'leaf-unknown', seq: at.seq });
  return ok((recorded) => within(recorded) && recorded.position <= entry.position);
};
