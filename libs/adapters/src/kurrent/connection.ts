import { eventTypeFilter, type Filter, KurrentDBClient, streamNameFilter } from '@kurrent/kurrentdb-client';
import type { StreamName } from '@liandong/kernel';
import { failureOf } from './failures.ts';

/** The way to a server or a cluster. Outlives the client beneath it, which is made anew when it is stuck. */
export type KurrentConnection = {
  /** Carries out a call that may be made again, until it is answered or has failed for good. */
  readonly calling: <Answer>(call: (client: KurrentDBClient) => Promise<Answer>) => Promise<Answer>;
  readonly client: () => KurrentDBClient;
  /** What the server calls a stream of this tier. */
  readonly nameOf: (stream: StreamName) => string;
  readonly streamOf: (name: string) => StreamName;
  /** Picks this tier's events out of everything on the server. */
  readonly filter: Filter;
  /** Of them those whose streams are of these kinds. */
  readonly filterOf: (kinds: readonly string[]) => Filter;
  readonly isClosed: () => boolean;
  /** Throws unless the leader answers now. */
  readonly reach: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type KurrentOptions = {
  /** How long one try may take. A node that is cut off says nothing at all. */
  readonly tryMilliseconds?: number;
  readonly tries?: number;
  /**
   * Begins the names of the tier's streams where several tiers share one server, as they do when
   * a network is tried out. A tier of its own has a server of its own and needs none.
   */
  readonly prefix?: string;
};

/** Every event type of the network begins so; what the store writes for itself does not. */
const eventTypePrefix = 'liandong.';

const firstPauseMilliseconds = 50;
const longestPauseMilliseconds = 2_000;

export const openKurrent = (
  url: string,
  { tryMilliseconds = 30_000, tries = 10, prefix = '' }: KurrentOptions = {},
): KurrentConnection => {
  let client = KurrentDBClient.connectionString(url);
  const ending = new AbortController();

  /** The client finds the leader by itself when it is told of it; from anything else a new one recovers. */
  const renew = (failed: KurrentDBClient) => {
    if (failed !== client || ending.signal.aborted) return;
    client = KurrentDBClient.connectionString(url);
    void failed.dispose();
  };

  return {
    client: () => client,
    nameOf: (stream) => `${prefix}${stream}`,
    streamOf: (name) => name.slice(prefix.length) as StreamName,
    filter:
      prefix === ''
        ? eventTypeFilter({ prefixes: [eventTypePrefix] })
        : streamNameFilter({ prefixes: [prefix] }),
    filterOf: (kinds) => streamNameFilter({ prefixes: kinds.map((kind) => `${prefix}${kind}-`) }),
    isClosed: () => ending.signal.aborted,
    calling: async (call) => {
      for (let n = 1; ; n++) {
        const used = client;
        try {
          return await within(tryMilliseconds, call(used));
        } catch (error) {
          if (failureOf(error).kind !== 'passing' || n >= tries || ending.signal.aborted) throw error;
          if (n > 1) renew(used);
          await pause(
            Math.min(firstPauseMilliseconds * 2 ** (n - 1), longestPauseMilliseconds),
            ending.signal,
          );
        }
      }
    },
    reach: () => within(tryMilliseconds, anything(client)),
    close: async () => {
      ending.abort();
      await client.dispose();
    },
  };
};

const anything = async (client: KurrentDBClient): Promise<void> => {
  for await (const _ of client.readAll({ maxCount: 1, requiresLeader: true })) return;
};

const within = async <Answer>(milliseconds: number, answer: Promise<Answer>): Promise<Answer> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error('no answer from KurrentDB'), { type: 'deadline-exceeded' })),
      milliseconds,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(end, milliseconds);
    function end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
