import { localDate } from '@liandong/domain/calendar';
import { isCaseStream, type StreamName } from '@liandong/kernel';
import { inTurn } from '../exchange/in-turn.ts';
import type { Follower } from '../followers.ts';
import { persevere, storeAnswers, streamsIn } from '../parking/persevere.ts';
import { type Clock, instant } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { OverviewBook } from '../ports/overview-book.ts';
import type { Wait } from '../ports/wait.ts';
import { isCardStream } from '../supervision/card-file.ts';
import type { TermsBook } from '../supervision/terms-book.ts';
import { bulkBeside } from './bulk.ts';
import { overviewReckoner, type ReckonerDeps } from './reckoner.ts';
import { nextTurn, rowAt, type ThingRow } from './rows.ts';
import type { Stationed } from './stationed.ts';

export type OverviewKeeperDeps = ReckonerDeps & {
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly book: OverviewBook;
  /** Its own, for it is told here which streams it must read again. */
  readonly terms: TermsBook;
  readonly stationed: Stationed;
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
  /** Resolves once anything counts as something else than at the call, or a legal day ends. */
  readonly changed: (signal: AbortSignal) => Promise<void>;
};

/** Another version has everything counted anew: under another name the follower begins at the start. */
const overviewVersion = 1;

const batch = 100;
const anHour = 3_600_000;

/**
 * Keeps the overview: each stream that changes is counted anew, each that time changes is
 * looked at when it is due, and no other.
 */
export const overviewKeeper = (deps: OverviewKeeperDeps): OverviewKeeper => {
  const { store, book, terms, stationed, clock, wait, interval } = deps;
  const reckoner = overviewReckoner(deps);
  const oneAtATime = inTurn<'overview'>();
  const listeners = new Set<() => void>();

  const tell = () => {
    for (const heard of listeners) heard();
  };

  const put = async (stream: StreamName, things: readonly ThingRow[]): Promise<void> => {
    const at = instant(clock.now());
    const now = things.map((row) => rowAt(row, at));
    const { rows, others } = await bulkBeside(book, stream, await book.rowsOf(stream), now, at);
    await book.put(stream, rows, nextTurn(rows, at));
    for (const [other, changed] of Map.groupBy(others, (row) => row.stream)) {
      const byKey = new Map(changed.map((row) => [row.key, row]));
      const all = (await book.rowsOf(other)).map((row) => rowAt(byKey.get(row.key) ?? row, at));
      await book.put(other, all, nextTurn(all, at));
    }
    tell();
  };

  const countAnew = async (stream: StreamName): Promise<void> => {
    await put(stream, await reckoner.rowsOf(stream));
    // What a card is about, and who acted there last, stands in its case.
    for (const about of await book.streamsAbout(stream))
      if (about !== stream) await put(about, await reckoner.rowsOf(about));
  };

  const turn = async (stream: StreamName): Promise<void> => put(stream, await book.rowsOf(stream));

  /** What fails is tried again, then told, and counted again later: nothing is dropped. */
  const trying = (stream: StreamName, signal: AbortSignal, work: typeof turn): Promise<void> =>
    oneAtATime('overview', async () => {
      const tried = await persevere({ clock, wait }, signal, storeAnswers(store), () => work(stream));
      if (tried.ok) return;
      reckoner.forget(stream);
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
      for (let day: string | undefined; !signal.aborted;) {
        await catchUp(signal);
        const today = localDate(instant(clock.now()));
        // What is published of the catalogue hangs on the date, and so do its rates.
        if (today !== day) tell();
        day = today;
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
