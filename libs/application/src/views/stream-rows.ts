import type { ItemFact } from '@liandong/domain/catalogue';
import type { DepartmentFact, TierFact } from '@liandong/domain/directory';
import { isCaseStream, type StreamName, streamOwner } from '@liandong/kernel';
import type { CaseReader } from '../cases/case-reader.ts';
import type { DecodeFact } from '../own-streams.ts';
import type { EventStore } from '../ports/event-store.ts';
import { caseRow } from './case-row.ts';
import { departmentRow, tierRow } from './directory-row.ts';
import { itemRows } from './item-row.ts';
import type { ViewChanges } from './views.ts';
import { workRows } from './work-row.ts';

/** How one stream becomes rows. */
export type RowsDeps = {
  readonly store: Pick<EventStore, 'read'>;
  readonly cases: Pick<CaseReader, 'read'>;
  readonly decodeItem: DecodeFact<ItemFact>;
  readonly decodeDepartment: DecodeFact<DepartmentFact>;
  readonly decodeTier: DecodeFact<TierFact>;
};

export const noChanges: ViewChanges = { cases: [], items: [], departments: [], tiers: [] };

export const together = (all: readonly ViewChanges[]): ViewChanges => ({
  cases: all.flatMap(({ cases }) => cases),
  items: all.flatMap(({ items }) => items),
  departments: all.flatMap(({ departments }) => departments),
  tiers: all.flatMap(({ tiers }) => tiers),
});

/** What one stream, as it stands now, makes of the views. */
export const changesOf = async (deps: RowsDeps, stream: StreamName): Promise<ViewChanges> => {
  if (isCaseStream(stream)) return { ...noChanges, cases: some(await caseChange(deps, stream)) };
  if (stream.startsWith('item-')) return { ...noChanges, items: (await itemChange(deps, stream)) ?? [] };
  if (stream.startsWith('department-'))
    return { ...noChanges, departments: some(await departmentChange(deps, stream)) };
  if (stream.startsWith('tier-')) return { ...noChanges, tiers: some(await tierChange(deps, stream)) };
  return noChanges;
};

const some = <Value>(value: Value | undefined): readonly Value[] => (value === undefined ? [] : [value]);

const caseChange = async ({ cases }: RowsDeps, stream: StreamName) => {
  const file = await cases.read(stream);
  const row = file && caseRow(file);
  return row && { row, work: workRows(file) };
};

const itemChange = async ({ store, decodeItem }: RowsDeps, stream: StreamName) => {
  const tier = streamOwner(stream);
  if (tier === undefined) return undefined;
  const facts = (await store.read(stream)).flatMap((recorded) => {
    const fact = decodeItem(recorded);
    return fact === undefined ? [] : [{ entry: recorded.revision, fact }];
  });
  return itemRows(tier, facts);
};

const departmentChange = async ({ store, decodeDepartment }: RowsDeps, stream: StreamName) => {
  const tier = streamOwner(stream);
  if (tier === undefined) return undefined;
  return departmentRow(
    tier,
    (await store.read(stream)).flatMap((one) => decodeDepartment(one) ?? []),
  );
};

const tierChange = async ({ store, decodeTier }: RowsDeps, stream: StreamName) =>
  tierRow((await store.read(stream)).flatMap((one) => decodeTier(one) ?? []));
