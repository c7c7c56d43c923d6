import { decodeEvent, type Envelope, type StreamName, type TierCode } from '@liandong/kernel';
import pg from 'pg';
import { type AssembledNetwork, tiers, type withAssembledNetwork } from './network.ts';

/** What each tier takes for the order of a stream, in one hash. */
export const registers = (net: AssembledNetwork, stream: StreamName): Promise<readonly string[]> =>
  Promise.all(
    tiers.map(async (tier) => {
      const events = (await net.store(tier).read(stream)).map(({ hash, bytes }) => ({
        hash,
        envelope: decodeEvent(bytes),
      }));
      return events
        .toSorted((a, b) => orderKey(a).localeCompare(orderKey(b)))
        .map(({ hash }) => hash)
        .join(' ');
    }),
  );

const orderKey = ({ envelope: { height, source } }: { readonly envelope: Envelope }): string =>
  `${height} ${source}`;

/** Backups of tiers' databases, and what comes of them. */
export const databasesOf = ({ postgres }: Pick<ReturnType<typeof withAssembledNetwork>, 'postgres'>) => {
  const onServer = async (...statements: readonly string[]) => {
    const client = new pg.Client({ connectionString: postgres.server.url('postgres', 'postgres') });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };

  const endOthers = (database: string) =>
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`;

  /** A base backup of a tier's database at rest. */
  const copyOf = async (net: AssembledNetwork, tier: TierCode, name: string): Promise<string> => {
    await net.running.get(tier)?.close();
    const database = `tier_${tier}`;
    await onServer(endOthers(database), `CREATE DATABASE ${database}_${name} TEMPLATE ${database}`);
    return `${database}_${name}`;
  };

  const restore = async (tier: TierCode, copy: string): Promise<void> => {
    const database = `tier_${tier}`;
    await onServer(
      endOthers(database),
      `DROP DATABASE ${database} WITH (FORCE)`,
      `CREATE DATABASE ${database} OWNER ${database}_owner TEMPLATE ${copy}`,
      `GRANT CONNECT ON DATABASE ${database} TO PUBLIC`,
    );
  };

  return { copyOf, restore };
};
