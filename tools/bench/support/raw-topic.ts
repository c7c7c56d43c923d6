import type { BusRecord, EventBus, NewEvent } from '@liandong/application';
import { utf8 } from '@liandong/kernel';

const recordOf = ({ envelope: { subject }, bytes }: NewEvent): BusRecord => ({
  key: utf8(subject),
  value: bytes,
  headers: {},
});

export type RawTopic = {
  readonly say: (events: readonly NewEvent[]) => Promise<void>;
  /** When each event was read, by its bytes. */
  readonly readAt: Map<string, number>;
  readonly close: () => Promise<void>;
};

/** A record by its bytes. */
export const idOf = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('latin1');

/** A topic as the lane's, with nothing on either side of it. */
export const rawTopic = async (bus: EventBus): Promise<RawTopic> => {
  const topic = 'bench.raw.v1';
  await bus.ensureTopics([{ topic, partitions: 1, settings: { 'cleanup.policy': 'delete' } }]);
  const readAt = new Map<string, number>();
  const reading = await bus.subscribe({
    ...{ topic, group: 'bench.raw', most: 500 },
    take: async ({ records }) => {
      const now = performance.now();
      for (const { value } of records) {
        const id = idOf(value);
        if (readAt.has(id)) throw new Error('a record was read twice');
        readAt.set(id, now);
      }
    },
  });
  return {
    readAt,
    say: (events) => bus.produce(topic, events.map(recordOf)),
    close: reading.close,
  };
};
