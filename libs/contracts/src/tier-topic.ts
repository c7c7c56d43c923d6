import type { BusRecord, Position, TopicEntry, TopicPlan } from '@liandong/application';
import {
  decodeEvent,
  type Envelope,
  eventHash,
  fromUtf8,
  ok,
  refuse,
  type Result,
  type Sha256,
  type TierCode,
  utf8,
} from '@liandong/kernel';
import { eventBytesOf, type NoCloudEvent, toBinaryMessage } from './cloud-event-records.ts';
import type { Permission } from './link-topics.ts';

/** The topic of a tier's own cluster on which its store is published. */
export const tierTopic = 'liandong.events.v1';

/** As many as a topic is given once for all: with another number a stream would go on in another partition. */
export const tierTopicPartitions = 12;

const day = 24 * 3_600_000;

export const tierTopicPlan = ({
  topic = tierTopic,
  partitions = tierTopicPartitions,
  retentionDays = 14,
}: Partial<{
  readonly topic: string;
  readonly partitions: number;
  readonly retentionDays: number;
}> = {}): TopicPlan => ({
  ...{ topic, partitions },
  settings: {
    'cleanup.policy': 'delete',
    'retention.ms': String(retentionDays * day),
    'max.message.bytes': '1048576',
  },
});

/** In whose name a follower of the tier reads the whole topic. */
export const tierTopicGroup = (tier: TierCode, follower: string): string =>
  `liandong.events.${tier}.${follower}`;

/** What the tier's own services may do; a joined system is given `READ` on the topic and on its own group. */
export const tierTopicPermissions = (tier: TierCode, topic: string): readonly Permission[] => [
  { resource: 'topic', name: topic, operations: ['WRITE', 'READ', 'DESCRIBE'] },
  { resource: 'group', name: tierTopicGroup(tier, 'views'), operations: ['READ'] },
];

// Out

/**
 * An event of the store as a record in binary mode, its stream as the key. Beside the event stands
 * where the store holds it. Bytes that are no event have no record.
 */
export const toTopicRecord = ({ after, event }: TopicEntry): BusRecord | undefined => {
  const message = readable(event.bytes) ? toBinaryMessage(event.bytes) : undefined;
  return (
    message && {
      key: utf8(event.stream),
      value: message.value,
      headers: {
        ...message.headers,
        'liandong-hash': utf8(event.hash),
        'liandong-position': utf8(String(event.position)),
        'liandong-after': utf8(String(after)),
        'liandong-revision': utf8(String(event.revision)),
      },
    }
  );
};

const readable = (bytes: Uint8Array): boolean => {
  try {
    return typeof decodeEvent(bytes).subject === 'string';
  } catch {
    return false;
  }
};

// In

/** What a record says, if its bytes are the event that its hash names. */
export const fromTopicRecord = (sha256: Sha256, record: BusRecord): Result<TopicEntry, NoCloudEvent> => {
  const bytes = eventBytesOf(record);
  if (!bytes.ok) return bytes;
  const hash = eventHash(sha256, bytes.value);
  if (hash !== textOf(record, 'liandong-hash')) return no('liandong-hash', 'is not that of the event');
  const [position, after, revision] = ['position', 'after', 'revision'].map((name) =>
    countOf(record, `liandong-${name}`),
  );
  if (position === undefined || after === undefined || revision === undefined || after >= position)
    return no('liandong-position', 'is no place in a store');
  const { subject: stream, source, id, type }: Envelope = decodeEvent(bytes.value);
  return ok({
    after: after as Position,
    event: {
      ...{ stream, source, id, type, hash, bytes: bytes.value },
      position: position as Position,
      revision: Number(revision),
    },
  });
};

const no = (field: string, rule: string) => refuse({ code: 'no-cloud-event', field, rule } as const);

const textOf = ({ headers }: BusRecord, name: string): string | undefined => {
  try {
    return fromUtf8(headers[name] ?? new Uint8Array());
  } catch {
    return undefined;
  }
};

const countOf = (record: BusRecord, name: string): bigint | undefined => {
  const digits = textOf(record, name) ?? '';
  return /^(?:0|[1-9]\d{0,18})$/.test(digits) ? BigInt(digits) : undefined;
};
