import type { EventHash } from '@liandong/kernel';
import type { Checkpoints } from '../ports/checkpoints.ts';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import type { EventTopic, TopicEntry } from '../ports/event-topic.ts';
import type { Wait } from '../ports/wait.ts';

export type PublisherDeps = {
  readonly store: EventStore;
  readonly checkpoints: Checkpoints;
  /** Under this name the publisher's position is kept. */
  readonly name: string;
  readonly topic: EventTopic;
  /** Those of the records that a service sealed. What was written behind the store's back is not published. */
  readonly sealed: (records: readonly Recorded[]) => Promise<ReadonlySet<EventHash>>;
  readonly wait: Wait;
  readonly retryMs?: { readonly least: number; readonly most: number };
};

export type PublisherStatus = {
  /** How far the store has been published since this process began; absent before the first page. */
  readonly published?: string;
  /** Why publishing ended last; it begins again by itself. */
  readonly lastEnd?: string;
};

export type Publisher = {
  /** Publishes until the signal; a broker that is away is waited for. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly status: () => PublisherStatus;
};

const pageSize = 500;

/**
 * Publishes what the store holds to the tier's topic, at least once and in order: the position
 * is saved behind what the broker has acknowledged, so a crash repeats a page and skips nothing.
 */
export const eventPublisher = (deps: PublisherDeps): Publisher => {
  const { store, checkpoints, name, topic, sealed, wait, retryMs = { least: 500, most: 30_000 } } = deps;
  let published: Position | undefined;
  let lastEnd: string | undefined;

  const publish = async (signal: AbortSignal, went: () => void) => {
    let position = await checkpoints.load(name);
    for await (const page of store.follow(position, { limit: pageSize, signal })) {
      const may = await sealed(page);
      const entries = page.map((event, n): TopicEntry => ({
        after: page[n - 1]?.position ?? position,
        event,
      }));
      await topic.publish(entries.filter(({ event }) => may.has(event.hash)));
      position = page.at(-1)?.position ?? position;
      await checkpoints.save(name, position);
      published = position;
      went();
    }
  };

  return {
    status: () => ({
      ...(published !== undefined && { published: String(published) }),
      ...(lastEnd !== undefined && { lastEnd }),
    }),
    run: async (signal) => {
      let pause = retryMs.least;
      while (!signal.aborted) {
        try {
          await publish(signal, () => (pause = retryMs.least));
        } catch (error) {
          if (signal.aborted) return;
          lastEnd = error instanceof Error ? error.message : String(error);
        }
        await wait(pause, signal);
        pause = Math.min(retryMs.most, 2 * pause);
      }
    },
  };
};
