import { ok, refuse, type Result, sameBytes } from '@liandong/kernel';
import type { Component, Policy, VKey } from '@liandong/ledger';

/** How a witness stands to the log it witnesses. Only one that is independent of it counts. */
export type Standing = 'independent' | 'operator' | 'subordinate';

export type PolicyFault =
  | {
      readonly code: 'not-the-policy-of-this-log';
      readonly origin: string;
      readonly found: readonly string[];
    }
  | { readonly code: 'no-quorum' }
  | { readonly code: 'quorum-not-flat'; readonly component: string }
  | { readonly code: 'too-few-witnesses'; readonly counting: number; readonly needed: number }
  | {
      readonly code: 'wrong-threshold';
      readonly counting: number;
      readonly threshold: number;
      readonly least: number;
      readonly most: number;
    }
  | { readonly code: 'counts-though-not-independent'; readonly witness: string; readonly standing: Standing }
  | { readonly code: 'witness-without-address'; readonly witness: string }
  | { readonly code: 'key-of-a-log'; readonly witness: string; readonly log: string };

/** A policy that holds: of `counting` witnesses `threshold` must cosign, and `faults` may lie or be dead. */
export type Quorum = {
  readonly counting: readonly Witnessing[];
  readonly threshold: number;
  readonly faults: number;
};

export type Witnessing = Component & { readonly kind: 'witness' };

/**
 * How many of n witnesses may lie, and which thresholds bear it: two quorums must share
 * more witnesses than may lie (2k − n > f), and those that are left must still make one
 * (k ≤ n − f). For n = 3f + 1 that leaves just k = 2f + 1.
 */
export const boundsOf = (counting: number) => {
  const faults = Math.floor((counting - 1) / 3);
  return { faults, least: Math.floor((counting + faults) / 2) + 1, most: counting - faults };
};

/**
 * Whether a log may live under a policy: one liar, or one dead witness, among those that
 * count must neither make two histories believed nor stop the one.
 */
export const checkPolicy = (
  policy: Policy,
  log: {
    readonly origin: string;
    readonly standingOf: (witness: Witnessing) => Standing;
    /** Every log key of the network: none may be a witness's as well. */
    readonly logKeys: readonly VKey[];
  },
): Result<Quorum, readonly PolicyFault[]> => {
  const found = policy.logs.map(({ key }) => key.name);
  const faults: PolicyFault[] = [];
  if (found.length === 0 || found.some((name) => name !== log.origin))
    faults.push({ code: 'not-the-policy-of-this-log', origin: log.origin, found });
  for (const { name, key } of policy.witnesses) {
    const shared = log.logKeys.find(({ publicKey }) => sameBytes(publicKey, key.publicKey));
    if (shared !== undefined) faults.push({ code: 'key-of-a-log', witness: name, log: shared.name });
  }
  const { quorum } = policy;
  if (quorum === undefined) return refuse([...faults, { code: 'no-quorum' }]);

  const members = quorum.kind === 'group' ? quorum.members : [quorum];
  const threshold = quorum.kind === 'group' ? quorum.threshold : 1;
  const counting = members.filter((member) => member.kind === 'witness');
  for (const member of members)
    if (member.kind === 'group') faults.push({ code: 'quorum-not-flat', component: member.name });
  for (const witness of counting) {
    const standing = log.standingOf(witness);
    if (standing !== 'independent')
      faults.push({ code: 'counts-though-not-independent', witness: witness.name, standing });
    if (witness.url === undefined) faults.push({ code: 'witness-without-address', witness: witness.name });
  }
  const { faults: bearable, least, most } = boundsOf(counting.length);
  if (bearable < 1) faults.push({ code: 'too-few-witnesses', counting: counting.length, needed: 4 });
  else if (threshold < least || threshold > most)
    faults.push({ code: 'wrong-threshold', counting: counting.length, threshold, least, most });
  return faults.length > 0 ? refuse(faults) : ok({ counting, threshold, faults: bearable });
};
