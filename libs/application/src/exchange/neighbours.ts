import type { Author, TierCode } from '@liandong/kernel';
import type { Heartbeat } from '../ports/link-transport.ts';
import type { Lane } from './lane.ts';
import type { NetworkTree } from './network-tree.ts';
import type { LinkSession } from './session.ts';

/** The tiers next to this one: with each the link while it is open, and the lane beside it where there is one. */
export type Neighbours = {
  readonly sessions: Map<TierCode, LinkSession>;
  readonly lanes: Map<TierCode, Lane>;
  /** Which tiers are reached through a neighbour, itself included. */
  readonly behind: (peer: TierCode) => (tier: TierCode) => boolean;
  /** There may be something new for this tier. */
  readonly ringTowards: (tier: TierCode) => void;
  readonly ringAll: () => void;
  readonly passOn: (hop: TierCode, beat: Heartbeat) => void;
  readonly tick: () => void;
};

export const neighboursOf = (self: Author, tree: NetworkTree): Neighbours => {
  const sessions = new Map<TierCode, LinkSession>();
  const lanes = new Map<TierCode, Lane>();
  return {
    ...{ sessions, lanes },
    behind: (peer) => (tier) => tree.nextHop(self.tier, tier) === peer,
    ringTowards: (tier) => {
      const hop = tree.nextHop(self.tier, tier);
      if (hop === undefined) return;
      sessions.get(hop)?.ring();
      lanes.get(hop)?.ring();
    },
    ringAll: () => {
      for (const session of sessions.values()) session.ring();
      for (const lane of lanes.values()) lane.ring();
    },
    passOn: (hop, beat) => {
      sessions.get(hop)?.passOn(beat);
      lanes.get(hop)?.passOn(beat);
    },
    tick: () => {
      for (const session of sessions.values()) session.tick();
      for (const lane of lanes.values()) lane.tick();
    },
  };
};
