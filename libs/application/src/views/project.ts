import type { ItemFact } from '@liandong/domain/catalogue';
import type { DepartmentFact, TierFact } from '@liandong/domain/directory';
import { isCaseStream, type StreamName, streamOwner } from '@liandong/kernel';
import type { CaseReader } from '../cases/case-reader.ts';
import type { DecodeFact } from '../own-streams.ts';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import { caseRow } from './case-row.ts';
import { departmentRow, tierRow } from './directory-row.ts';
import { itemRows } from './item-row.ts';
import type { ViewChanges, ViewWriter } from './views.ts';
import { workRows } from './work-row.ts';

export type ProjectionDeps = {
  readonly store: EventStore;
  readonly views: ViewWriter;
  readonly cases: Pick<CaseReader, 'read'>;
  readonly decodeItem: DecodeFact<ItemFact>;
  readonly decodeDepartment: DecodeFact<DepartmentFact>;
  readonly decodeTier: DecodeFact<TierFact>;
  /** Changes with what this build knows of events: then everything is projected anew. */
  readonly version: string;
  readonly pageSize?: number;
};

/**
 * Follows the store until the signal and keeps the views up to date. Every stream that a
 * page touches is read once, as it is by then, and its rows are written with the page's
 * position: so a crash repeats a page without harm, a late event that changes the order
 * of a case is as good as any, and views that were dropped come back equal.
 */
export const projectViews = async (deps: ProjectionDeps, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) await followFrom(deps, await deps.views.begin(deps.version), signal);
};

/** Returns at the signal, or when another projector has moved the position. */
const followFrom = async (deps: ProjectionDeps, start: Position, signal: AbortSignal): Promise<void> => {
  const { store, views, pageSize = 1_000 } = deps;
  let from = start;
  for await (const page of store.follow(from, { limit: pageSize, signal })) {
    const to = page.at(-1)?.position ?? from;
    if (!(await views.save(from, to, await changesOf(deps, page)))) return;
    from = to;
  }
};

export const changesOf = async (deps: ProjectionDeps, page: readonly Recorded[]): Promise<ViewChanges> => {
  const touched = [...new Set(page.map(({ stream }) => stream))];
  const of = (kind: string) => touched.filter((stream) => stream.startsWith(`${kind}-`));
  return {
    cases: await each(touched.filter(isCaseStream), (stream) => caseChange(deps, stream)),
    items: (await each(of('item'), (stream) => itemChange(deps, stream))).flat(),
    departments: await each(of('department'), (stream) => departmentChange(deps, stream)),
    tiers: await each(of('tier'), (stream) => tierChange(deps, stream)),
  };
};

/** Some at a time: one by one would wait for the network, all at once would hold every stream in memory. */
const atOnce = 16;

const each = async <Change>(
  streams: readonly StreamName[],
  change: (stream: StreamName) => Promise<Change | undefined>,
): Promise<readonly Change[]> => {
  const changes: Change[] = [];
  for (let n = 0; n < streams.length; n += atOnce)
    for (const one of await Promise.all(streams.slice(n, n + atOnce).map(change)))
      if (one !== undefined) changes.push(one);
  return changes;
};

const caseChange = async ({ cases }: ProjectionDeps, stream: StreamName) => {
  const file = await cases.read(stream);
  const row = file && caseRow(file);
  return row && { row, work: workRows(file) };
};

const itemChange = async ({ store, decodeItem }: ProjectionDeps, stream: StreamName) => {
  const tier = streamOwner(stream);
  if (tier === undefined) return undefined;
  const facts = (await store.read(stream)).flatMap((recorded) => {
    const fact = decodeItem(recorded);
    return fact === undefined ? [] : [{ entry: recorded.revision, fact }];
  });
  return itemRows(tier, facts);
};

const departmentChange = async ({ store, decodeDepartment }: ProjectionDeps, stream: StreamName) => {
  const tier = streamOwner(stream);
  if (tier === undefined) return undefined;
  return departmentRow(
    tier,
    (await store.read(stream)).flatMap((one) => decodeDepartment(one) ?? []),
  );
};

const tierChange = async ({ store, decodeTier }: ProjectionDeps, stream: StreamName) =>
  tierRow((await store.read(stream)).flatMap((one) => decodeTier(one) ?? []));
