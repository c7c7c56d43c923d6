import type { EventBus, EventTopic } from '@liandong/application';
import { fromTopicRecord, tierTopic, toTopicRecord } from '@liandong/contracts';
import type { Sha256 } from '@liandong/kernel';
import { batches } from './batches.ts';

const mostTaken = 500;

/** The tier's own topic on a bus: a record for each event of the store. */
export const busEventTopic = (bus: EventBus, sha256: Sha256, topic: string = tierTopic): EventTopic => ({
  publish: async (entries) => {
    const records = entries.flatMap((entry) => toTopicRecord(entry) ?? []);
    for (const batch of batches(records)) await bus.produce(topic, batch);
  },
  receive: (group, take) =>
    bus.subscribe({
      ...{ topic, group, most: mostTaken },
      take: ({ records }) =>
        take(
          records.flatMap((record) => {
            const read = fromTopicRecord(sha256, record);
            return read.ok ? [read.value] : [];
          }),
        ),
    }),
});
