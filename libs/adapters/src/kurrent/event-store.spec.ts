import {
  disclosuresContract,
  eventStoreContract,
  foreignContextContract,
  fakeKurrent,
  type OpenStore,
  testTier,
  withKurrent,
  withPostgres,
} from '@liandong/testing';
import type { Sealer } from '@liandong/application';
import { randomUUID } from 'node:crypto';
import { openPool } from '../postgres/index.ts';
import { kurrentDisclosures } from './clear-text.ts';
import { openKurrent } from './connection.ts';
import { kurrentEventStore } from './event-store.ts';

const postgres = withPostgres();

/** Two processes of one tier, in a part of the server that nobody else uses. */
const twoDoors = async (tier: string, url: string, seal: Sealer, end = () => {}) => {
  const { urls } = await postgres.tier(tier);
  const prefix = `${randomUUID().replaceAll('-', '')}_`;
  const open = (database: string) => {
    const [pool, connection] = [openPool(database), openKurrent(url, { prefix })];
    return { pool, connection, store: kurrentEventStore({ connection, pool, seal }) };
  };
  const [approval, exchange] = [open(urls.approval), open(urls.exchange)];
  const close = async () => {
    for (const { connection, pool } of [approval, exchange]) {
      await connection.close();
      await pool.end();
    }
    end();
  };
  return { approval, exchange, close };
};

/** A tier's database for each contract: what it says of places is true of one part of one server. */
const contracts = (name: string, tiers: readonly [string, string, string], server: () => Promise<Served>) => {
  const opening =
    (tier: string): OpenStore =>
    async (seal) => {
      const { url, end } = await server();
      const { approval, exchange, close } = await twoDoors(tier, url, seal, end);
      return { store: approval.store, other: exchange.store, close };
    };
  eventStoreContract(name, opening(tiers[0]));
  foreignContextContract(name, opening(tiers[2]));
  disclosuresContract(`PostgreSQL beside ${name}`, async (seal) => {
    const { url, end } = await server();
    const { approval, exchange, close } = await twoDoors(tiers[1], url, seal, end);
    return {
      store: approval.store,
      erasing: kurrentDisclosures(approval.pool, approval.store, testTier),
      receiving: kurrentDisclosures(exchange.pool, exchange.store, testTier),
      close,
    };
  });
};

type Served = { readonly url: string; readonly end?: () => void };

const fake = (batchAppend: boolean) => async (): Promise<Served> => {
  const server = await fakeKurrent({ batchAppend });
  return { url: server.url(), end: server.close };
};

contracts('a fake KurrentDB that takes appends in batches', ['431001', '431002', '431007'], fake(true));
contracts('a fake KurrentDB that takes each append by itself', ['431003', '431004', '431008'], fake(false));

withKurrent((server) =>
  contracts('KurrentDB', ['431005', '431006', '431009'], async () => ({ url: server.url })),
);
