import {
  formatSplitView,
  type Hash,
  openHead,
  type SplitView,
  type Suite,
  verifySplitView,
  type VKey,
} from '@liandong/ledger';

/**
 * What two heads of one log prove together: the bundle, if its log signed two histories,
 * and nothing otherwise. `path` is needed where the sizes differ; a proof that does not
 * reach the larger root proves nothing against the log, only against who sent it.
 */
export const splitViewBetween = (
  suite: Suite,
  logKeys: readonly VKey[],
  one: Uint8Array,
  other: Uint8Array,
  path: readonly Hash[],
): Uint8Array | undefined => {
  const [a, b] = [openHead(suite, one, logKeys), openHead(suite, other, logKeys)];
  if (!a.ok || !b.ok) return undefined;
  const [sizeOfOne, sizeOfOther] = [a.value.checkpoint.size, b.value.checkpoint.size];
  const split: SplitView =
    sizeOfOne <= sizeOfOther
      ? { smaller: one, larger: other, path: pathFor(sizeOfOne, sizeOfOther, path) }
      : { smaller: other, larger: one, path: pathFor(sizeOfOther, sizeOfOne, path) };
  return verifySplitView(suite, split, logKeys).ok ? formatSplitView(split) : undefined;
};

const pathFor = (smaller: number, larger: number, path: readonly Hash[]): readonly Hash[] =>
  smaller === 0 || smaller === larger ? [] : path;
