import pg from 'pg';
import { type Migration, storeMigrations } from './schema.ts';

/** Which database role each service connects as. `audit` only reads; the others also append. */
export type StoreRoles = {
  readonly writers: readonly string[];
  readonly readers: readonly string[];
  /** Takes in the clear text that other tiers deliver. */
  readonly receiver?: string;
  /** Erases clear text, and has no part in delivering it. */
  readonly eraser?: string;
  /** Appends what these contexts say and nothing else. */
  readonly supervisor?: { readonly role: string; readonly contexts: readonly string[] };
};

/** Any number that nobody else locks on; makes concurrent starts take turns. */
const migrationLock = 4_310_001;

/** Brings the store of a database up to date as its owner, and says who may do what. May be run at every start. */
export const migrateStore = async (
  ownerUrl: string,
  roles: StoreRoles,
  migrations: readonly Migration[] = storeMigrations,
): Promise<void> => {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await owner.query('CREATE SCHEMA IF NOT EXISTS store');
    await owner.query(
      'CREATE TABLE IF NOT EXISTS store.migration (version integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await owner.query<{ version: number }>('SELECT version FROM store.migration');
    const applied = new Set(rows.map(({ version }) => version));
    for (const { version, sql } of migrations)
      if (!applied.has(version))
        await owner.query(`BEGIN; ${sql}; INSERT INTO store.migration (version) VALUES (${version}); COMMIT`);
    await owner.query(grants(roles));
  } finally {
    await owner.end();
  }
};

const grants = ({ writers, readers, receiver, eraser, supervisor }: StoreRoles): string => {
  const names = (roles: readonly string[]) => roles.map((role) => pg.escapeIdentifier(role)).join(', ');
  const everyone = names([...writers, ...readers]);
  const read = `
    GRANT USAGE ON SCHEMA store TO ${everyone};
    GRANT SELECT ON store.event, store.key, store.seal, store.source, store.checkpoint, store.migration, store.tombstone,
      store.placed, store.placed_to TO ${everyone};`;
  const write = `
    GRANT SELECT ON store.disclosure, store.waiting TO ${names(writers)};
    GRANT EXECUTE ON FUNCTION store.append, store.append_one, store.source_no, store.save_checkpoint,
      store.place, store.let_wait, store.keep, store.drop TO ${names(writers)};`;
  const only = (role: string | undefined, may: string) =>
    role === undefined ? '' : `GRANT EXECUTE ON FUNCTION ${may} TO ${pg.escapeIdentifier(role)};`;
  return [
    read,
    writers.length > 0 ? write : '',
    only(receiver, 'store.hold'),
    only(eraser, 'store.erase, store.erase_elsewhere'),
    supervisor === undefined ? '' : keptTo(supervisor),
  ].join('\n');
};

/** By a trigger, since appending runs as the owner: whoever began the session is who writes. */
const keptTo = ({ role, contexts }: NonNullable<StoreRoles['supervisor']>): string => `
  CREATE OR REPLACE TRIGGER supervisor_keeps_to_its_own BEFORE INSERT ON store.event FOR EACH ROW
    WHEN (session_user = ${pg.escapeLiteral(role)}
      AND split_part(NEW.type, '.', 2) NOT IN (${contexts.map((each) => pg.escapeLiteral(each)).join(', ')}))
    EXECUTE FUNCTION store.refuse_foreign_type();
  ALTER TABLE store.event ENABLE ALWAYS TRIGGER supervisor_keeps_to_its_own;`;
