import { z } from 'zod';
import { rule } from './config-problems.ts';
import { type KafkaBrokers, kafkaBrokersShape } from './link-config.ts';
import { tierTopic, tierTopicPartitions } from './tier-topic.ts';

/** The tier's own topic, to which its exchange publishes what the store holds. */
export type EventTopicConfig = KafkaBrokers & {
  /** Another name only where tiers share a cluster. */
  readonly topic: string;
  /** What the topic was made with; it never changes. */
  readonly partitions: number;
  readonly retentionDays: number;
  /** What the views of approval follow. */
  readonly views: 'store' | 'topic';
};

export const eventTopicShape = kafkaBrokersShape.extend({
  topic: z
    .string()
    .max(200)
    .regex(
      /^[a-z0-9][a-z0-9.-]*$/,
      rule('小写字母、数字、点和连字符', 'lower-case letters, digits, dots, hyphens'),
    )
    .default(tierTopic),
  partitions: z.int().min(1).max(1_000).default(tierTopicPartitions),
  retentionDays: z.int().min(1).max(36_500).default(14),
  views: z.enum(['store', 'topic']).default('store'),
});
