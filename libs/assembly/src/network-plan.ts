import type { TierCode } from '@liandong/kernel';

export type FoundedTier = { readonly tier: TierCode; readonly parent?: TierCode; readonly name: string };

/** The network that is to be founded on one machine. */
export type NetworkPlan = {
  readonly network: string;
  readonly tiers: readonly FoundedTier[];
  /** Set for a demonstration network: the file that holds its clock's offset. */
  readonly clockOffsetFile?: string;
  /** Set to have the events in KurrentDB: one server for all tiers, each in a part of its own. */
  readonly kurrentUrl?: string;
};
