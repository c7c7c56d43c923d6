import { canonicalJson, type StreamName, type TierCode } from '@liandong/kernel';
import { type EventStore, type Recorded, start } from '../ports/event-store.ts';
import { changesOf, noChanges, type RowsDeps } from '../views/stream-rows.ts';
import { everyRow } from '../views/page.ts';
import type { Views, ViewWriter } from '../views/views.ts';

/** A store as it would be had it taken only some of its events: those up to a moment, for instance. */
export const storeOf = (
  store: Pick<EventStore, 'read' | 'readAll'>,
  counts: (recorded: Recorded) => boolean,
): Pick<EventStore, 'read' | 'readAll'> => ({
  read: async (stream, after) => (await store.read(stream, after)).filter(counts),
  readAll: (after, limit) => store.readAll(after, limit),
});

/** Told how much is done, of how much; what is told waits until it has been heard. */
export type Progress = (done: number, of: number) => void | Promise<void>;

/** Fills views with what events alone make of them. Returns how many streams there were. */
export const replayInto = async (
  {
    store,
    only,
    progress,
    ...deps
  }: RowsDeps & {
    readonly store: Pick<EventStore, 'read' | 'readAll'>;
    /** One stream instead of all. */
    readonly only?: StreamName;
    readonly progress?: Progress;
  },
  views: ViewWriter,
): Promise<number> => {
  const streams = only === undefined ? await streamsIn(store) : [only];
  let from = await views.begin('replay');
  for (const [n, stream] of streams.entries()) {
    const to = (from + 1n) as typeof from;
    if (!(await views.save(from, to, { ...noChanges, ...(await changesOf({ ...deps, store }, stream)) })))
      throw new Error('the views are being written by another');
    from = to;
    await progress?.(n + 1, streams.length);
  }
  return streams.length;
};

const streamsIn = async (store: Pick<EventStore, 'readAll'>): Promise<readonly StreamName[]> => {
  const streams = new Set<StreamName>();
  for (let at = start; ;) {
    const page = await store.readAll(at, 1_000);
    const end = page.at(-1);
    if (end === undefined) return [...streams].sort();
    for (const { stream } of page) streams.add(stream);
    at = end.position;
  }
};

export const projections = ['cases', 'worklist', 'items', 'departments', 'tiers'] as const;
export type Projection = (typeof projections)[number];

/** What can be asked to be replayed: the views, the cards, which stand in the events themselves, and the overview of supervision. */
export const replayables = [...projections, 'supervision', 'overview'] as const;
export type Replayable = (typeof replayables)[number];

/** The first row that is not the same: its key, the first field, and what stands in each. Absent where there is no such row. */
export type Divergence = {
  readonly projection: Replayable;
  readonly key: string;
  readonly field: string;
  readonly live?: unknown;
  readonly replayed?: unknown;
};

export type Compared = { readonly rows: number; readonly divergence?: Divergence };

/** Compares live views with replayed ones, row by row; of one case only its rows, if it is named. */
export const compareViews = async (
  live: Views,
  replayed: Views,
  which: readonly Projection[] = projections,
  only?: StreamName,
): Promise<Compared> => {
  let rows = 0;
  const tiers = new Set([...(await live.tiers()), ...(await replayed.tiers())].map(({ tier }) => tier));
  for (const projection of which) {
    const [ours, theirs] = [await keyed(replayed, projection, tiers), await keyed(live, projection, tiers)];
    for (const key of [...new Set([...ours.keys(), ...theirs.keys()])].filter(isOf(only)).sort()) {
      const difference = firstDifference(theirs.get(key), ours.get(key));
      if (difference !== undefined) return { rows, divergence: { projection, key, ...difference } };
      rows++;
    }
  }
  return { rows };
};

export type Row = Readonly<Record<string, unknown>>;
export type ViewRow = { readonly projection: Replayable; readonly key: string; readonly row: Row };

/** The rows of views, by projection and key; of one case only its rows, if it is named. */
export const viewRows = async function* (
  views: Views,
  which: readonly Projection[] = projections,
  only?: StreamName,
): AsyncGenerator<ViewRow, undefined> {
  const tiers = new Set((await views.tiers()).map(({ tier }) => tier));
  for (const projection of which) {
    const rows = await keyed(views, projection, tiers);
    for (const key of [...rows.keys()].filter(isOf(only)).sort()) {
      const row = rows.get(key);
      if (row !== undefined) yield { projection, key, row };
    }
  }
};

const isOf =
  (only: StreamName | undefined) =>
  (key: string): boolean =>
    only === undefined || key.split(' ')[0] === only;

const keyed = async (
  views: Views,
  projection: Projection,
  tiers: ReadonlySet<TierCode>,
): Promise<ReadonlyMap<string, Row>> => {
  switch (projection) {
    case 'cases':
      return mapOf(await everyRow((page) => views.cases({}, page)), ({ caseId }) => caseId);
    case 'worklist': {
      const rows = await Promise.all(
        [...tiers].map((tier) => everyRow((page) => views.worklist({ tier }, page))),
      );
      return mapOf(rows.flat(), ({ caseId, key }) => `${caseId} ${key}`);
    }
    case 'items':
      return mapOf(
        await everyRow((page) => views.items({}, page)),
        ({ code, tier, entry }) => `${code} ${tier} ${entry}`,
      );
    case 'departments':
      return mapOf(
        await everyRow((page) => views.departments(undefined, page)),
        ({ tier, department }) => `${tier} ${department}`,
      );
    case 'tiers':
      return mapOf(await views.tiers(), ({ tier }) => tier);
  }
};

const mapOf = <Each extends object>(rows: readonly Each[], keyOf: (row: Each) => string) =>
  new Map(rows.map((row): readonly [string, Row] => [keyOf(row), Object.fromEntries(Object.entries(row))]));

export const firstDifference = (live: Row | undefined, replayed: Row | undefined) => {
  if (live === undefined || replayed === undefined)
    return { field: '', ...(live && { live }), ...(replayed && { replayed }) };
  const fields = [...new Set([...Object.keys(live), ...Object.keys(replayed)])].sort();
  const field = fields.find((name) => textOf(live[name]) !== textOf(replayed[name]));
  return field === undefined ? undefined : { field, live: live[field], replayed: replayed[field] };
};

const textOf = (value: unknown): string => (value === undefined ? '' : canonicalJson(value));
