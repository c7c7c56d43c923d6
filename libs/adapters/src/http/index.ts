export * from './witness-client.ts';
