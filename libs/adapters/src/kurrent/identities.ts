import { type Position, start } from '@liandong/application';
import { type Source, toHex, utf8 } from '@liandong/kernel';
import type pg from 'pg';
import type { KurrentConnection } from './connection.ts';
import { readAllAfter } from './reading.ts';
import { sha256 } from './record-id.ts';

export type Identity = { readonly source: Source; readonly id: string };

/**
 * Where the event of an identity stands. The engine knows no such thing: it tells an event that
 * comes again only at the revision where it stood. So whoever is asked goes through the events
 * that are new since it was last asked, and keeps what it saw in the tier's database, from where
 * the next process goes on.
 */
export type Identities = {
  /** The position of each of these that is stored by now; those that are not are absent. */
  readonly positions: (identities: readonly Identity[]) => Promise<ReadonlyMap<string, Position>>;
};

const pageSize = 1_000;

export const identityName = ({ source, id }: Identity): string =>
  toHex(sha256(utf8(`${source} ${id}`)).subarray(0, 16));

export const identityIndex = (
  connection: KurrentConnection,
  pool: pg.Pool,
  /** A service that only reads keeps to itself what it saw. */
  { saves, heldPlaces }: { readonly saves: boolean; readonly heldPlaces: number },
): Identities => {
  const held = new Map<string, Position>();
  let reached: Position | undefined;
  let somethingSaved = false;

  const save = async (upTo: Position) => {
    await pool.query('SELECT store.place($1::bytea[], $2::bigint[], $3)', [
      [...held.keys()].map((name) => Buffer.from(name, 'hex')),
      [...held.values()].map(String),
      String(upTo),
    ]);
    somethingSaved = true;
    held.clear();
  };

  const goOn = async () => {
    if (reached === undefined) {
      const { rows } = await pool.query<{ position: string }>('SELECT position FROM store.placed_to');
      reached = BigInt(rows[0]?.position ?? start) as Position;
      somethingSaved = reached > start;
    }
    for (;;) {
      const page = await readAllAfter(connection, reached, pageSize);
      for (const { recorded } of page) {
        const name = identityName(recorded);
        // The first stands, should there ever be two.
        if (!held.has(name)) held.set(name, recorded.position);
        reached = recorded.position;
      }
      if (saves && held.size >= heldPlaces) await save(reached);
      if (page.length < pageSize) return;
    }
  };
  const upToNow = shared(goOn);

  return {
    positions: async (identities) => {
      await upToNow();
      const found = new Map<string, Position>();
      const elsewhere: string[] = [];
      for (const name of identities.map(identityName)) {
        const position = held.get(name);
        if (position === undefined) elsewhere.push(name);
        else found.set(name, position);
      }
      if (!somethingSaved || elsewhere.length === 0) return found;
      const { rows } = await pool.query<{ name: string; position: string }>({
        name: 'kurrent-placed',
        text: `SELECT encode(identity, 'hex') AS name, position FROM store.placed WHERE identity = ANY ($1::bytea[])`,
        values: [elsewhere.map((name) => Buffer.from(name, 'hex'))],
      });
      // What was saved came before what is held.
      for (const { name, position } of rows) found.set(name, BigInt(position) as Position);
      return found;
    },
  };
};

/** Calls made while one runs share the next, which begins after they were made. */
const shared = (work: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => {
    const mine = work().finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
    return mine;
  };
  return () => {
    if (running === undefined) return run();
    next ??= running
      .catch(() => {})
      .then(() => {
        next = undefined;
        return run();
      });
    return next;
  };
};
