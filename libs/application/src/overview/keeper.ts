import type { CardFact } from '@liandong/domain/supervision';
import { decodeEvent, type Envelope, isCaseStream, type StreamName, type TierCode } from '@liandong/kernel';
import { inTurn } from '../exchange/in-turn.ts';
import type { Follower } from '../followers.ts';
import { persevere, storeAnswers, streamsIn } from '../parking/persevere.ts';
import { type Clock, instant } from '../ports/clock.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { OverviewBook, OverviewRow } from '../ports/overview-book.ts';
import type { CardRow } from '../ports/supervision-book.ts';
import type { Wait } from '../ports/wait.ts';
import { cardFactOf, cardFrom, type DecodeCards, isCardStream } from '../supervision/card-file.ts';
import { type MatterBook, matterBook, type MatterDeps } from '../supervision/matter.ts';
import type { TermsBook } from '../supervision/terms-book.ts';
import { bulkBeside } from './bulk.ts';
import { type About, nextTurn, rowAt, rowOfCard, rowsOfMatter, standingsBy } from './rows.ts';
import type { Stationed } from './stationed.ts';

export type OverviewKeeperDeps = Omit<MatterDeps, 'cardFactOf'> & {
  /** Whether a tier is this one or below it. */
  readonly counts: (tier: TierCode) => boolean;
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly book: OverviewBook;
  /** Its own, for it is told here which streams it must read again. */
  readonly terms: TermsBook;
  readonly stationed: Stationed;
  readonly decode: DecodeCards;
  readonly clock: Clock;
  readonly wait: Wait;
  /** Milliseconds between two looks at what time alone changes. */
  readonly interval: number;
  /** Which build counts: another one may know more types, and counts everything anew. */
  readonly build: string;
  /** Told of a stream that failed again and again; it is counted again in an hour. */
  readonly uncounted: (stream: StreamName, reason: string) => void;
};

export type OverviewKeeper = {
  readonly follower: Follower;
  /** Follows time alone, until the signal. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
  /** Everything that time has changed by now is counted once it resolves. */
  readonly catchUp: () => Promise<void>;
  /** Resolves once anything counts as something else than at the call. */
  readonly changed: (signal: AbortSignal) => Promise<void>;
};

/** Another version has everything counted anew: under another name the follower begins at the start. */
const overviewVersion = 1;

const batch = 100;
const keptMatters = 1_000;
const anHour = 3_600_000;
/** A card about the answer to a warning about a case: no chain is longer. */
const longestChain = 8;

/**
 * Keeps the overview: each stream that changes is counted anew, each that time changes is
 * looked at when it is due, and no other.
 */
export const overviewKeeper = (deps: OverviewKeeperDeps): OverviewKeeper => {
  const { store, book, terms, stationed, decode, clock, wait, interval } = deps;
  const matters = new Map<StreamName, MatterBook>();
  const standingOf = standingsBy(terms);
  const oneAtATime = inTurn<'overview'>();
  const listeners = new Set<() => void>();

  const open = async (stream: StreamName) => {
    const known = matters.get(stream) ?? matterBook(stream, { ...deps, cardFactOf: cardFactOf(decode) });
    known.take(await store.read(stream, known.revision()));
    matters.delete(stream);
    matters.set(stream, known);
    const [oldest] = matters.keys();
    if (matters.size > keptMatters && oldest !== undefined) matters.delete(oldest);
    return known.matter().supervised;
  };

  /** The case that a card is about in the end, as far as the cards between are known here. */
  const rootOf = async (card: CardRow): Promise<About> => {
    let matter = card.state.judgement.matter;
    for (let n = 0; n < longestChain && isCardStream(matter); n++) {
      const about = cardFrom(matter, decode, await store.read(matter));
      if (about === undefined) break;
      matter = about.state.judgement.matter;
    }
    const supervised = await open(matter);
    return { stream: matter, matter, item: supervised.applied?.item, supervised };
  };

  const rowsOf = async (stream: StreamName): Promise<readonly OverviewRow[]> => {
    const supervised = await open(stream);
    const departments = [
      ...supervised.clocks.map(({ unit }) => unit.department),
      ...supervised.lateEntries.map(({ unit }) => unit.department),
    ];
    const at = instant(clock.now());
    const by = { ...deps, standingOf, at };
    if (isCaseStream(stream)) {
      const about = { stream, matter: stream, item: supervised.applied?.item, supervised };
      return rowsOfMatter({ ...by, staffOf: await stationed.staffOf(departments) }, about);
    }
    const recorded = await store.read(stream);
    const card = cardFrom(stream, decode, recorded);
    const said = lastOf(recorded, decode);
    if (card === undefined || said === undefined) return [];
    const root = await rootOf(card);
    const { department } = card.state.judgement.accountable.unit;
    const own = { ...by, staffOf: await stationed.staffOf([...departments, department]) };
    return [
      ...rowOfCard(own, card, said.hash, root),
      ...(await rowsOfMatter(own, { ...root, stream, supervised })),
    ];
  };

  const put = async (stream: StreamName, made: readonly OverviewRow[]): Promise<void> => {
    const at = instant(clock.now());
    const { rows, others } = await bulkBeside(book, stream, await book.rowsOf(stream), made, at);
    await book.put(stream, rows, nextTurn(rows, at));
    for (const [other, changed] of Map.groupBy(others, (row) => row.stream)) {
      const byKey = new Map(changed.map((row) => [row.key, row]));
      const all = (await book.rowsOf(other)).map((row) => rowAt(byKey.get(row.key) ?? row, at));
      await book.put(other, all, nextTurn(all, at));
    }
    for (const heard of listeners) heard();
  };

  const countAnew = async (stream: StreamName): Promise<void> => {
    await put(stream, await rowsOf(stream));
    // What a card is about, and who acted there last, stands in its case.
    for (const about of await book.streamsAbout(stream))
      if (about !== stream) await put(about, await rowsOf(about));
  };

  const turn = async (stream: StreamName): Promise<void> => {
    const at = instant(clock.now());
    await put(
      stream,
      (await book.rowsOf(stream)).map((row) => rowAt(row, at)),
    );
  };

  /** What fails is tried again, then told, and counted again later: nothing is dropped. */
  const trying = (stream: StreamName, signal: AbortSignal, work: typeof turn): Promise<void> =>
    oneAtATime('overview', async () => {
      const tried = await persevere({ clock, wait }, signal, storeAnswers(store), () => work(stream));
      if (tried.ok) return;
      matters.delete(stream);
      deps.uncounted(stream, tried.refusal.reason);
      await book.makeAnew(instant(new Date(clock.now().getTime() + anHour)), stream);
    });

  const catchUp = async (signal: AbortSignal): Promise<void> => {
    for (let due = batch; due === batch && !signal.aborted;) {
      const page = await book.due(instant(clock.now()), batch);
      for (const { stream, anew } of page) await trying(stream, signal, anew ? countAnew : turn);
      due = page.length;
    }
  };

  return {
    follower: {
      name: `overview:${overviewVersion}:${deps.build}`,
      handle: async (page, signal) => {
        const streams = streamsIn(page).map(({ stream }) => stream);
        // Every one of them is asked: what was read of each is to be read again.
        const ruled = streams.filter((stream) => terms.touched(stream));
        const staffed = streams.filter((stream) => stationed.touched(stream));
        if (ruled.length > 0 || staffed.length > 0) await book.makeAnew(instant(clock.now()));
        for (const stream of streams)
          if (isCaseStream(stream) || isCardStream(stream)) await trying(stream, signal, countAnew);
      },
    },
    watch: async (signal) => {
      while (!signal.aborted) {
        await catchUp(signal);
        await wait(interval, signal);
      }
    },
    catchUp: () => catchUp(new AbortController().signal),
    changed: (signal) =>
      new Promise((resolve) => {
        const heard = () => {
          listeners.delete(heard);
          signal.removeEventListener('abort', heard);
          resolve();
        };
        listeners.add(heard);
        signal.addEventListener('abort', heard);
        if (signal.aborted) heard();
      }),
  };
};

/** The event by which a card stands as it does: the last that was said of it. */
const lastOf = (recorded: readonly Recorded[], decode: DecodeCards): Recorded | undefined => {
  const factOf: (envelope: Envelope) => CardFact | undefined = cardFactOf(decode);
  return recorded.findLast(({ bytes }) => factOf(decodeEvent(bytes)) !== undefined);
};
