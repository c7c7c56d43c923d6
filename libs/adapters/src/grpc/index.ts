export * from './link-transport.ts';
export { MalformedFrame } from './wire-frame.ts';
