import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { busEventTopic } from '@liandong/adapters/kafka';
import { memoryCheckpoints, memoryEventBus, memoryEventStore } from '@liandong/adapters/memory';
import { tierTopicPlan } from '@liandong/contracts';
import type { StreamName } from '@liandong/kernel';
import { newStream, testEvent, testEvents, testSealer } from '@liandong/testing';
import fc from 'fast-check';
import { setTimeout as pause } from 'node:timers/promises';
import { sealedAmong } from '../exchange/sealed.ts';
import { sealCheckBy } from '../exchange/seal-check.ts';
import { type EventStore, type Recorded, start } from '../ports/event-store.ts';
import { BrokerAway } from '../ports/event-bus.ts';
import type { EventTopic, TopicEntry } from '../ports/event-topic.ts';
import type { Wait } from '../ports/wait.ts';
import { followedOverTopic } from './follow-topic.ts';
import { eventPublisher } from './publish-events.ts';

const wait: Wait = (milliseconds, signal) =>
  pause(Math.min(milliseconds, 5), undefined, { signal }).catch(() => undefined);
const until = async (done: () => boolean) => {
  while (!done()) await pause(1);
};
const all = (records: readonly Recorded[]) => new Set(records.map(({ hash }) => hash));
const positions = (records: readonly { readonly position: bigint }[]) =>
  records.map(({ position }) => position);

const aStore = () => memoryEventStore({ seal: testSealer().seal });
const fill = async (store: EventStore, streams: number, size: number) => {
  for (let n = 0; n < streams; n++) {
    const stream = newStream();
    await store.append(stream, 0, testEvents(size, { stream }));
  }
  return store.readAll(start, 10_000);
};

describe('the publisher of a tier’s events', () => {
  const setUp = async () => {
    const bus = memoryEventBus();
    await bus.ensureTopics([tierTopicPlan()]);
    const store = aStore();
    const came: TopicEntry[] = [];
    const topic = busEventTopic(bus, sha256);
    await topic.receive('onlooker', async (entries) => void came.push(...entries));
    return { bus, store, came, topic, checkpoints: memoryCheckpoints() };
  };

  it('publishes what the store holds and what comes, and goes on where it was', async () => {
    const { store, came, ...deps } = await setUp();
    const before = await fill(store, 3, 4);
    const publisher = () =>
      eventPublisher({ ...deps, store, name: 'topic', sealed: async (page) => all(page), wait });
    for (const wanted of [before.length, before.length + 5]) {
      const stop = new AbortController();
      const running = publisher().run(stop.signal);
      if (wanted > before.length) await fill(store, 1, 5);
      await until(() => came.length >= wanted);
      stop.abort();
      await running;
    }
    const stored = await store.readAll(start, 100);
    expect(came.map(({ event }) => event).toSorted((a, b) => Number(a.position - b.position))).toEqual(
      stored,
    );
    for (const { after, event } of came) expect(after).toBe(event.position - 1n);
  });

  it('says a page again when it could not save how far it came, and each stream in order even so', async () => {
    const { store, came, checkpoints, ...deps } = await setUp();
    const stored = await fill(store, 4, 5);
    let failures = 2;
    const forgetful = {
      load: checkpoints.load,
      save: async (name: string, position: Recorded['position']) => {
        if (failures-- > 0) throw new Error('the process ended here');
        await checkpoints.save(name, position);
      },
    };
    const publisher = eventPublisher({
      ...{ ...deps, store, checkpoints: forgetful, name: 'topic', wait },
      sealed: async (page) => all(page),
    });
    const stop = new AbortController();
    const running = publisher.run(stop.signal);
    await until(() => publisher.status().published !== undefined);
    expect(publisher.status().lastEnd).toBe('the process ended here');
    stop.abort();
    await running;
    await until(() => came.length === 3 * stored.length);
    const first = new Map<StreamName, bigint[]>();
    const seen = new Set<string>();
    for (const { event } of came) {
      if (seen.has(event.id)) continue;
      seen.add(event.id);
      first.set(event.stream, [...(first.get(event.stream) ?? []), event.position]);
    }
    for (const [stream, order] of first)
      expect(order).toEqual(positions(stored.filter((event) => event.stream === stream)));
  });

  it('waits for a broker that is away, and loses nothing', async () => {
    const { bus, store, topic, checkpoints } = await setUp();
    bus.down(true);
    const stored = await fill(store, 2, 3);
    const publisher = eventPublisher({
      ...{ store, topic, checkpoints, name: 'topic', wait, sealed: async (page) => all(page) },
    });
    const stop = new AbortController();
    const running = publisher.run(stop.signal);
    await until(() => publisher.status().lastEnd !== undefined);
    expect(publisher.status().published).toBeUndefined();
    expect(await checkpoints.load('topic')).toBe(start);
    bus.down(false);
    await until(() => publisher.status().published === String(stored.at(-1)?.position));
    stop.abort();
    await running;
  });

  it('publishes nothing that no service of the tier sealed', async () => {
    const { came, ...deps } = await setUp();
    const sealing = testSealer();
    const store = memoryEventStore({ seal: sealing.seal });
    const stranger = testSealer();
    const [stream, forged] = [newStream(), newStream()];
    await store.append(stream, 0, testEvents(2, { stream }));
    const event = testEvent({ stream: forged });
    await store.append(forged, 0, [{ ...event, seal: stranger.seal([event.hash]) }]);
    await store.append(stream, 2, [testEvents(3, { stream }).at(-1)!]);
    const sealCheck = sealCheckBy(sealing.verify);
    const publisher = eventPublisher({
      ...{ ...deps, store, name: 'topic', wait },
      sealed: (page) => sealedAmong({ store, sha256, sealCheck }, page),
    });
    const stop = new AbortController();
    const running = publisher.run(stop.signal);
    await until(() => publisher.status().published === '4');
    await until(() => came.length === 3);
    stop.abort();
    await running;
    expect(came.map(({ event: { stream: of } }) => of)).toEqual([stream, stream, stream]);
    // Whoever follows the topic sees that something stands between.
    expect(came.map(({ after }) => after)).toEqual([0n, 1n, 3n]);
  });
});

describe('the store followed over the topic', () => {
  type Script = {
    readonly topic: EventTopic;
    readonly say: (entries: readonly TopicEntry[]) => Promise<void>;
  };

  /** A topic that brings what the test says, when it says it. */
  const scripted = (): Script => {
    const takers = new Set<(entries: readonly TopicEntry[]) => Promise<void>>();
    let gone = false;
    return {
      say: async (entries) => {
        await until(() => takers.size > 0 || gone);
        for (const take of takers) await take(entries);
      },
      topic: {
        publish: async () => undefined,
        receive: async (_, take) => {
          const over = Promise.withResolvers<void>();
          takers.add(take);
          const close = async () => {
            takers.delete(take);
            gone = true;
            over.resolve();
          };
          return { pause: () => {}, resume: () => {}, close, ended: over.promise };
        },
      },
    };
  };
  const entriesOf = (stored: readonly Recorded[]): readonly TopicEntry[] =>
    stored.map((event, n) => ({ after: stored[n - 1]?.position ?? start, event }));
  /** Follows until `count` events came. */
  const read = async (store: EventStore, after: bigint, count: number, limit = 7) => {
    const stop = new AbortController();
    const pages: (readonly Recorded[])[] = [];
    const came = () => pages.reduce((sum, page) => sum + page.length, 0);
    for await (const page of store.follow(after as never, { limit, signal: stop.signal })) {
      pages.push(page);
      if (came() >= count) stop.abort();
    }
    return pages;
  };

  it('gives each event once and in the store’s order, whatever the topic repeats, forgets or brings out of order', async () => {
    const store = aStore();
    const stored = await fill(store, 5, 8);
    const entries = entriesOf(stored);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(entries.length - 1), length: fc.integer({ min: 1, max: 12 }) }), {
          maxLength: 20,
        }),
        fc.nat(stored.length - 1),
        async (said, begin) => {
          const { topic, say } = scripted();
          const followed = followedOverTopic(store, { topic, group: 'g', wait });
          const reading = read(followed, BigInt(begin), stored.length - begin);
          const saying = (async () => {
            for (const { at, length } of said) await say(entries.slice(at, at + length));
          })();
          const pages = await reading;
          expect(pages.flat()).toEqual(stored.slice(begin));
          for (const page of pages) expect(page.length).toBeLessThanOrEqual(7);
          await Promise.race([saying, pause(5)]);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('reads what comes from the topic, and asks the store for nothing of it', async () => {
    const inner = aStore();
    const before = await fill(inner, 1, 3);
    const asked: bigint[] = [];
    const store: EventStore = {
      ...inner,
      readAll: (after, limit) => {
        asked.push(after);
        return inner.readAll(after, limit);
      },
    };
    const { topic, say } = scripted();
    const untilStopped: Wait = (_, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
    const followed = followedOverTopic(store, { topic, group: 'g', wait: untilStopped });
    const reading = read(followed, 0n, before.length + 8);
    // Nothing more is in the store when it is asked for the last time.
    await until(() => asked.at(-1) === before.at(-1)?.position);
    await pause(5);
    const entries = entriesOf(await fill(inner, 2, 4));
    const fresh = entries.slice(before.length);
    // One partition is ahead of the other.
    await say(fresh.slice(4));
    await say(fresh.slice(0, 4));
    expect((await reading).flat()).toEqual(entries.map(({ event }) => event));
    expect(asked).toEqual([0n, before.at(-1)?.position]);
  });

  it('asks the store for what the topic leaves out, however much else the topic brings', async () => {
    const store = aStore();
    const { topic, say } = scripted();
    const reading = read(followedOverTopic(store, { topic, group: 'g', wait }), 0n, 50);
    await pause(5);
    const stored = await fill(store, 5, 10);
    const busy = new AbortController();
    const entries = entriesOf(stored);
    const saying = (async () => {
      while (!busy.signal.aborted) {
        await Promise.race([say(entries.slice(20)), pause(50)]);
        await pause(0);
      }
    })();
    expect((await reading).flat()).toEqual(stored);
    busy.abort();
    await saying;
  });

  it('tells what does not pass by itself, once it has given what the store holds', async () => {
    const store = aStore();
    const stored = await fill(store, 1, 4);
    const { topic } = scripted();
    const again = Promise.withResolvers<never>();
    let asked = 0;
    const forbidden: EventTopic = {
      ...topic,
      receive: async () => {
        if (asked++ > 0) again.reject(new Error('it was tried again'));
        throw new Error('this topic may not be read');
      },
    };
    const seen: Recorded[] = [];
    const followed = followedOverTopic(store, { topic: forbidden, group: 'g', wait });
    const following = (async () => {
      const { signal } = new AbortController();
      for await (const page of followed.follow(start, { limit: 3, signal })) seen.push(...page);
    })();
    await expect(Promise.race([following, again.promise])).rejects.toThrow('this topic may not be read');
    expect(seen).toEqual(stored);
  });

  it('takes the topic up again when the broker was lost', async () => {
    const store = aStore();
    const stored = await fill(store, 1, 4);
    const { topic } = scripted();
    let lost = 0;
    const unreliable: EventTopic = {
      ...topic,
      receive: async (...args) => {
        if (lost++ < 3) throw new BrokerAway('the broker is away');
        return topic.receive(...args);
      },
    };
    const stop = new AbortController();
    const seen: Recorded[] = [];
    const following = (async () => {
      const followed = followedOverTopic(store, { topic: unreliable, group: 'g', wait });
      for await (const page of followed.follow(start, { limit: 2, signal: stop.signal })) seen.push(...page);
    })();
    await until(() => lost > 3 && seen.length === stored.length);
    stop.abort();
    await following;
    expect(seen).toEqual(stored);
  });
});
