import { kurrentDisclosures, kurrentEventStore, openKurrent } from '@liandong/adapters/kurrent';
import { postgresDisclosures, postgresEventStore } from '@liandong/adapters/postgres';
import type { Disclosures, EventStore, Sealer } from '@liandong/application';
import type { TierConfig } from '@liandong/contracts';
import type pg from 'pg';
import { fileContent } from './files.ts';

/** A tier's events and the clear text beside them, on the engine its configuration names. */
export type OpenedStore = {
  readonly store: EventStore;
  readonly disclosures: Disclosures;
  /** Throws unless the engine answers. */
  readonly reach: () => Promise<void>;
  /** Ends what the engine needed beyond the database's connections. */
  readonly close: () => Promise<void>;
};

/** Clear text, views, ledger and links lie in PostgreSQL whichever engine holds the events. */
export const openEventStore = (
  { eventStore, tier }: Pick<TierConfig, 'eventStore' | 'tier'>,
  pool: pg.Pool,
  seal?: Sealer,
): OpenedStore => {
  const sealing = seal === undefined ? {} : { seal };
  const reachDatabase = async () => void (await pool.query('SELECT 1'));
  switch (eventStore.engine) {
    case 'postgres':
      return {
        store: postgresEventStore({ pool, ...sealing }),
        disclosures: postgresDisclosures(pool),
        reach: reachDatabase,
        close: async () => {},
      };
    case 'kurrent': {
      const { urlFile, prefix } = eventStore;
      const connection = openKurrent(fileContent(urlFile, 'eventStore.urlFile'), { prefix });
      const store = kurrentEventStore({ connection, pool, ...sealing });
      return {
        store,
        disclosures: kurrentDisclosures(pool, store, tier),
        reach: async () => {
          await reachDatabase();
          await connection.reach();
        },
        close: connection.close,
      };
    }
  }
};
