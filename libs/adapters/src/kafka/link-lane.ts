import type { EventBus, LinkLane } from '@liandong/application';
import { fromLinkRecords, linkGroup, linkTopic, toLinkRecords } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { batches, lengthOf } from './batches.ts';

/** A record beyond this is left to the link itself: the other side misses its number and asks there. */
const longestRecord = 900_000;

const mostTaken = 500;

/** The lane between a tier and its neighbour: a topic each way, of one partition each. */
export const busLinkLane = (bus: EventBus, self: TierCode, peer: TierCode): LinkLane => ({
  send: async (frames) => {
    const topic = linkTopic(self, peer);
    if (frames.length === 0) return bus.produce(topic, []);
    const records = frames.flatMap(toLinkRecords).filter((record) => lengthOf(record) <= longestRecord);
    for (const batch of batches(records)) await bus.produce(topic, batch);
  },
  receive: (take) =>
    bus.subscribe({
      topic: linkTopic(peer, self),
      group: linkGroup(self, peer),
      most: mostTaken,
      take: ({ records }) => take(fromLinkRecords(records)),
    }),
});
