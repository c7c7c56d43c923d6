import {
  type AppendRefusal,
  type EventStore,
  type NewEvent,
  type Position,
  type Recorded,
  type Sealer,
  start,
} from '@liandong/application';
import {
  type CommitSeal,
  ok,
  refuse,
  type Result,
  sameBytes,
  type Source,
  type StreamName,
} from '@liandong/kernel';
import { type DisclosureTable, disclosureTable } from './disclosures.ts';

type Kept = { readonly recorded: Recorded; readonly seal: CommitSeal | undefined };

/** A store that forgets everything with its process. For tests of what stands on a store. */
export const memoryEventStore = ({
  seal,
  disclosures = disclosureTable(),
}: {
  readonly seal: Sealer;
  readonly disclosures?: DisclosureTable;
}): EventStore => {
  const log: Kept[] = [];
  const streams = new Map<StreamName, Recorded[]>();
  const identities = new Map<string, Kept>();
  const waiting = new Set<() => void>();

  const kept = ({ source, id }: { source: Source; id: string }) => identities.get(`${source} ${id}`);

  const write = (stream: StreamName, events: readonly NewEvent[]): readonly Recorded[] => {
    const own = events.filter((event) => event.seal === undefined);
    const ownSeal = own.length === 0 ? undefined : seal(own.map(({ hash }) => hash));
    const history = streams.get(stream) ?? [];
    streams.set(stream, history);
    const written = events.map((event): Recorded => {
      const { source, id, type } = event.envelope;
      const recorded: Recorded = {
        position: BigInt(log.length + 1) as Position,
        stream,
        revision: history.length + 1,
        source,
        id,
        type,
        hash: event.hash,
        bytes: event.bytes.slice(),
      };
      const entry = { recorded, seal: event.seal ?? ownSeal };
      log.push(entry);
      history.push(recorded);
      identities.set(`${source} ${id}`, entry);
      disclosures.hold(event.disclosures ?? [], source);
      return recorded;
    });
    for (const wake of waiting) wake();
    return written;
  };

  const append: EventStore['append'] = async (stream, seen, events) => {
    const identitiesOfCall = new Set(events.map(({ envelope }) => `${envelope.source} ${envelope.id}`));
    if (identitiesOfCall.size < events.length) throw new RangeError('one call holds one identity twice');
    const found = events.map(({ envelope }) => kept(envelope)?.recorded);
    const earlier = alreadyStored(events, found);
    if (earlier !== undefined) return earlier;
    const revision = streams.get(stream)?.length ?? 0;
    if (revision !== seen) return refuse({ code: 'stream-moved-on', stream, revision });
    return ok(write(stream, events));
  };

  const readAll: EventStore['readAll'] = async (after, limit) =>
    log.slice(Number(after), Number(after) + limit).map(({ recorded }) => recorded);

  const readKinds: EventStore['readKinds'] = async (after, limit, kinds) => {
    const events = log
      .slice(Number(after))
      .filter(({ recorded }) => kinds.some((kind) => recorded.stream.startsWith(`${kind}-`)))
      .slice(0, limit)
      .map(({ recorded }) => recorded);
    const end = BigInt(Math.max(log.length, Number(after))) as Position;
    return { events, through: events.length < limit ? end : (events.at(-1)?.position ?? after) };
  };

  async function* follow(
    after: Position,
    { limit, signal }: { limit: number; signal: AbortSignal },
  ): AsyncGenerator<readonly Recorded[]> {
    let position = after;
    while (!signal.aborted) {
      const page = await readAll(position, limit);
      const last = page.at(-1);
      if (last === undefined) {
        // Something may have been written while the empty page was on its way.
        if (BigInt(log.length) <= position) await somethingNew(waiting, signal);
      } else {
        yield page;
        position = last.position;
      }
    }
  }

  return {
    append,
    read: async (stream, after = 0) => streams.get(stream)?.slice(after) ?? [],
    find: async (source, id) => kept({ source, id })?.recorded,
    readAll,
    readKinds,
    follow,
    seals: async (events) => events.map(({ position }) => log[Number(position - start) - 1]?.seal),
    disclosures: async (digests) => disclosures.held(digests),
  };
};

/** The answer to a call whose events are, all or in part, in the store; `undefined` if none is. */
const alreadyStored = (
  events: readonly NewEvent[],
  found: readonly (Recorded | undefined)[],
): Result<readonly Recorded[], AppendRefusal> | undefined => {
  const stored = found.filter((recorded) => recorded !== undefined);
  const other = stored.find((recorded) => {
    const event = events[found.indexOf(recorded)];
    return event === undefined || !sameBytes(event.bytes, recorded.bytes);
  });
  if (other === undefined && stored.length === events.length) return ok(stored);
  const taken = other ?? stored[0];
  return (
    taken && refuse({ code: 'identity-taken', source: taken.source, id: taken.id, storedHash: taken.hash })
  );
};

const somethingNew = (waiting: Set<() => void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    waiting.add(wake);
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
  });
