import { toHex } from '@liandong/kernel';
import { type Checkpoint, parseSplitView, type Suite, verifySplitView, type VKey } from '@liandong/ledger';
import type { NamedHead, SplitViewSeen } from '../ledger/facts.ts';

/** What is recorded of a split view; nothing where the bundle proves nothing. */
export const splitViewSeen = (
  suite: Suite,
  logKeys: readonly VKey[],
  evidence: Uint8Array,
  seen: { readonly frozenAt: number; readonly seenBy: string },
): SplitViewSeen | undefined => {
  const split = parseSplitView(evidence);
  const proven = split.ok ? verifySplitView(suite, split.value, logKeys) : split;
  if (!proven.ok) return undefined;
  return {
    type: 'liandong.ledger.splitView.v1',
    data: {
      smaller: named(proven.value.smaller.checkpoint),
      larger: named(proven.value.larger.checkpoint),
      ...seen,
      evidence: toHex(suite.sha256(evidence)),
    },
  };
};

const named = ({ origin, size, root }: Checkpoint): NamedHead => ({ origin, size, root: toHex(root) });
