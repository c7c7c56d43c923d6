import { newPrivateKey, sealer, sealVerifier, serviceKey, sha256 } from '@liandong/adapters/crypto';
import {
  createTierDatabase,
  openPool,
  postgresEventStore,
  type PostgresServer,
} from '@liandong/adapters/postgres';
import type { EventStore, Position, Sealer, ServiceKey } from '@liandong/application';
import { eventHash, type TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { benchSource, type Job } from './events.ts';

export type Ours = {
  readonly store: EventStore;
  readonly seal: Sealer;
  readonly pool: pg.Pool;
  /** How the service connects: for another process, or another store of this one. */
  readonly url: string;
  /** How the exchange connects, which keeps the ledger. */
  readonly exchangeUrl: string;
  /** What its seals verify with. */
  readonly key: ServiceKey;
  readonly append: (job: Job) => Promise<void>;
  /**
   * That the store grew by exactly so many events since the last time, without a gap, and
   * that the latest of them have their own bytes under a seal that verifies.
   */
  readonly assertGrewBy: (events: number) => Promise<void>;
  readonly close: () => Promise<void>;
};

const looked = 200;

/** The product's event store with commit seals, as the approval service opens it, in a fresh database. */
export const openOurs = async (server: PostgresServer, tier: string): Promise<Ours> => {
  const { urls } = await createTierDatabase(server, tier as TierCode);
  const key = newPrivateKey();
  const pool = openPool(urls.approval);
  const seal = sealer('approval', benchSource, key);
  const store = postgresEventStore({ pool, seal });
  const publicKey = serviceKey('approval', key);
  const isGenuine = sealVerifier(() => [publicKey]);
  let known = await countedIn(pool);

  const assertSealed = async () => {
    const latest = await store.readAll(BigInt(Math.max(0, known - looked)) as Position, looked);
    const seals = await store.seals(latest);
    for (const [n, { bytes, hash, position }] of latest.entries()) {
      const seal = seals[n];
      if (eventHash(sha256, bytes) !== hash)
        throw new Error(`event ${position} has other bytes than its hash`);
      if (seal === undefined || !seal.leaves.includes(hash) || !isGenuine(benchSource, seal))
        throw new Error(`event ${position} is not under a genuine seal`);
    }
  };

  return {
    store,
    seal,
    pool,
    url: urls.approval,
    exchangeUrl: urls.exchange,
    key: publicKey,
    append: async ({ stream, seen, events }) => {
      const outcome = await store.append(stream, seen, events);
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
    },
    assertGrewBy: async (events) => {
      const now = await countedIn(pool);
      if (now !== known + events) throw new Error(`the store grew by ${now - known} events, not ${events}`);
      known = now;
      await assertSealed();
    },
    close: () => pool.end(),
  };
};

const countedIn = async (pool: pg.Pool): Promise<number> => {
  const { rows } = await pool.query<{ n: string; last: string }>(
    'SELECT count(*) AS n, coalesce(max(position), 0) AS last FROM store.event',
  );
  const [{ n, last } = { n: '', last: '-' }] = rows;
  if (n !== last) throw new Error(`${n} events stand at positions up to ${last}: there is a gap`);
  return Number(n);
};
