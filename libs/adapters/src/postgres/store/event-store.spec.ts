import {
  checkpointsContract,
  eventStoreContract,
  foreignContextContract,
  type OpenStore,
  withPostgres,
} from '@liandong/testing';
import { postgresCheckpoints } from './checkpoints.ts';
import { postgresEventStore } from './event-store.ts';
import { openPool } from './pool.ts';

const postgres = withPostgres();

const open: OpenStore = async (seal) => {
  const { urls } = await postgres.tier('431000');
  const pools = [openPool(urls.approval, { max: 8 }), openPool(urls.exchange, { max: 8 })] as const;
  const [store, other] = pools.map((pool) => postgresEventStore({ pool, seal }));
  if (store === undefined || other === undefined) throw new Error('two doors are opened');
  return {
    store,
    other,
    close: async () => {
      for (const pool of pools) await pool.end();
    },
  };
};
eventStoreContract('PostgreSQL', open);
// As a role that the database keeps from nothing: what is left is the seal.
foreignContextContract('PostgreSQL', open);

checkpointsContract('PostgreSQL', async () => {
  const { urls } = await postgres.tier('431021');
  const pool = openPool(urls.approval);
  return { checkpoints: postgresCheckpoints(pool), close: () => pool.end() };
});
