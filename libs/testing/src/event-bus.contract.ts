import { BrokerAway, type BusBatch, type BusRecord, type EventBus } from '@liandong/application';
import { fromUtf8, utf8 } from '@liandong/kernel';
import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

export type ContractBus = EventBus & {
  readonly forget: (topic: string, before: readonly bigint[]) => Promise<void>;
};

/** Every promise of the port `EventBus`. `open` gives one bus per test, closed after it. */
export const eventBusContract = (name: string, open: () => ContractBus): void => {
  describe(`the event bus in ${name}`, () => {
    const opened: ContractBus[] = [];
    afterEach(async () => {
      for (const bus of opened.splice(0)) await bus.close();
    });
    const aBus = () => {
      const bus = open();
      opened.push(bus);
      return bus;
    };
    const aTopic = async (bus: EventBus, partitions = 1) => {
      const topic = `trial.${randomUUID()}`;
      await bus.ensureTopics([{ topic, partitions, settings: { 'cleanup.policy': 'delete' } }]);
      return topic;
    };
    const said = (value: string, key?: string): BusRecord => ({
      value: utf8(value),
      headers: {},
      ...(key !== undefined && { key: utf8(key) }),
    });
    const textOf = (bytes: Uint8Array | null | undefined) => fromUtf8(bytes ?? new Uint8Array());
    const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => said(`${from + n}`));

    /** Follows a topic and remembers what came. */
    const reader = async (bus: EventBus, topic: string, group = `group.${randomUUID()}`, most = 100) => {
      const batches: BusBatch[] = [];
      const came = waiting();
      const subscription = await bus.subscribe({
        ...{ topic, group, most },
        take: async (batch) => {
          batches.push(batch);
          came.ring();
        },
      });
      const values = () => batches.flatMap(({ records }) => records.map(({ value }) => textOf(value)));
      return {
        ...{ subscription, batches, values, group },
        until: (count: number) =>
          came.until(() => batches.reduce((sum, { records }) => sum + records.length, 0) >= count),
      };
    };

    it('gives back key, value and headers byte by byte, the absent ones too', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      const every = Uint8Array.from({ length: 256 }, (_, n) => n);
      const records: BusRecord[] = [
        { key: every, value: every, headers: { every, text: utf8('聯動') } },
        { value: null, headers: {}, key: utf8('gone') },
        { value: new Uint8Array(), headers: {} },
      ];
      await bus.produce(topic, records);
      const { until, batches } = await reader(bus, topic);
      await until(3);
      const came = batches.flatMap((batch) => batch.records).map(({ offset: _, ...record }) => record);
      expect(came).toEqual(records);
      expect(batches[0]).toMatchObject({ topic, partition: 0 });
    });

    it('keeps the order in which things were said, over many batches and at any size of a batch', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      const { until, values, batches } = await reader(bus, topic, undefined, 7);
      await Promise.all([0, 1, 2, 3].map((n) => bus.produce(topic, numbers(50, 50 * n))));
      await until(200);
      expect(values()).toEqual(numbers(200).map(({ value }) => textOf(value)));
      expect(Math.max(...batches.map(({ records }) => records.length))).toBeLessThanOrEqual(7);
    });

    it('keeps all records of a key in one partition, and uses several', async () => {
      const bus = aBus();
      const topic = await aTopic(bus, 4);
      const keys = Array.from({ length: 40 }, (_, n) => `key-${n}`);
      await bus.produce(
        topic,
        [1, 2, 3].flatMap((n) => keys.map((key) => said(`${n}`, key))),
      );
      const { until, batches } = await reader(bus, topic);
      await until(120);
      const places = new Map<string, { partition: number; values: string[] }[]>();
      for (const { partition, records } of batches)
        for (const { key, value } of records) {
          const name = textOf(key);
          places.set(name, [...(places.get(name) ?? []), { partition, values: [textOf(value)] }]);
        }
      for (const at of places.values()) {
        expect(new Set(at.map(({ partition }) => partition)).size).toBe(1);
        expect(at.flatMap(({ values }) => values)).toEqual(['1', '2', '3']);
      }
      expect(new Set([...places.values()].map(([at]) => at?.partition)).size).toBeGreaterThan(1);
    });

    it('goes on, in a group, where the last one to take stopped', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      await bus.produce(topic, numbers(5));
      const first = await reader(bus, topic);
      await first.until(5);
      await first.subscription.close();
      await bus.produce(topic, numbers(3, 5));
      const second = await reader(bus, topic, first.group);
      await second.until(3);
      expect(second.values()).toEqual(['5', '6', '7']);
      const other = await reader(bus, topic);
      await other.until(8);
      expect(other.values()).toHaveLength(8);
    });

    it('brings again what was not taken, with everything behind it, and skips nothing', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      const group = `group.${randomUUID()}`;
      await bus.produce(topic, numbers(6));
      const taken: string[] = [];
      const failing = await bus.subscribe({
        ...{ topic, group, most: 2 },
        take: async ({ records }) => {
          const values = records.map(({ value }) => textOf(value));
          if (values.includes('2')) throw new Error('no room for 2');
          taken.push(...values);
        },
      });
      await expect(failing.ended).rejects.toThrow('no room for 2');
      expect(taken).toEqual(['0', '1']);
      const { until, values } = await reader(bus, topic, group);
      await until(4);
      expect(values()).toEqual(['2', '3', '4', '5']);
    });

    it('hands over nothing while the one who takes works, or has said to pause', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      const gate = Promise.withResolvers<void>();
      const came = waiting();
      const seen: string[] = [];
      const subscription = await bus.subscribe({
        ...{ topic, group: `group.${randomUUID()}`, most: 1 },
        take: async ({ records }) => {
          seen.push(...records.map(({ value }) => textOf(value)));
          came.ring();
          if (seen.length === 1) await gate.promise;
        },
      });
      await bus.produce(topic, numbers(3));
      await came.until(() => seen.length === 1);
      subscription.pause();
      gate.resolve();
      // Another group reads on meanwhile, so there was time to hand over more.
      const other = await reader(bus, topic);
      await other.until(3);
      expect(seen).toEqual(['0']);
      subscription.resume();
      await came.until(() => seen.length === 3);
      expect(seen).toEqual(['0', '1', '2']);
    });

    it('waits, when it closes, for what is being taken, and commits it', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      const group = `group.${randomUUID()}`;
      const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let done = false;
      const subscription = await bus.subscribe({
        ...{ topic, group, most: 10 },
        take: async () => {
          begun.resolve();
          await gate.promise;
          done = true;
        },
      });
      await bus.produce(topic, numbers(1));
      await begun.promise;
      const closed = subscription.close();
      gate.resolve();
      await closed;
      expect(done).toBe(true);
      await subscription.ended;
      await bus.produce(topic, numbers(1, 1));
      const { until, values } = await reader(bus, topic, group);
      await until(1);
      expect(values()).toEqual(['1']);
    });

    it('goes on at the first record still kept when others were forgotten meanwhile', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      const first = await reader(bus, topic);
      await bus.produce(topic, numbers(2));
      await first.until(2);
      await first.subscription.close();
      await bus.produce(topic, numbers(6, 2));
      await bus.forget(topic, [5n]);
      expect(await bus.reach(topic)).toEqual([{ first: 5n, next: 8n }]);
      const { until, values } = await reader(bus, topic, first.group);
      await until(3);
      expect(values()).toEqual(['5', '6', '7']);
    });

    it('leaves a topic as it is that exists, and refuses one that does not', async () => {
      const bus = aBus();
      const topic = await aTopic(bus, 3);
      await bus.ensureTopics([{ topic, partitions: 1, settings: {} }]);
      expect(await bus.reach(topic)).toHaveLength(3);
      await expect(bus.produce(`trial.${randomUUID()}`, numbers(1))).rejects.toThrow();
      await bus.produce(topic, []);
    });

    it('lets nobody read a topic that does not exist, and does not say that waiting would help', async () => {
      const following = { topic: `trial.${randomUUID()}`, group: 'nobody', most: 1 };
      const failed = await aBus()
        .subscribe({ ...following, take: async () => undefined })
        .then(
          () => 'it is read',
          (error: unknown) => error,
        );
      expect(failed).toBeInstanceOf(Error);
      expect(failed).not.toBeInstanceOf(BrokerAway);
    });

    it('gives each record to one reader of a group, whoever comes and goes', async () => {
      const bus = aBus();
      const topic = await aTopic(bus);
      const group = `group.${randomUUID()}`;
      const first = await reader(bus, topic, group);
      await bus.produce(topic, numbers(20));
      await first.until(20);
      const second = await reader(bus, topic, group);
      await first.subscription.close();
      await bus.produce(topic, numbers(20, 20));
      await second.until(20);
      const all = [...first.values(), ...second.values()];
      expect(all.toSorted((a, b) => Number(a) - Number(b))).toEqual(
        numbers(40).map(({ value }) => textOf(value)),
      );
    });
  });
};

/** Waits for something that comes with a bell, however long it takes. */
const waiting = () => {
  let wake = () => {};
  return {
    ring: () => wake(),
    until: async (done: () => boolean) => {
      while (!done()) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
};
