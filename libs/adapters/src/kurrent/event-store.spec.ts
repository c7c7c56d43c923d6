import {
  disclosuresContract,
  eventStoreContract,
  fakeKurrent,
  testTier,
  withPostgres,
} from '@liandong/testing';
import { openPool } from '../postgres/index.ts';
import { openKurrent } from './connection.ts';
import { kurrentDisclosures } from './clear-text.ts';
import { kurrentEventStore } from './event-store.ts';

const postgres = withPostgres();

for (const batchAppend of [true, false])
  eventStoreContract(
    `a fake KurrentDB that takes ${batchAppend ? 'batched' : 'single'} appends`,
    async (seal) => {
      const fake = await fakeKurrent({ batchAppend });
      const { urls } = await postgres.tier(batchAppend ? '431000' : '431021');
      const doors = [urls.approval, urls.exchange].map((url) => {
        const [pool, connection] = [openPool(url), openKurrent(fake.url())];
        const close = async () => {
          await connection.close();
          await pool.end();
        };
        return { store: kurrentEventStore({ connection, pool, seal }), close };
      });
      const [one, two] = doors;
      if (one === undefined || two === undefined) throw new Error('two doors are opened');
      return {
        store: one.store,
        other: two.store,
        close: async () => {
          for (const { close } of doors) await close();
          fake.close();
        },
      };
    },
  );

disclosuresContract('PostgreSQL beside a fake KurrentDB', async (seal) => {
  const fake = await fakeKurrent();
  const { urls } = await postgres.tier('431021106');
  const [approval, exchange] = [openPool(urls.approval), openPool(urls.exchange)];
  const connections = [openKurrent(fake.url()), openKurrent(fake.url())] as const;
  const store = kurrentEventStore({ connection: connections[0], pool: approval, seal });
  const received = kurrentEventStore({ connection: connections[1], pool: exchange, seal });
  return {
    store,
    erasing: kurrentDisclosures(approval, store, testTier),
    receiving: kurrentDisclosures(exchange, received, testTier),
    close: async () => {
      for (const connection of connections) await connection.close();
      await approval.end();
      await exchange.end();
      fake.close();
    },
  };
});
