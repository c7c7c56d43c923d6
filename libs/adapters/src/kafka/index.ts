export * from './event-bus.ts';
export * from './link-lane.ts';
export * from './link-plan.ts';
