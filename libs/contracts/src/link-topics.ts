import type { TopicPlan } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';

/** The topic on which `from` says what is for `to`, or on its way through it. */
export const linkTopic = (from: TierCode, to: TierCode): string => `liandong.link.${from}.${to}.v1`;

/** In whose name a tier reads what its neighbour says. */
export const linkGroup = (self: TierCode, peer: TierCode): string => `liandong.link.${self}.from.${peer}`;

const fourteenDays = 14 * 24 * 3_600_000;

/** Both topics of a link, as they must be before anything is said on them. */
export const linkTopics = (one: TierCode, other: TierCode): readonly TopicPlan[] =>
  [linkTopic(one, other), linkTopic(other, one)].map((topic) => ({
    topic,
    // One partition: a feed's numbers keep their order, and a link's volume is that of people.
    partitions: 1,
    settings: {
      'cleanup.policy': 'delete',
      'retention.ms': String(fourteenDays),
      'max.message.bytes': '1048576',
    },
  }));

export type Permission = {
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly operations: readonly ('READ' | 'WRITE' | 'DESCRIBE')[];
};

/** What a tier may do for this one link; everything else is denied. */
export const linkPermissions = (self: TierCode, peer: TierCode): readonly Permission[] => [
  { resource: 'topic', name: linkTopic(self, peer), operations: ['WRITE', 'DESCRIBE'] },
  { resource: 'topic', name: linkTopic(peer, self), operations: ['READ', 'DESCRIBE'] },
  { resource: 'group', name: linkGroup(self, peer), operations: ['READ'] },
];
