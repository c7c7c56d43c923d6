import { sha256 } from '@liandong/adapters/crypto';
import {
  type CaseBook,
  caseBook,
  type EventStore,
  type Position,
  type Recorded,
  start,
} from '@liandong/application';
import { decodeCaseFact } from '@liandong/contracts';
import { eventHash, type StreamName } from '@liandong/kernel';
import type { PostgresServer } from '@liandong/adapters/postgres';
import { openOurs, type Ours } from './ours.ts';
import { beginReview, type CaseWriter, inTurn, placeOf } from './sample-case.ts';

export const eventsPerCase = 20;
export const longPlace = placeOf('431');

/** So many cases are under way at once, so the events of one lie far apart. */
const underWay = 200;
/** Logs grow by whole rounds of cases. */
export const wholeLog = (events: number): number =>
  Math.max(1, Math.round(events / underWay / eventsPerCase)) * underWay * eventsPerCase;

export type LongLog = { readonly ours: Ours; readonly events: number; readonly cases: readonly StreamName[] };

/** A store that has been written for as long as `events` take, in a database of its own. */
const fill = async (server: PostgresServer, tier: string, events: number): Promise<LongLog> => {
  const ours = await openOurs(server, tier);
  const cases: StreamName[] = [];
  while (cases.length * eventsPerCase < events) {
    const writers = Array.from({ length: underWay }, () => beginReview(longPlace));
    for (const writer of writers)
      for (let n = writer.events.length; n < eventsPerCase; n++) inTurn(longPlace, writer, n);
    for (let n = 0; n < eventsPerCase; n++)
      await Promise.all(writers.map((writer) => appendNth(ours, writer, n)));
    cases.push(...writers.map(({ caseId }) => caseId));
  }
  await ours.assertGrewBy(events);
  return { ours, events, cases };
};

const appendNth = (ours: Ours, { caseId, events }: CaseWriter, n: number): Promise<void> =>
  ours.append({ stream: caseId, seen: n, events: events.slice(n, n + 1) });

const filled = new Map<string, Promise<LongLog>>();

/** Filled once for all rows that stand on it. */
export const longLog = (server: PostgresServer, events: number): Promise<LongLog> => {
  const whole = wholeLog(events);
  const tier = String(439_000 + filled.size);
  const known = filled.get(String(whole)) ?? fill(server, tier, whole);
  filled.set(String(whole), known);
  return known;
};

/** The sizes of the quick profile stand for those of the full one, and say so. */
export const logSizes = (full: boolean) => ({
  small: 10_000,
  large: full ? 10_000_000 : 100_000,
  note: full ? [] : ['quick: the large log has 100,000 events; 10,000,000 with --full'],
});

const page = 500;

/** Bytes → hash: every page of `events` from a position on; throws on bytes of another hash. */
export async function* verifiedPages(
  store: Pick<EventStore, 'readAll'>,
  after: Position,
  events: number,
): AsyncGenerator<readonly Recorded[]> {
  let at = after;
  for (let left = events; left > 0;) {
    const records = await store.readAll(at, Math.min(page, left));
    const last = records.at(-1);
    if (last === undefined) throw new Error(`the log ended ${left} events too soon`);
    for (const { bytes, hash, position } of records)
      if (eventHash(sha256, bytes) !== hash)
        throw new Error(`event ${position} has other bytes than its hash`);
    yield records;
    left -= records.length;
    at = last.position;
  }
}

/** … → fold, from the beginning of the log. A case that is whole is looked at and let go. */
export const replay = async (
  store: Pick<EventStore, 'readAll'>,
  events: number,
  afterPage: () => void = () => {},
): Promise<void> => {
  const books = new Map<StreamName, CaseBook>();
  let folded = 0;
  for await (const records of verifiedPages(store, start, events)) {
    for (const [stream, some] of Map.groupBy(records, (record) => record.stream)) {
      const book = books.get(stream) ?? caseBook(stream, decodeCaseFact, sha256);
      books.set(stream, book);
      book.take(some);
      folded += some.length;
      if (book.revision() < eventsPerCase) continue;
      const { unread, withoutEffect, matter } = book.state();
      if (book.order().placed.length !== eventsPerCase || unread > 0 || withoutEffect.length > 0 || !matter)
        throw new Error(`${stream} was not folded whole`);
      books.delete(stream);
    }
    afterPage();
  }
  if (folded !== events) throw new Error(`${folded} of ${events} events were folded`);
};
