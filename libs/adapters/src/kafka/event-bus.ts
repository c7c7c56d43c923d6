import type { BusFollowing, BusRecord, BusSubscription, EventBus } from '@liandong/application';
import kafkajs, {
  type EachBatchPayload,
  type IHeaders,
  type Kafka,
  type KafkaMessage,
  type Producer,
} from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { kafkaClient, type KafkaAccess } from './client.ts';
import { asError, toldOf } from './failures.ts';

export type KafkaBus = EventBus & {
  /** Lets the broker forget a topic's records before these offsets, by partition, as its retention would. */
  readonly forget: (topic: string, before: readonly bigint[]) => Promise<void>;
};

export type KafkaBusOptions = {
  /** How long a member of a group may be silent before its partitions go to another. */
  readonly sessionMs?: number;
};

/** The bus over kafkajs. Nothing of kafkajs is seen outside this folder. */
export const kafkaEventBus = (
  access: KafkaAccess,
  { sessionMs = 10_000 }: KafkaBusOptions = {},
): KafkaBus => {
  const kafka = kafkaClient(access);
  const producer = renewedProducer(kafka);
  const subscriptions = new Set<BusSubscription>();

  const admin = async <Value>(work: (admin: ReturnType<Kafka['admin']>) => Promise<Value>) => {
    const connected = kafka.admin();
    try {
      await connected.connect();
      return await work(connected);
    } finally {
      await connected.disconnect();
    }
  };
  const offsets = (topic: string) =>
    admin(async (connected) =>
      (await connected.fetchTopicOffsets(topic)).toSorted((a, b) => a.partition - b.partition),
    );

  return {
    produce: async (topic, records) => {
      if (records.length === 0) return admin(async () => undefined);
      await producer.send(topic, records);
    },
    subscribe: async (following) => {
      const subscription = await onceLoaded(() => follow(kafka, following, sessionMs)).catch(
        (error: unknown) => {
          throw toldOf(error);
        },
      );
      subscriptions.add(subscription);
      void subscription.ended.catch(() => undefined).then(() => subscriptions.delete(subscription));
      return subscription;
    },
    ensureTopics: (plans) =>
      admin(async (connected) => {
        const there = new Set(await connected.listTopics());
        const missing = plans.filter(({ topic }) => !there.has(topic));
        if (missing.length === 0) return;
        await connected.createTopics({
          waitForLeaders: true,
          topics: missing.map(({ topic, partitions, settings }) => ({
            topic,
            numPartitions: partitions,
            configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
          })),
        });
      }),
    reach: async (topic) =>
      (await offsets(topic)).map(({ low, high }) => ({ first: BigInt(low), next: BigInt(high) })),
    forget: (topic, before) =>
      admin(async (connected) => {
        // kafkajs does not look for the partitions' leaders here unless it has met them.
        await connected.fetchTopicOffsets(topic);
        await connected.deleteTopicRecords({
          topic,
          partitions: before.map((offset, partition) => ({ partition, offset: String(offset) })),
        });
      }),
    close: async () => {
      await Promise.all([...subscriptions].map((each) => each.close()));
      await producer.close();
    },
  };
};

/** A producer that failed once may have lost count of what it said: the next record is said by a new one. */
const renewedProducer = (kafka: Kafka) => {
  let current: Promise<Producer> | undefined;
  const connect = async () => {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      // The partitioner of Java's client too: every producer agrees where a key belongs.
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      retry: { retries: 4, initialRetryTime: 150, maxRetryTime: 2_000 },
    });
    await producer.connect();
    return producer;
  };
  const close = async () => {
    const closing = current;
    current = undefined;
    await closing?.then((producer) => producer.disconnect()).catch(() => undefined);
  };
  let last: Promise<unknown> = Promise.resolve();
  const send = async (topic: string, records: readonly BusRecord[]) => {
    try {
      const producer = await (current ??= connect());
      await producer.send({
        topic,
        acks: -1,
        compression: kafkajs.CompressionTypes.GZIP,
        messages: records.map(({ key, value, headers }) => ({
          key: key === undefined ? null : buffer(key),
          value: value === null ? null : buffer(value),
          headers: Object.fromEntries(Object.entries(headers).map(([name, held]) => [name, buffer(held)])),
        })),
      });
    } catch (error) {
      await close();
      throw error;
    }
  };
  return {
    close,
    /** One after another, so that what failed is not overtaken by what came later. */
    send: (topic: string, records: readonly BusRecord[]) => {
      const sent = last.then(() => send(topic, records));
      last = sent.catch(() => undefined);
      return sent;
    },
  };
};

/**
 * A broker that has just started reads first who is in its groups, and tells whoever asks
 * meanwhile to come again. The driver gives up at that.
 */
const onceLoaded = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  for (let left = 60; ; left--)
    try {
      return await work();
    } catch (error) {
      if (
        left === 0 ||
        !(error instanceof kafkajs.KafkaJSProtocolError) ||
        error.type !== 'GROUP_LOAD_IN_PROGRESS'
      )
        throw error;
      await pause(500);
    }
};

const follow = async (
  kafka: Kafka,
  { topic, group, most, take }: BusFollowing,
  sessionMs: number,
): Promise<BusSubscription> => {
  const heartbeatMs = Math.ceil(sessionMs / 4);
  const consumer = kafka.consumer({
    groupId: group,
    sessionTimeout: sessionMs,
    heartbeatInterval: heartbeatMs,
    rebalanceTimeout: 60_000,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 1_000,
    // Whoever subscribed hears of a crash and decides; it has other ways meanwhile.
    retry: { retries: 4, initialRetryTime: 150, maxRetryTime: 2_000, restartOnFailure: async () => false },
  });
  const over = Promise.withResolvers<void>();
  over.promise.catch(() => undefined);
  let paused = false;
  let closing: Promise<void> | undefined;
  const close = (error?: unknown) => {
    closing ??= consumer.disconnect().then(
      () => (error === undefined ? over.resolve() : over.reject(asError(error))),
      (failed: unknown) => over.reject(asError(error ?? failed)),
    );
    return closing;
  };

  const eachBatch = async (payload: EachBatchPayload) => {
    const { batch, resolveOffset, commitOffsetsIfNecessary, heartbeat, isRunning, isStale } = payload;
    const { partition } = batch;
    for (let at = 0; at < batch.messages.length; at += most) {
      if (paused || !isRunning() || isStale()) return;
      const records = batch.messages.slice(at, at + most);
      const last = records.at(-1)?.offset;
      if (last === undefined) return;
      const taking = take({ topic, partition, records: records.map(recordOf) }).then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      const alive = await staying(taking, heartbeat, heartbeatMs);
      const failed = await taking;
      if (failed !== undefined) {
        void close(failed.error);
        throw asError(failed.error);
      }
      await commitOffsetsIfNecessary({
        topics: [{ topic, partitions: [{ partition, offset: String(BigInt(last) + 1n) }] }],
      });
      resolveOffset(last);
      if (alive !== undefined) throw asError(alive.error);
    }
  };

  const reading = Promise.withResolvers<void>();
  consumer.on('consumer.fetch_start', () => reading.resolve());
  consumer.on('consumer.crash', ({ payload: { error } }) => {
    reading.reject(error);
    void close(toldOf(error));
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    await reading.promise;
  } catch (error) {
    await close(error);
    throw error;
  }
  return {
    pause: () => {
      paused = true;
      consumer.pause([{ topic }]);
    },
    resume: () => {
      paused = false;
      consumer.resume([{ topic }]);
    },
    close: () => close(),
    ended: over.promise,
  };
};

/** Tells the group that we are alive while the work goes on. What it answers of a new order waits until the work is done. */
const staying = async (
  work: Promise<unknown>,
  heartbeat: () => Promise<void>,
  heartbeatMs: number,
): Promise<{ readonly error: unknown } | undefined> => {
  const done = new AbortController();
  const settled = work.finally(() => done.abort());
  while (!done.signal.aborted) {
    await Promise.race([
      settled,
      pause(heartbeatMs, undefined, { signal: done.signal }).catch(() => undefined),
    ]);
    if (done.signal.aborted) return undefined;
    try {
      await heartbeat();
    } catch (error) {
      await settled;
      return { error };
    }
  }
  return undefined;
};

const recordOf = ({ key, value, headers, offset }: KafkaMessage) => ({
  ...(key !== null && { key: new Uint8Array(key) }),
  value: value === null ? null : new Uint8Array(value),
  headers: headersOf(headers),
  offset: BigInt(offset),
});

/** Kafka lets a header stand twice; the last one counts. */
const headersOf = (headers: IHeaders | undefined): Record<string, Uint8Array> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, held]) => {
      const last = Array.isArray(held) ? held.at(-1) : held;
      return last === undefined ? [] : [[name, new Uint8Array(Buffer.from(last))]];
    }),
  );

const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
