import { persevere, storeAnswers, streamsIn, type Trying } from '../parking/persevere.ts';
import type { Retry } from '../parking/redrive.ts';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import type { Failure, Parking, Waiting } from '../ports/parking.ts';
import { changesOf, noChanges, type RowsDeps, together } from './stream-rows.ts';
import type { ViewChanges, ViewWriter } from './views.ts';

export type ProjectionDeps = RowsDeps & {
  readonly store: EventStore;
  readonly views: ViewWriter;
  readonly parking: Pick<Parking, 'parkedStreams'>;
  readonly trying: Trying;
  /** Changes with what this build knows of events: then everything is projected anew. */
  readonly version: string;
  readonly pageSize?: number;
};

/**
 * Follows the store until the signal and keeps the views up to date. Every stream that a
 * page touches is read once, as it is by then, and its rows are written with the page's
 * position: so a crash repeats a page without harm, a late event that changes the order
 * of a case is as good as any, and views that were dropped come back equal. A stream that
 * fails again and again is parked with the page; its rows stay as they were.
 */
export const projectViews = async (deps: ProjectionDeps, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) await followFrom(deps, await deps.views.begin(deps.version), signal);
};

/** Projects a parked stream as it stands now and lets it go. */
export const retryViews =
  (deps: RowsDeps & Pick<ProjectionDeps, 'views'>): Retry =>
  async ({ stream, through }) =>
    deps.views.redriven({ stream, through }, await changesOf(deps, stream));

/** Returns at the signal, or when the page has to be asked for anew from where the views stand. */
const followFrom = async (deps: ProjectionDeps, start: Position, signal: AbortSignal): Promise<void> => {
  const { store, pageSize = 1_000 } = deps;
  let from = start;
  for await (const page of store.follow(from, { limit: pageSize, signal })) {
    if (!(await savePage(deps, from, page, signal))) return;
    from = page.at(-1)?.position ?? from;
  }
};

/** A page that the views refuse to take is halved until the event shows whose stream it is; that one is parked. */
const savePage = async (
  deps: ProjectionDeps,
  from: Position,
  page: readonly Recorded[],
  signal: AbortSignal,
): Promise<boolean> => {
  const { views, version, trying } = deps;
  const [only] = page;
  const to = page.at(-1)?.position ?? from;
  const { changes, parked } = await pageChanges(deps, page, signal);
  const once = { ...trying, patience: { tries: 1, firstPause: 0 } };
  const saved = await persevere(
    page.length > 1 ? once : trying,
    signal,
    () => views.begin(version),
    () => views.save(from, to, changes),
  );
  const tell = (failures: readonly Failure[], done: boolean) => {
    if (done) for (const failure of failures) trying.parked('views', failure);
    return done;
  };
  if (saved.ok || only === undefined) return tell(parked, saved.ok && saved.value);
  if (page.length === 1) {
    const failure = { stream: only.stream, through: to, ...saved.refusal };
    return tell([failure], await views.save(from, to, { ...noChanges, parked: [failure] }));
  }
  const middle = Math.ceil(page.length / 2);
  return (
    (await savePage(deps, from, page.slice(0, middle), signal)) &&
    (await savePage(deps, page[middle - 1]?.position ?? from, page.slice(middle), signal))
  );
};

/** What a page makes of the views, and what it parks. */
const pageChanges = async (
  deps: ProjectionDeps,
  page: readonly Recorded[],
  signal: AbortSignal,
): Promise<{ readonly changes: ViewChanges; readonly parked: readonly Failure[] }> => {
  const standing = await deps.parking.parkedStreams('views');
  const touched = streamsIn(page);
  const free = touched.filter(({ stream }) => !standing.has(stream));
  const tried = await each(free, ({ stream }) =>
    persevere(deps.trying, signal, storeAnswers(deps.store), () => changesOf(deps, stream)),
  );
  const parked = tried.flatMap(([waiting, outcome]) =>
    outcome.ok ? [] : [{ ...waiting, ...outcome.refusal }],
  );
  const made = tried.flatMap(([, outcome]) => (outcome.ok ? [outcome.value] : []));
  const held = touched.filter(({ stream }) => standing.has(stream));
  return { changes: { ...together(made), parked, held }, parked };
};

/** Some at a time: one by one would wait for the network, all at once would hold every stream in memory. */
const atOnce = 16;

const each = async <Made>(
  streams: readonly Waiting[],
  make: (stream: Waiting) => Promise<Made>,
): Promise<readonly (readonly [Waiting, Made])[]> => {
  const made: (readonly [Waiting, Made])[] = [];
  for (let n = 0; n < streams.length; n += atOnce)
    made.push(
      ...(await Promise.all(
        streams.slice(n, n + atOnce).map(async (one) => [one, await make(one)] as const),
      )),
    );
  return made;
};
