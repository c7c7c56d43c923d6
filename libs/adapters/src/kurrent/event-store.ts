import type { AppendRefusal, EventStore, NewEvent, Position, Recorded, Sealer } from '@liandong/application';
import { ok, refuse, type Result, sameBytes, type StreamName } from '@liandong/kernel';
import type pg from 'pg';
import { follow, kindsPage } from '../following/index.ts';
import { waitingText } from './clear-text.ts';
import type { KurrentConnection } from './connection.ts';
import { failureOf } from './failures.ts';
import { identityIndex, identityName } from './identities.ts';
import { listener } from './listener.ts';
import { lastPosition, readAllAfter, readAt, readStreamAfter } from './reading.ts';
import { type Kept, recordOf, sizeOf } from './records.ts';
import { type KeptSeal, sealed, sealKeeper } from './seals.ts';
import { turns } from './turns.ts';

export type KurrentEventStoreOptions = {
  readonly connection: KurrentConnection;
  /** The tier's PostgreSQL, as a role of the tier: clear text lies there, and where each identity stands. */
  readonly pool: pg.Pool;
  /** Seals what this service writes. A service that only reads has none. */
  readonly seal?: Sealer;
  /** How often a follower looks for itself. */
  readonly rereadMilliseconds?: number;
  /** How many places of identities a process holds before it hands them to the database. */
  readonly heldPlaces?: number;
};

/** Below the megabyte that a server takes at once unless it is told otherwise. */
const largestAppend = 1_000_000;

/**
 * A tier's event store in EventStoreDB or KurrentDB. One process at a time imports what other
 * tiers wrote: the engine tells an event that comes again only at the revision where it stood,
 * so two processes that bring it to two revisions at once would both succeed.
 */
export const kurrentEventStore = ({
  connection,
  pool,
  seal = unsealed,
  rereadMilliseconds = 5_000,
  heldPlaces = 5_000,
}: KurrentEventStoreOptions): EventStore => {
  const index = identityIndex(connection, pool, { saves: seal !== unsealed, heldPlaces });
  const seals = sealKeeper(connection);
  const followers = listener(connection);
  const inTurn = turns();
  const sealsOf = new WeakMap<Recorded, KeptSeal | undefined>();

  const shown = (kept: readonly Kept[]): readonly Recorded[] =>
    kept.map(({ recorded, seal }) => {
      sealsOf.set(recorded, seal);
      return recorded;
    });

  const find: EventStore['find'] = async (source, id) => {
    const identity = { source, id };
    const position = (await index.positions([identity])).get(identityName(identity));
    if (position === undefined) return undefined;
    const [recorded] = shown([await readAt(connection, position)]);
    return recorded?.source === source && recorded.id === id ? recorded : undefined;
  };

  const text = waitingText(pool, find);
  let swept: Promise<void> | undefined;

  /** The answer to a call whose events are, all or in part, in the store; `undefined` if none is. */
  const alreadyStored = async (
    events: readonly NewEvent[],
  ): Promise<Result<readonly Recorded[], AppendRefusal> | undefined> => {
    const positions = await index.positions(events.map(({ envelope }) => envelope));
    const stored: { readonly event: NewEvent; readonly recorded: Recorded }[] = [];
    for (const event of events) {
      const position = positions.get(identityName(event.envelope));
      if (position === undefined) continue;
      const [recorded] = shown([await readAt(connection, position)]);
      if (recorded !== undefined) stored.push({ event, recorded });
    }
    const other = stored.find(({ event, recorded }) => !sameBytes(event.bytes, recorded.bytes));
    if (other === undefined && stored.length === events.length)
      return ok(stored.map(({ recorded }) => recorded));
    const taken = (other ?? stored[0])?.recorded;
    return (
      taken && refuse({ code: 'identity-taken', source: taken.source, id: taken.id, storedHash: taken.hash })
    );
  };

  /** Undefined once the events stand; else how many events the stream holds. */
  const write = async (
    stream: StreamName,
    seen: number,
    events: readonly NewEvent[],
  ): Promise<number | undefined> => {
    const underSeal = sealed(events, seal);
    const records = underSeal.map(({ event, seal }) => recordOf(event, seals.named(seal, event.hash)));
    const size = sizeOf(records);
    if (size > largestAppend)
      throw new RangeError(`one call holds ${size} bytes; KurrentDB takes ${largestAppend} at once`);
    await seals.store(underSeal);
    try {
      // Made again after a lost answer, the engine knows it by its revision and ids.
      await connection.calling((client) =>
        client.appendToStream(connection.nameOf(stream), records, {
          streamState: seen === 0 ? 'no_stream' : BigInt(seen - 1),
        }),
      );
      return undefined;
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'wrong-revision') return failure.current;
      throw error;
    }
  };

  const recordsOf = async (
    stream: StreamName,
    seen: number,
    events: readonly NewEvent[],
  ): Promise<readonly Recorded[]> => {
    const positions = await index.positions(events.map(({ envelope }) => envelope));
    return events.map(({ envelope, hash, bytes }, n) => {
      const position = positions.get(identityName(envelope));
      if (position === undefined) throw new Error(`${stream} was written, and does not show it`);
      const { source, id, type } = envelope;
      return { position, stream, revision: seen + n + 1, source, id, type, hash, bytes };
    });
  };

  const settle = async (
    stream: StreamName,
    seen: number,
    events: readonly NewEvent[],
  ): Promise<Result<readonly Recorded[], AppendRefusal>> => {
    const disclosing = events.filter(({ disclosures }) => disclosures?.length);
    const earlier = await alreadyStored(events);
    if (earlier !== undefined) {
      if (earlier.ok && disclosing.length > 0) await text.keep(disclosing);
      return earlier;
    }
    if (disclosing.length > 0) {
      await (swept ??= text.sweep());
      await text.letWait(disclosing);
    }
    const revision = await write(stream, seen, events);
    // Somebody else may have stored the very call meanwhile.
    const beaten = revision === undefined ? undefined : await alreadyStored(events);
    const outcome =
      revision === undefined
        ? ok(await recordsOf(stream, seen, events))
        : (beaten ?? refuse({ code: 'stream-moved-on', stream, revision }));
    if (disclosing.length > 0) await (outcome.ok ? text.keep(disclosing) : text.drop(disclosing));
    if (outcome.ok) followers.wakeAll();
    return outcome;
  };

  const readAll: EventStore['readAll'] = async (after, limit) =>
    shown(await readAllAfter(connection, after, limit));

  const readKinds: EventStore['readKinds'] = (after, limit, kinds) =>
    kindsPage(
      after,
      limit,
      () => lastPosition(connection),
      async () => shown(await readAllAfter(connection, after, limit, connection.filterOf(kinds))),
    );

  return {
    append: async (stream, seen, events) => {
      if (events.length === 0) return ok([]);
      const names = events.map(({ envelope }) => identityName(envelope));
      if (new Set(names).size < names.length) throw new RangeError('one call holds one identity twice');
      return inTurn([stream, ...names], () => settle(stream, seen, events));
    },
    read: async (stream, after = 0) => shown(await readStreamAfter(connection, stream, after)),
    find,
    readAll,
    readKinds,
    follow: (after: Position, { limit, signal }) =>
      follow(readAll, followers, after, {
        ...{ limit, signal, rereadMilliseconds },
        closed: connection.isClosed,
        mayPass: (error) => failureOf(error).kind === 'passing',
      }),
    seals: (events) =>
      Promise.all(
        events.map(async (recorded) => {
          const kept = sealsOf.has(recorded)
            ? sealsOf.get(recorded)
            : (await readAt(connection, recorded.position)).seal;
          return kept && seals.load(kept, recorded.hash);
        }),
      ),
    disclosures: text.held,
  };
};

const unsealed: Sealer = () => {
  throw new Error('this service has no key to seal events with: its store is for reading');
};
