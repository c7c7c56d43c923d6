export * from './persevere.ts';
export * from './redrive.ts';
