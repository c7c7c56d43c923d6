export * from './witness-http.ts';
