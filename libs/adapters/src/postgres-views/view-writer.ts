import { type Position, start, type ViewChanges, type ViewWriter } from '@liandong/application';
import type { DataSource, EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';
import { cases, departments, items, tiers, work, type WorkRecord } from './entities.ts';
import { dueOrder } from './order.ts';
import { areParked, holdIn, parkIn, releaseIn } from './parking.ts';

const row = 'views';

/** Writes rows many at a time in plain SQL: the ORM would send them one by one. */
export const postgresViewWriter = (source: DataSource): ViewWriter => {
  const upserts = {
    cases: upsert(source, cases),
    work: upsert(source, work),
    items: upsert(source, items),
    departments: upsert(source, departments),
    tiers: upsert(source, tiers),
  };
  let begun = '';

  const write = async (db: EntityManager, changes: ViewChanges): Promise<void> => {
    const caseIds = changes.cases.map((change) => change.row.caseId);
    const works = changes.cases.flatMap((change) =>
      change.work.map((one): WorkRecord => ({ ...one, dueOrder: dueOrder(one) })),
    );
    if (caseIds.length > 0) await db.query('DELETE FROM work WHERE case_id = ANY ($1)', [caseIds]);
    await upserts.cases(
      db,
      changes.cases.map((change) => change.row),
    );
    await upserts.work(db, works);
    await upserts.items(db, changes.items);
    await upserts.departments(db, changes.departments);
    await upserts.tiers(db, changes.tiers);
    await parkIn(db, 'views', changes.parked ?? []);
    await holdIn(db, 'views', changes.held ?? []);
  };

  /** Where the views of this version stand. Nobody else writes them until the transaction ends. */
  const reached = async (db: EntityManager): Promise<string | undefined> => {
    const [found] = await db.query<readonly { version: string; position: string }[]>(
      'SELECT version, position FROM views_reached WHERE id = $1 FOR UPDATE',
      [row],
    );
    return found?.version === begun ? found.position : undefined;
  };

  return {
    begin: (version) =>
      source.transaction(async (db) => {
        await db.query('INSERT INTO views_reached VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
          row,
          version,
          String(start),
        ]);
        const [found] = await db.query<readonly { version: string; position: string }[]>(
          'SELECT version, position FROM views_reached WHERE id = $1 FOR UPDATE',
          [row],
        );
        begun = version;
        if (found?.version === version) return BigInt(found.position) as Position;
        await db.query('TRUNCATE cases, work, items, departments, tiers');
        await db.query("DELETE FROM parked WHERE handler = 'views'");
        await db.query('UPDATE views_reached SET version = $2, position = $3 WHERE id = $1', [
          row,
          version,
          String(start),
        ]);
        return start;
      }),

    save: (from, to, changes) =>
      source.transaction(async (db) => {
        const held = changes.held ?? [];
        if (
          held.length > 0 &&
          !((await reached(db)) === String(from) && (await areParked(db, 'views', held)))
        )
          return false;
        // The row stays locked to the end, so of two projectors one waits here and then finds it moved.
        const [, moved] = await db.query<[unknown, number]>(
          'UPDATE views_reached SET position = $3 WHERE id = $1 AND position = $2 AND version = $4',
          [row, String(from), String(to), begun],
        );
        if (moved === 0) return false;
        await write(db, changes);
        return true;
      }),

    redriven: (waiting, changes) =>
      source.transaction(async (db) => {
        if ((await reached(db)) === undefined || !(await releaseIn(db, 'views', waiting))) return false;
        await write(db, changes);
        return true;
      }),
  };
};

type Upsert = (db: EntityManager, rows: readonly object[]) => Promise<void>;

/** One statement for any number of rows, which travel as one JSON text. */
const upsert = (source: DataSource, entity: EntityTarget<ObjectLiteral>): Upsert => {
  const { tableName, columns } = source.getMetadata(entity);
  const names = columns.map(({ databaseName }) => `"${databaseName}"`);
  const keys = columns.filter(({ isPrimary }) => isPrimary).map(({ databaseName }) => `"${databaseName}"`);
  const rest = names.filter((name) => !keys.includes(name));
  const statement = `
    INSERT INTO ${tableName} (${names.join(', ')})
    SELECT ${names.join(', ')} FROM json_populate_recordset(NULL::${tableName}, $1)
    ON CONFLICT (${keys.join(', ')}) DO UPDATE
    SET (${rest.join(', ')}) = ROW (${rest.map((name) => `EXCLUDED.${name}`).join(', ')})`;
  const inDatabase = (row: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(columns.map((column) => [column.databaseName, row[column.propertyName]]));
  return async (db, rows) => {
    if (rows.length > 0)
      await db.query(statement, [
        JSON.stringify(rows.map((row) => inDatabase(row as Readonly<Record<string, unknown>>))),
      ]);
  };
};
