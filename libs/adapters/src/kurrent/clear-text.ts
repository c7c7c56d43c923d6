import type { Disclosures, EventStore, NewEvent } from '@liandong/application';
import { namesErased } from '@liandong/domain/privacy';
import { authorOf, decodeEvent, type Disclosure, type Source, type TierCode } from '@liandong/kernel';
import type pg from 'pg';
import { postgresDisclosures } from '../postgres/index.ts';

/** Clear text that waited this long for its event waits for one that was never written. */
const longestWait = '1 hour';

/**
 * The clear text of events that lie in KurrentDB. No commit spans the two, so it is stored before
 * its event and held once the event stands; what waits for nothing is swept.
 */
export const waitingText = (pool: pg.Pool, find: EventStore['find']) => {
  const hashes = (events: readonly Pick<NewEvent, 'hash'>[]) =>
    events.map(({ hash }) => Buffer.from(hash, 'hex'));

  const keep = async (events: readonly Pick<NewEvent, 'hash'>[]) => {
    await pool.query('SELECT store.keep($1::bytea[])', [hashes(events)]);
  };
  const drop = async (events: readonly Pick<NewEvent, 'hash'>[]) => {
    await pool.query('SELECT store.drop($1::bytea[])', [hashes(events)]);
  };

  type Waiting = { readonly source: Source; readonly id: string; readonly hash: string };
  const settle = async (waiting: readonly Waiting[], mayDrop: boolean) => {
    for (const one of waiting) {
      const stored = await find(one.source, one.id);
      const events = [{ hash: one.hash as NewEvent['hash'] }];
      if (stored?.hash === one.hash) await keep(events);
      else if (mayDrop) await drop(events);
    }
  };

  return {
    keep,
    drop,
    letWait: async (events: readonly NewEvent[]) => {
      const waiting = events.flatMap((event) =>
        (event.disclosures ?? []).map((disclosure) => ({ ...event, disclosure })),
      );
      await pool.query('SELECT store.let_wait($1, $2, $3, $4, $5::bytea[])', [
        waiting.map(({ disclosure }) => disclosure.digest),
        waiting.map(({ disclosure: { salt, name, value } }) => JSON.stringify([salt, name, value])),
        waiting.map(({ envelope }) => envelope.source),
        waiting.map(({ envelope }) => envelope.id),
        hashes(waiting),
      ]);
    },

    /** Also what a crash left waiting although its event stands. */
    held: async (digests: readonly string[]): Promise<readonly Disclosure[]> => {
      const { held } = postgresDisclosures(pool);
      const found = await held(digests);
      const known = new Set(found.map(({ digest }) => digest));
      const missing = digests.filter((digest) => !known.has(digest));
      if (missing.length === 0) return found;
      const { rows } = await pool.query<Waiting>(
        `SELECT DISTINCT source, id, encode(hash, 'hex') AS hash FROM store.waiting WHERE digest = ANY ($1::text[])`,
        [missing],
      );
      if (rows.length === 0) return found;
      await settle(rows, false);
      return held(digests);
    },

    sweep: async () => {
      const { rows } = await pool.query<Waiting>(
        `SELECT DISTINCT source, id, encode(hash, 'hex') AS hash FROM store.waiting WHERE since < now() - $1::interval`,
        [longestWait],
      );
      await settle(rows, true);
    },
  };
};

/** The clear text beside a store in KurrentDB, as a service of the tier that erases or takes in works with it. */
export const kurrentDisclosures = (pool: pg.Pool, store: EventStore, tier: TierCode): Disclosures => ({
  ...postgresDisclosures(pool),
  held: (digests) => store.disclosures(digests),
  erase: async (digests, { source, id }) => {
    const by = await store.find(source, id);
    if (by === undefined || !namesErased(decodeEvent(by.bytes), digests))
      throw new Error('no erasure on record names these digests');
    await pool.query('SELECT store.erase_elsewhere($1, $2, $3, $4)', [
      [...digests],
      String(by.position),
      Buffer.from(by.bytes),
      authorOf(by.source)?.tier === tier,
    ]);
  },
});
