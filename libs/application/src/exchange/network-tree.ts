import type { TierCode } from '@liandong/kernel';

/** A tier of the network and its place in the tree. */
export type TreeMember = { readonly tier: TierCode; readonly parent?: TierCode | undefined };

/** Who stands above whom, and which way an event travels. */
export type NetworkTree = {
  readonly has: (tier: TierCode) => boolean;
  /** Nearest first. */
  readonly superiors: (tier: TierCode) => readonly TierCode[];
  /** A tier and all its subordinates, at any distance. */
  readonly withBelow: (tier: TierCode) => readonly TierCode[];
  /** All superiors and all subordinates, at any distance. */
  readonly region: (tier: TierCode) => readonly TierCode[];
  /** The neighbour of `from` on the way to `to`; `undefined` for itself or an unknown tier. */
  readonly nextHop: (from: TierCode, to: TierCode) => TierCode | undefined;
};

export const networkTree = (members: readonly TreeMember[]): NetworkTree => {
  const superiorsOf = new Map(members.map(({ tier }) => [tier, superiors(members, tier)]));
  const superiorsKnown = (tier: TierCode) => superiorsOf.get(tier) ?? [];
  const below = (tier: TierCode) =>
    members.flatMap((member) => (superiorsKnown(member.tier).includes(tier) ? [member.tier] : []));
  return {
    has: (tier) => superiorsOf.has(tier),
    superiors: superiorsKnown,
    withBelow: (tier) => [tier, ...below(tier)],
    region: (tier) => [...superiorsKnown(tier), ...below(tier)],
    nextHop: (from, to) => {
      if (from === to || !superiorsOf.has(from) || !superiorsOf.has(to)) return undefined;
      const path = [to, ...superiorsKnown(to)];
      const at = path.indexOf(from);
      return at === -1 ? superiorsKnown(from)[0] : path[at - 1];
    },
  };
};

const superiors = (members: readonly TreeMember[], tier: TierCode): readonly TierCode[] => {
  const parentOf = new Map(members.map(({ tier, parent }) => [tier, parent]));
  const above: TierCode[] = [];
  for (let at = parentOf.get(tier); at !== undefined && !above.includes(at); at = parentOf.get(at))
    above.push(at);
  return above;
};
