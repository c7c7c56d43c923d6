import {
  BrokerAway,
  type BusBatch,
  type BusFollowing,
  type BusRecord,
  type BusSubscription,
  type EventBus,
} from '@liandong/application';

type Kept = BusRecord & { readonly offset: bigint };
type Partition = { readonly kept: Kept[]; next: bigint };
type Member = { readonly following: BusFollowing; readonly wake: () => void; ended: boolean };

export type MemoryBus = EventBus & {
  /** Forgets the records of a topic before these offsets, as retention does. */
  readonly forget: (topic: string, before: readonly bigint[]) => Promise<void>;
  /** While it is down nothing is said, and whoever reads is cut off. */
  readonly down: (away: boolean) => void;
};

/** The bus in one process. A group has one reader at a time: the next takes over where it stopped. */
export const memoryEventBus = (): MemoryBus => {
  const topics = new Map<string, Partition[]>();
  const places = new Map<string, bigint>();
  const members = new Map<string, Member[]>();
  const subscriptions = new Set<{ readonly close: (error?: Error) => Promise<void> }>();
  let away = false;

  const topicOf = (topic: string): readonly Partition[] => {
    const found = topics.get(topic);
    if (away) throw new BrokerAway('the broker is away');
    if (found === undefined) throw new Error(`no topic ${topic}`);
    return found;
  };
  const wakeAll = () => {
    for (const group of members.values()) for (const { wake } of group) wake();
  };

  const subscribe = async (following: BusFollowing): Promise<BusSubscription> => {
    const { topic, group, most, take } = following;
    topicOf(topic);
    const queue = members.get(`${group} ${topic}`) ?? [];
    members.set(`${group} ${topic}`, queue);
    let rung = Promise.withResolvers<void>();
    let paused = false;
    const member: Member = { following, ended: false, wake: () => rung.resolve() };
    queue.push(member);

    const nextBatch = (): BusBatch | undefined => {
      if (paused || queue[0] !== member) return undefined;
      for (const [partition, { kept }] of topicOf(topic).entries()) {
        const place = places.get(`${group} ${topic} ${partition}`) ?? 0n;
        const records = kept.filter(({ offset }) => offset >= place).slice(0, most);
        if (records.length > 0) return { topic, partition, records };
      }
      return undefined;
    };
    let failure: Error | undefined;
    const work = async () => {
      while (!member.ended) {
        rung = Promise.withResolvers();
        const batch = nextBatch();
        if (batch === undefined) {
          await rung.promise;
          continue;
        }
        await take(batch);
        const last = batch.records.at(-1);
        if (last !== undefined && failure === undefined)
          places.set(`${group} ${topic} ${batch.partition}`, last.offset + 1n);
      }
    };
    const running = work()
      .catch((error: unknown) => {
        failure ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        member.ended = true;
        queue.splice(queue.indexOf(member), 1);
        wakeAll();
      });
    const ended = running.then(() => {
      if (failure !== undefined) throw failure;
    });
    ended.catch(() => undefined);
    const close = async (error?: Error) => {
      failure ??= error;
      member.ended = true;
      member.wake();
      await running;
    };
    const subscription = { close };
    subscriptions.add(subscription);
    void running.then(() => subscriptions.delete(subscription));
    return {
      pause: () => void (paused = true),
      resume: () => {
        paused = false;
        member.wake();
      },
      close: () => close(),
      ended,
    };
  };

  return {
    subscribe,
    produce: async (topic, records) => {
      const partitions = topicOf(topic);
      for (const record of records) {
        const partition = partitions[partitionOf(record.key, partitions.length)];
        if (partition === undefined) throw new Error(`${topic} has no partition`);
        partition.kept.push({ ...structuredClone(record), offset: partition.next++ });
      }
      wakeAll();
    },
    ensureTopics: async (plans) => {
      for (const { topic, partitions } of plans)
        if (!topics.has(topic))
          topics.set(
            topic,
            Array.from({ length: partitions }, () => ({ kept: [], next: 0n })),
          );
    },
    reach: async (topic) =>
      topicOf(topic).map(({ kept, next }) => ({ first: kept[0]?.offset ?? next, next })),
    forget: async (topic, before) => {
      for (const [n, { kept }] of topicOf(topic).entries())
        kept.splice(0, kept.findLastIndex(({ offset }) => offset < (before[n] ?? 0n)) + 1);
    },
    down: (isAway) => {
      away = isAway;
      if (away) for (const { close } of [...subscriptions]) void close(new BrokerAway('the broker is away'));
    },
    close: async () => {
      await Promise.all([...subscriptions].map(({ close }) => close()));
    },
  };
};

const partitionOf = (key: Uint8Array | undefined, count: number): number =>
  [...(key ?? [])].reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7) % count;
