import { type Figures, figuresOf } from '@liandong/domain/supervision';
import { decodeEvent, isCaseStream, type StreamName, type TierCode } from '@liandong/kernel';
import { bulkAmongAll } from '../overview/bulk.ts';
import { overviewReckoner, type ReckonerDeps } from '../overview/reckoner.ts';
import { rowAt, type ThingRow } from '../overview/rows.ts';
import { type EventStore, type Recorded, start } from '../ports/event-store.ts';
import type { OverviewBook, OverviewRow } from '../ports/overview-book.ts';
import { isCardStream } from '../supervision/card-file.ts';
import { everyRow } from '../views/page.ts';
import { compared, tallyOf, turningWith, unnamed, unnamedTally, viewed } from './overview-rows.ts';
import type { Compared, Progress, ViewRow } from './replay.ts';

export type LiveOverview = Pick<OverviewBook, 'rows' | 'tally'>;

export type ReplayOverviewDeps = {
  readonly tier: TierCode;
  /** This tier and those below it: nobody counts the work of a superior. */
  readonly overviewed: readonly TierCode[];
  /** Lends the live overview as it stands at one moment, and says what time it is then. */
  readonly withLiveOverview: <Found>(
    work: (live: LiveOverview, now: string) => Promise<Found>,
  ) => Promise<Found>;
};

/** What no replay can tell: who acted, and, where that is who could, whether it was in bulk. */
export const leftOut = ['staff', 'bulk'] as const;

export type ReplayedOverview = {
  readonly streams: number;
  readonly compared: Compared | null;
  readonly rows: readonly ViewRow[];
  /** What the rows come to, tier by tier. */
  readonly tiers: readonly { readonly tier: TierCode; readonly figures: Figures }[];
};

type Asked = {
  readonly only: StreamName | undefined;
  readonly counts: (recorded: Recorded) => boolean;
  /** `undefined` for now; without `at`, the latest instant at which anything that counts was recorded. */
  readonly past: { readonly at?: string } | undefined;
  readonly progress: Progress | undefined;
};

/**
 * Makes the overview again from events alone, and compares it with the live one. Only a
 * tier that holds its secret can tell which of its people acted, so nobody is named.
 */
export const replayOverview = async (
  { tier, overviewed, withLiveOverview }: ReplayOverviewDeps,
  reckoning: Omit<ReckonerDeps, 'counts' | 'stationed'> & Pick<ReplayedStore, 'store'>,
  { only, counts, past, progress }: Asked,
): Promise<ReplayedOverview> => {
  const { streams, latest } = await countedIn(reckoning.store, { only, counts });
  const { rowsOf } = overviewReckoner({
    ...reckoning,
    counts: (of) => overviewed.includes(of),
    stationed: { staffOf: async () => () => undefined },
  });
  const things: ThingRow[] = [];
  for (const [n, stream] of streams.entries()) {
    for (const thing of await rowsOf(stream))
      if (only === undefined || thing.matter === only) things.push(thing);
    await progress?.(n + 1, streams.length);
  }
  // Of one case alone, no bulk can be told either: it hangs on what else was entered then.
  const known = (of: TierCode) => of !== tier && only === undefined;
  const then = (at: string) =>
    bulkAmongAll(
      things.map((thing) => rowAt(thing, at)),
      at,
    ).map((row) => unnamed(row, known));
  const found = (made: readonly OverviewRow[], against: Compared | null) => ({
    ...{ streams: streams.length, compared: against, tiers: figuresBy(made) },
    rows: [...viewed(made, tallyOf(made))].map(([key, row]) => ({
      projection: 'overview' as const,
      key,
      row,
    })),
  });
  if (past !== undefined) return found(then(past.at ?? latest), null);
  return withLiveOverview(async (live, now) => {
    const held = (await everyRow((page) => live.rows({ tiers: overviewed }, page)))
      .filter(({ matter }) => only === undefined || matter === only)
      .map((row) => unnamed(row, known));
    const made = turningWith(held, then(now), now);
    // The live tally is of every case together.
    if (only !== undefined) return found(made, compared(viewed(held, []), viewed(made, [])));
    const tally = unnamedTally(await live.tally(overviewed), known);
    return found(made, compared(viewed(held, tally), viewed(made, tallyOf(made))));
  });
};

type ReplayedStore = { readonly store: Pick<EventStore, 'read' | 'readAll'> };

/** The streams that are counted: those of cases and cards, or of one case and whatever may be about it. */
const countedIn = async (
  store: ReplayedStore['store'],
  { only, counts }: Pick<Asked, 'only' | 'counts'>,
): Promise<{ readonly streams: readonly StreamName[]; readonly latest: string }> => {
  const streams = new Set<StreamName>();
  let latest = '';
  for (let at = start; ;) {
    const page = await store.readAll(at, 1_000);
    const end = page.at(-1);
    if (end === undefined) return { streams: [...streams].sort(), latest };
    for (const recorded of page.filter(counts)) {
      const { stream, bytes } = recorded;
      const { recordedtime } = decodeEvent(bytes);
      if (recordedtime > latest) latest = recordedtime;
      if (isCardStream(stream) || (only === undefined ? isCaseStream(stream) : stream === only))
        streams.add(stream);
    }
    at = end.position;
  }
};

const figuresBy = (rows: readonly OverviewRow[]): ReplayedOverview['tiers'] =>
  [...Map.groupBy(tallyOf(rows), ({ tallied }) => tallied.place.tier)]
    .map(([tier, of]) => ({ tier, figures: figuresOf(of) }))
    .toSorted((a, b) => (a.tier < b.tier ? -1 : 1));
