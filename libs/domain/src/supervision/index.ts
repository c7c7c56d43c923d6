export * from './adoption.ts';
export * from './agenda.ts';
export * from './bulk-entry.ts';
export * from './card-commands.ts';
export * from './card-facts.ts';
export * from './card.ts';
export * from './clock.ts';
export * from './codes.ts';
export * from './corrections.ts';
export * from './due-queue.ts';
export * from './explain.ts';
export * from './facts.ts';
export * from './figures.ts';
export * from './follow.ts';
export * from './judgement.ts';
export * from './names.ts';
export * from './oversight.ts';
export * from './overview-terms.ts';
export * from './overview.ts';
export * from './pack-flaws.ts';
export * from './packs/index.ts';
export * from './reprojection.ts';
export * from './recount.ts';
export * from './rule-pack.ts';
export * from './standing.ts';
export {
  type Ended,
  type Finding,
  type LateEntry,
  nothingSupervised,
  type Supervised,
  unitKey,
} from './supervised.ts';
export * from './terms.ts';
