export * from './approval-desk.ts';
export * from './approval.module.ts';
export type { ReadDirectory } from './directory.controller.ts';
export type { Catalogue } from './items.controller.ts';
export * from './operations.ts';
export type { ParkedStreams } from './parked.controller.ts';
export type { Lists } from './tokens.ts';
export { viewLists } from './view-lists.ts';
