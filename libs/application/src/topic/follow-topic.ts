import { type Bell, bell } from '../exchange/bell.ts';
import { BrokerAway } from '../ports/event-bus.ts';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import type { EventTopic, TopicEntry } from '../ports/event-topic.ts';
import type { Wait } from '../ports/wait.ts';

export type TopicFollowing = {
  readonly topic: EventTopic;
  /** Each follower reads the whole topic, in a group of its own. */
  readonly group: string;
  readonly wait: Wait;
  readonly paces?: Partial<TopicPaces>;
};

export type TopicPaces = {
  /** How long an event may be missing that others followed, since another partition may yet bring it. */
  readonly gapMs: number;
  /** How often the store is asked although nothing seems to be missing. */
  readonly rereadMs: number;
  readonly retryMs: number;
};

const usual: TopicPaces = { gapMs: 250, rereadMs: 5_000, retryMs: 2_000 };

/** What lies in memory at most while it waits for what stands in front of it. */
const most = 5_000;

/**
 * The store, followed through the tier's topic: the same pages in the same order, whatever the
 * topic repeats, forgets or brings out of order, since each entry names the one in front of it
 * and the store is asked for those that do not come. A follower that saves its position with its
 * effect has each effect once. Pages throw while the store is away, and when the topic cannot be
 * read for a reason that does not pass by itself: then once what the store holds was given.
 */
export const followedOverTopic = (store: EventStore, following: TopicFollowing): EventStore => ({
  ...store,
  follow: (after, options) => follow(store, following, after, options),
});

async function* follow(
  store: EventStore,
  following: TopicFollowing,
  after: Position,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly Recorded[]> {
  const { gapMs, rereadMs } = { ...usual, ...following.paces };
  const came = waitingEntries(after);
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const reading = keepReading(following, came, until).catch(came.fail);
  const patience = patienceOf(following.wait, until);
  // What has long been in the store is read there, before anything else.
  let asksStore = true;
  try {
    while (!signal.aborted) {
      const seen = came.changed.rung();
      const said = came.next(limit);
      const page = said.length === 0 && asksStore ? await store.readAll(came.reached(), limit) : said;
      const last = page.at(-1);
      if (last === undefined) {
        came.throwIfFailed();
        asksStore = await patience.ends(came.waits() ? gapMs : rereadMs, came.changed, seen);
        continue;
      }
      asksStore = said.length === 0;
      yield page;
      came.reach(last.position);
      patience.renew();
    }
  } finally {
    over.abort();
    await reading;
  }
}

/** One time to wait however often the bell rings in it, until something has come of it. */
const patienceOf = (wait: Wait, signal: AbortSignal) => {
  let running:
    { readonly milliseconds: number; readonly over: Promise<true>; readonly stop: () => void } | undefined;
  const renew = () => {
    running?.stop();
    running = undefined;
  };
  const begin = (milliseconds: number) => {
    const stopped = new AbortController();
    const over = wait(milliseconds, AbortSignal.any([signal, stopped.signal])).then(() => true as const);
    return { milliseconds, over, stop: () => stopped.abort() };
  };
  return {
    renew,
    /** `true` when the time is over, `false` when the bell rang before. */
    ends: async (milliseconds: number, changed: Bell, seen: number): Promise<boolean> => {
      if (running?.milliseconds !== milliseconds) renew();
      running ??= begin(milliseconds);
      const heard = new AbortController();
      const rang = changed.after(seen, AbortSignal.any([signal, heard.signal])).then(() => false);
      const over = await Promise.race([rang, running.over]);
      heard.abort();
      if (over) renew();
      return over;
    },
  };
};

type WaitingEntries = ReturnType<typeof waitingEntries>;

/** The entries beyond a position, by the position in front of each. */
const waitingEntries = (start: Position) => {
  const entries = new Map<Position, Recorded>();
  const changed = bell();
  const room = bell();
  let reached = start;
  let failure: { readonly error: unknown } | undefined;
  return {
    changed,
    /** Nothing more comes. */
    fail: (error: unknown) => {
      failure = { error };
      changed.ring();
    },
    throwIfFailed: () => {
      if (failure !== undefined) throw failure.error;
    },
    reached: () => reached,
    waits: () => entries.size > 0,
    put: async (arrivals: readonly TopicEntry[], signal: AbortSignal) => {
      for (const { after, event } of arrivals) if (after >= reached) entries.set(after, event);
      if (arrivals.length > 0) changed.ring();
      for (let seen = room.rung(); entries.size > most && !signal.aborted; seen = room.rung())
        await room.after(seen, signal);
    },
    /** Those that follow one another from here on. */
    next: (limit: number): readonly Recorded[] => {
      const page: Recorded[] = [];
      for (
        let event = entries.get(reached);
        event !== undefined && page.length < limit;
        event = entries.get(event.position)
      )
        page.push(event);
      return page;
    },
    reach: (position: Position) => {
      reached = position;
      for (const after of entries.keys()) if (after < reached) entries.delete(after);
      room.ring();
    },
  };
};

/** Reads the topic until the signal, and again when the broker was lost. Rejects with what does not pass by itself. */
const keepReading = async (
  { topic, group, wait, paces }: TopicFollowing,
  came: WaitingEntries,
  signal: AbortSignal,
): Promise<void> => {
  const { retryMs } = { ...usual, ...paces };
  while (!signal.aborted) {
    try {
      const reading = await topic.receive(group, (entries) => came.put(entries, signal));
      const close = () => void reading.close().catch(() => undefined);
      signal.addEventListener('abort', close);
      if (signal.aborted) close();
      await reading.ended.finally(() => signal.removeEventListener('abort', close));
    } catch (error) {
      if (!(error instanceof BrokerAway)) throw error;
      // The store is asked meanwhile.
    }
    await wait(retryMs, signal);
  }
};
