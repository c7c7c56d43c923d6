import type { BusRecord, EventBus, LinkLane } from '@liandong/application';
import { fromLinkRecords, linkGroup, linkTopic, toLinkRecords } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';

/** What is said at once, before compression; a topic takes a mebibyte. */
const fullBatch = 524_288;

/** A record beyond this is left to the link itself: the other side misses its number and asks there. */
const longestRecord = 900_000;

const mostTaken = 500;

/** The lane between a tier and its neighbour: a topic each way, of one partition each. */
export const busLinkLane = (bus: EventBus, self: TierCode, peer: TierCode): LinkLane => ({
  send: async (frames) => {
    const topic = linkTopic(self, peer);
    if (frames.length === 0) return bus.produce(topic, []);
    for (const records of batches(frames.flatMap(toLinkRecords))) await bus.produce(topic, records);
  },
  receive: (take) =>
    bus.subscribe({
      topic: linkTopic(peer, self),
      group: linkGroup(self, peer),
      most: mostTaken,
      take: ({ records }) => take(fromLinkRecords(records)),
    }),
});

function* batches(records: readonly BusRecord[]): Generator<readonly BusRecord[]> {
  let batch: BusRecord[] = [];
  let size = 0;
  for (const record of records) {
    const length = lengthOf(record);
    if (length > longestRecord) continue;
    if (batch.length > 0 && size + length > fullBatch) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(record);
    size += length;
  }
  if (batch.length > 0) yield batch;
}

const lengthOf = ({ key, value, headers }: BusRecord): number =>
  (key?.length ?? 0) +
  (value?.length ?? 0) +
  Object.entries(headers).reduce((sum, [name, held]) => sum + name.length + held.length, 64);
