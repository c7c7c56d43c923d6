export * from './follow-topic.ts';
export * from './publish-events.ts';
