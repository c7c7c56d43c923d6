export type { KafkaAccess } from './client.ts';
export * from './event-bus.ts';
export * from './event-topic.ts';
export * from './link-lane.ts';
