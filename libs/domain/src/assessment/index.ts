export * from './adoption.ts';
export * from './assessment.ts';
export * from './facts.ts';
export * from './indicators.ts';
export * from './period.ts';
export * from './scheme.ts';
export * from './score.ts';
