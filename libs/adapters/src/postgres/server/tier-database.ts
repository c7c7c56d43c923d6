import { contextsOf, type ServiceName, serviceNames, type TierCode } from '@liandong/kernel';
import pg from 'pg';
import { migrateStore } from '../store/migrate.ts';
import type { PostgresServer } from './start-postgres.ts';

export type TierDatabase = {
  readonly database: string;
  /** The owner's connection: migrations run as it, services never do. */
  readonly ownerUrl: string;
  /** How each service connects: as a role of its own, into a schema of its own name for its views. */
  readonly urls: Readonly<Record<ServiceName, string>>;
};

/** Services that append. `audit` reads. */
const writers: readonly ServiceName[] = ['approval', 'supervision', 'exchange'];

/**
 * A tier's database on the server, up to date: made at the first call with its roles, its event
 * store, and one schema for each service. May be called at every start.
 */
export const createTierDatabase = async (
  server: Pick<PostgresServer, 'url' | 'password'>,
  tier: TierCode,
): Promise<TierDatabase> => {
  const database = `tier_${tier}`;
  const owner = `${database}_owner`;
  const roleOf = (service: ServiceName) => `${database}_${service}`;
  const roles = [owner, ...serviceNames.map(roleOf)];

  await asSuperuser(server, 'postgres', async (query) => {
    const known = await query('SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)', [roles]);
    for (const role of roles)
      if (!known.some(({ rolname }) => rolname === role))
        await query(`CREATE ROLE ${role} LOGIN PASSWORD ${pg.escapeLiteral(server.password(role))}`);
    const [made] = await query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (made === undefined) await query(`CREATE DATABASE ${database} OWNER ${owner} TEMPLATE template0`);
  });

  await asSuperuser(server, database, async (query) => {
    await query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`);
    await query(`GRANT CONNECT ON DATABASE ${database} TO ${roles.join(', ')}`);
    await query(lockingByNumber(owner));
    await query(ledgerSchema(roleOf('exchange'), roleOf('audit')));
    for (const service of serviceNames) {
      await query(`CREATE SCHEMA IF NOT EXISTS ${service} AUTHORIZATION ${roleOf(service)}`);
      await query(`ALTER ROLE ${roleOf(service)} IN DATABASE ${database} SET search_path = ${service}`);
    }
    await query(readableViews(roleOf('approval'), roleOf('audit')));
  });

  const ownerUrl = server.url(owner, database);
  await migrateStore(ownerUrl, {
    writers: writers.map(roleOf),
    readers: [roleOf('audit')],
    receiver: roleOf('exchange'),
    eraser: roleOf('approval'),
    supervisor: { role: roleOf('supervision'), contexts: contextsOf('supervision') },
  });
  const urlOf = (service: ServiceName) => server.url(roleOf(service), database);
  return {
    database,
    ownerUrl,
    urls: {
      approval: urlOf('approval'),
      supervision: urlOf('supervision'),
      exchange: urlOf('exchange'),
      audit: urlOf('audit'),
    },
  };
};

/** The ledger belongs to the exchange, which keeps it; the audit reads whatever stands in it. */
const ledgerSchema = (keeper: string, reader: string): string => `
  CREATE SCHEMA IF NOT EXISTS ledger AUTHORIZATION ${keeper};
  GRANT USAGE ON SCHEMA ledger TO ${reader};
  ALTER DEFAULT PRIVILEGES FOR ROLE ${keeper} IN SCHEMA ledger GRANT SELECT ON TABLES TO ${reader}`;

/** The audit compares the views with what the events make of them. Nothing personal stands in them. */
const readableViews = (owner: string, reader: string): string => `
  GRANT USAGE ON SCHEMA approval TO ${reader};
  GRANT SELECT ON ALL TABLES IN SCHEMA approval TO ${reader};
  ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA approval GRANT SELECT ON TABLES TO ${reader}`;

/** Writers take turns by such a lock. A role that could take it too could stop them. */
const lockingByNumber = (owner: string): string => `
  DO $$ DECLARE lock regprocedure; BEGIN
    FOR lock IN SELECT oid FROM pg_proc WHERE proname LIKE 'pg%advisory%lock%' LOOP
      EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', lock);
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO ${owner}', lock);
    END LOOP;
  END $$`;

type Query = (text: string, values?: unknown[]) => Promise<readonly Record<string, unknown>[]>;

const asSuperuser = async (
  server: Pick<PostgresServer, 'url'>,
  database: string,
  work: (query: Query) => Promise<void>,
): Promise<void> => {
  const client = new pg.Client({ connectionString: server.url('postgres', database) });
  await client.connect();
  try {
    await work(async (text, values = []) => (await client.query<Record<string, unknown>>(text, values)).rows);
  } finally {
    await client.end();
  }
};
