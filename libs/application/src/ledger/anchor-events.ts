import type { LedgerAnchored } from './facts.ts';

export type SeenCheckpoint = LedgerAnchored['data']['checkpoints'][number];

export const anchorEveryMs = 60_000;

/** As many as an event may name; the others have their turn next time. */
const mostCheckpoints = 100;

export type AnchoringPlace = {
  readonly now: Date;
  /** When the last such event was recorded. */
  readonly last: Date | undefined;
  /** Whether the own ledger has sealed anything but such events since the last of them. */
  readonly otherSince: boolean;
  /** The size last named, by origin. */
  readonly named: ReadonlyMap<string, number>;
  /** The largest anchored head seen of each other ledger. */
  readonly seen: readonly SeenCheckpoint[];
};

/**
 * The next record of other ledgers' heads, if it is time for one. An idle network records
 * nothing: anchors of anchors would keep it busy for ever.
 */
export const nextAnchoring = (
  { now, last, otherSince, named, seen }: AnchoringPlace,
  everyMs = anchorEveryMs,
): LedgerAnchored | undefined => {
  if (!otherSince || (last !== undefined && now.getTime() - last.getTime() < everyMs)) return undefined;
  const checkpoints = seen
    .filter(({ origin, size }) => size > (named.get(origin) ?? 0))
    .toSorted(
      (a, b) => (named.get(a.origin) ?? 0) - (named.get(b.origin) ?? 0) || (a.origin < b.origin ? -1 : 1),
    )
    .slice(0, mostCheckpoints);
  return checkpoints.length === 0
    ? undefined
    : { type: 'liandong.ledger.anchored.v1', data: { checkpoints } };
};
