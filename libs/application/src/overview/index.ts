export * from './desk.ts';
export * from './keeper.ts';
export * from './rates.ts';
export * from './stationed.ts';
