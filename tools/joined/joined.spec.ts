import { sha256 } from '@liandong/adapters/crypto';
import { busEventTopic, type KafkaBus, kafkaEventBus } from '@liandong/adapters/kafka';
import { memoryCheckpoints, memoryEventStore } from '@liandong/adapters/memory';
import { eventPublisher, type Recorded, start } from '@liandong/application';
import { eventBytesOf, tierTopicPlan } from '@liandong/contracts';
import { decodeEvent, fromUtf8, utf8 } from '@liandong/kernel';
import { newStream, testEvents, testSealer, withKafka } from '@liandong/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hasJava, hasPython, javaProgram, type Program, pythonProgram } from './engines.ts';

type Arrival = {
  readonly partition: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, Uint8Array>>;
  readonly value: Uint8Array | null;
};

/** A suite for a program in another language; where that cannot be had it says so, and a build server fails. */
const withEngine = (name: string, there: boolean, suite: () => void) => {
  if (there) return suite();
  describe(`SKIPPED: ${name}`, () => {
    it('is a failure on a build server only', () => {
      process.stderr.write(`\nSKIPPED: ${name}; no joined system in that language was run\n`);
      if (process.env['CI'] === 'true') throw new Error(`a build server has ${name}`);
    });
  });
};

withKafka('4.1', (kafka) => {
  const { topic, ...plan } = tierTopicPlan();
  const keys = Array.from({ length: 40 }, () => newStream() as string);
  let bus: KafkaBus;
  let ours: ReadonlyMap<string, number>;

  const aTopic = async () => {
    const name = `joined.${randomUUID()}`;
    await bus.ensureTopics([{ ...plan, topic: name }]);
    return name;
  };
  const arrivals = async (name: string, count: number): Promise<readonly Arrival[]> => {
    const came: Arrival[] = [];
    const all = Promise.withResolvers<void>();
    const reading = await subscribed(() =>
      bus.subscribe({
        ...{ topic: name, group: `onlooker.${randomUUID()}`, most: 500 },
        take: async ({ partition, records }) => {
          for (const { key, headers, value } of records)
            came.push({ partition, key: fromUtf8(key ?? new Uint8Array()), headers, value });
          if (came.length >= count) all.resolve();
        },
      }),
    );
    await Promise.race([all.promise, reading.ended]);
    await reading.close();
    return came;
  };

  beforeAll(async () => {
    bus = kafkaEventBus({ brokers: kafka.brokers, clientId: 'joined' });
    const name = await aTopic();
    await bus.produce(
      name,
      keys.map((key) => ({ key: utf8(key), value: utf8('{}'), headers: {} })),
    );
    ours = new Map((await arrivals(name, keys.length)).map(({ key, partition }) => [key, partition]));
  }, 120_000);
  afterAll(() => bus.close());

  const placesOf = async (program: Program, args: readonly string[]) =>
    new Map(
      Object.entries(JSON.parse(await program(args, `${keys.join('\n')}\n`)) as Record<string, number>),
    );

  withEngine('a JDK with Maven', hasJava(), () => {
    let java: Program;
    beforeAll(async () => {
      java = await javaProgram();
    }, 300_000);

    it('a Java program reads the tier’s topic with the CloudEvents SDK: every event whole, every stream in order', async () => {
      const store = memoryEventStore({ seal: testSealer().seal });
      for (let n = 0; n < 8; n++) {
        const stream = newStream();
        await store.append(
          stream,
          0,
          testEvents(5, { stream, data: { text: `第 ${n} 件「聯動」\u2028😀` } }),
        );
      }
      const all = await store.readAll(start, 100);
      await bus.ensureTopics([{ ...plan, topic }]);
      await published(busEventTopic(bus, sha256), store, all);
      const said = (await java(['consume', kafka.brokers.join(), topic, String(all.length)]))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));

      const stored = new Map(all.map(({ id, bytes }) => [id, decodeEvent(bytes)]));
      expect(said).toHaveLength(all.length);
      const perStream = new Map<string, { partitions: Set<number>; ids: string[] }>();
      for (const { partition, key, attributes, data } of said) {
        const { data: wanted, time, recordedtime, ...rest } = stored.get(attributes.id)!;
        // The SDK reads an instant, and writes it as it likes.
        expect(Date.parse(attributes.time)).toBe(Date.parse(time));
        expect(attributes).toMatchObject({ ...rest, recordedtime });
        expect(Object.keys(attributes).sort()).toEqual([...Object.keys(rest), 'time', 'recordedtime'].sort());
        expect(JSON.parse(data)).toEqual(wanted);
        expect(key).toBe(rest.subject);
        const seen = perStream.get(key) ?? { partitions: new Set(), ids: [] };
        seen.partitions.add(partition);
        seen.ids.push(attributes.id);
        perStream.set(key, seen);
      }
      for (const [stream, { partitions, ids }] of perStream) {
        expect(partitions.size).toBe(1);
        expect(ids).toEqual(all.filter((event) => event.stream === stream).map(({ id }) => id));
      }
      expect(new Set(said.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    });

    it('what a Java program sends lies where we would put it, and is read as the event it sent', async () => {
      const name = await aTopic();
      expect(await placesOf(java, ['produce', kafka.brokers.join(), name])).toEqual(ours);
      for (const { key, headers, value } of await arrivals(name, keys.length)) {
        const read = eventBytesOf({ headers, value });
        expect(read.ok && decodeEvent(read.value)).toEqual({
          ...{ specversion: '1.0', id: key, source: 'https://joined.example/registry' },
          ...{ type: 'joined.registry.noted.v1', datacontenttype: 'application/json' },
          data: { text: '桂阳' },
        });
      }
    });
  });

  withEngine('Python with pip', hasPython(), () => {
    let python: Program;
    beforeAll(async () => {
      python = await pythonProgram();
    }, 300_000);

    it('librdkafka puts streams elsewhere by itself, and where they belong when it is told to', async () => {
      const at = kafka.brokers.join();
      const told = await placesOf(python, [at, await aTopic(), 'murmur2_random']);
      expect(told).toEqual(ours);
      const untold = await placesOf(python, [at, await aTopic()]);
      expect(keys.filter((key) => untold.get(key) !== ours.get(key)).length).toBeGreaterThan(keys.length / 2);
    });
  });
});

/** A broker that is young has no place for groups yet. */
const subscribed = async <Subscription>(subscribe: () => Promise<Subscription>): Promise<Subscription> => {
  for (;;) {
    try {
      return await subscribe();
    } catch (error) {
      if (!/coordinator/i.test(String(error))) throw error;
      await pause(500);
    }
  }
};

const published = async (
  topic: ReturnType<typeof busEventTopic>,
  store: ReturnType<typeof memoryEventStore>,
  all: readonly Recorded[],
) => {
  const stop = new AbortController();
  const publisher = eventPublisher({
    ...{ store, topic, checkpoints: memoryCheckpoints(), name: 'topic' },
    sealed: async (records) => new Set(records.map(({ hash }) => hash)),
    wait: (milliseconds, signal) => pause(milliseconds, undefined, { signal }).catch(() => undefined),
  });
  const last = String(all.at(-1)?.position);
  const running = publisher.run(stop.signal);
  while (publisher.status().published !== last) await pause(20);
  stop.abort();
  await running;
};
