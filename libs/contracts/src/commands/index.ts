export * from './assessment.ts';
export * from './calendar.ts';
export * from './card.ts';
export * from './case.ts';
export * from './own-streams.ts';
export * from './privacy.ts';
