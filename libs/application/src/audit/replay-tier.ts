import { decodeEvent, ok, refuse, type Result, type StreamName } from '@liandong/kernel';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { CaseRow } from '../views/case-row.ts';
import type { RowsDeps } from '../views/stream-rows.ts';
import type { Views, ViewWriter } from '../views/views.ts';
import {
  type Compared,
  compareViews,
  type Progress,
  type Replayable,
  projections,
  replayInto,
  storeOf,
  firstDifference,
  type ViewRow,
} from './replay.ts';
import { type RejudgeDeps, replayCards } from '../supervision/replay-cards.ts';
import {
  leftOut,
  replayOverview,
  type ReplayOverviewDeps,
  type ReplayedOverview,
} from './replay-overview.ts';

export type ReplayDeps = ReplayOverviewDeps & {
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly book: Pick<LedgerBook, 'entries'>;
  /** How the cards of a store are judged again. */
  readonly cardsOf: (store: Pick<EventStore, 'read' | 'readAll'>) => CardsDeps;
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
  readonly projection?: Replayable;
  readonly at?: Past;
  /** Nothing that the store recorded later; without it, all of it. */
  readonly through?: Position;
};

/** What a replay found, as it is given to programs. */
export type Replayed = {
  readonly tier: string;
  readonly at: string | null;
  readonly streams: number;
  /** Null for the views of a past moment: what was then stands in no view any more. */
  readonly compared: Compared | null;
  /** The case that was asked for; null if the tier does not hold it. */
  readonly case?: CaseRow | null;
  /** What the overview comes to, tier by tier, if it was asked for. */
  readonly overview?: ReplayedOverview['tiers'];
  /** What of the overview no auditor can make again: who acted, and of this tier's own work what was entered in bulk. */
  readonly leftOut?: typeof leftOut;
};

export type ReplayRefusal = { readonly code: 'leaf-unknown'; readonly seq: number };

/** Makes the views of a tier again from events alone, and compares them with the live ones. */
export const replayTier = async (
  deps: ReplayDeps,
  asked: ReplayAsked,
  progress?: Progress,
): Promise<Result<ReplayResult, ReplayRefusal>> => {
  const { case: only, at, projection } = asked;
  const counts = await countedBy(deps.book, asked);
  if (!counts.ok) return counts;
  const store = storeOf(deps.store, counts.value);
  if (projection === 'overview') {
    const past = at && (at.kind === 'moment' ? { at: at.at } : {});
    const again = { only, counts: counts.value, past, progress };
    const { streams, compared, rows, tiers } = await replayOverview(deps, deps.cardsOf(store), again);
    const found = { tier: deps.tier, at: at === undefined ? null : textOf(at), streams, compared };
    return ok({ views: deps.emptyViews(), rows, found: { ...found, overview: tiers, leftOut } });
  }
  // What another author recorded later by its own clock may be missing at a moment; at a leaf nothing may.
  const whole = at?.kind !== 'moment';
  const cards = await judgedAgain(deps, store, { only, whole });
  const views = deps.emptyViews();
  if (projection === 'supervision') {
    await progress?.(cards.streams, cards.streams);
    const found = { tier: deps.tier, at: at === undefined ? null : textOf(at), streams: cards.streams };
    return ok({ views, rows: cards.rows, found: { ...found, compared: cards.compared } });
  }
  const streams = await replayInto(
    { ...deps.rowsOf(store), store, ...(only && { only }), ...(progress && { progress }) },
    views,
  );
  const which = projection === undefined ? projections : [projection];
  const live =
    at === undefined ? await deps.withLiveViews((held) => compareViews(held, views, which, only)) : null;
  const compared = projection === undefined && live !== null ? both(live, cards.compared) : live;
  const found = { tier: deps.tier, at: at === undefined ? null : textOf(at), streams, compared };
  return ok({
    ...{ views, rows: cards.rows },
    found: only === undefined ? found : { ...found, case: (await views.case(only)) ?? null },
  });
};

type CardsDeps = RejudgeDeps & { readonly store: Pick<EventStore, 'read' | 'readAll'> };

/** What a replay found, and what it made. */
export type ReplayResult = {
  readonly found: Replayed;
  readonly views: Views;
  /** What stands in no view: the cards, or the overview. */
  readonly rows: readonly ViewRow[];
};

/** Every card judged again from what it names: its data must be the same, to the byte. */
const judgedAgain = async (
  { tier, cardsOf }: Pick<ReplayDeps, 'tier' | 'cardsOf'>,
  store: Pick<EventStore, 'read' | 'readAll'>,
  { only, whole }: { readonly only: StreamName | undefined; readonly whole: boolean },
): Promise<{ readonly rows: readonly ViewRow[]; readonly streams: number; readonly compared: Compared }> => {
  const rows: ViewRow[] = [];
  let streams = 0;
  let divergence: Compared['divergence'];
  for await (const { card, judgement, found, replayed } of replayCards(cardsOf(store), only)) {
    streams++;
    // What another tier's card names may still be on its way here; of an own one nothing may be missing.
    if (found === 'incomplete' && !(whole && judgement.accountable.unit.tier === tier)) continue;
    if (replayed !== undefined) rows.push({ projection: 'supervision', key: card, row: replayed });
    if (found === 'same') continue;
    const difference = firstDifference(judgement, replayed) ?? { field: '' };
    divergence ??= { projection: 'supervision', key: card, ...difference };
  }
  return { rows, streams, compared: { rows: rows.length, ...(divergence && { divergence }) } };
};

const both = (a: Compared, b: Compared): Compared => {
  const divergence = a.divergence ?? b.divergence;
  return { rows: a.rows + b.rows, ...(divergence && { divergence }) };
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
