import type { TierCode } from '@liandong/kernel';
import type { ReturnedEvent } from '../ledger/returned.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { LinkBook, ReceivedLeaf } from '../ports/link-book.ts';
import { recordsAt } from './outgoing-blocks.ts';

/**
 * An author's own events as they were received, by leaf from `seq` on; empty when there are no
 * more. Of the ledger in which the author writes now, or of the epoch named.
 */
export type HandBack = (author: TierCode, seq: number, epoch?: number) => Promise<readonly ReturnedEvent[]>;

const pageSize = 100;

/** What a tier gives back to an author that lost its database: its bytes and its seals, just as they came. */
export const handBack = ({
  store,
  book,
  epochOf,
}: {
  readonly epochOf: (tier: TierCode) => number;
  readonly store: Pick<EventStore, 'readAll' | 'seals'>;
  readonly book: Pick<LinkBook, 'receivedFrom' | 'heldAt'>;
}): HandBack => {
  const returned = async (author: TierCode, leaves: readonly ReceivedLeaf[]) => {
    const records = await recordsAt(
      store,
      leaves.flatMap(({ position }) => (position === undefined ? [] : [{ position }])),
    );
    const stored = leaves.flatMap(({ seq, position }) => {
      const record = position === undefined ? undefined : records.get(position);
      return record === undefined ? [] : [{ seq, record }];
    });
    const seals = await store.seals(stored.map(({ record }) => record));
    const given = stored.flatMap(({ seq, record: { bytes } }, n): ReturnedEvent[] => {
      const seal = seals[n];
      return seal === undefined ? [] : [{ seq, bytes, seal }];
    });
    const elsewhere = leaves.filter(({ position }) => position === undefined);
    const held = await Promise.all(elsewhere.map(({ number }) => book.heldAt(author, number)));
    return [
      ...given,
      ...held.flatMap((entry) => entry ?? []).map(({ seq, bytes, seal }) => ({ seq, bytes, seal })),
    ].toSorted((a, b) => a.seq - b.seq);
  };

  return async (author, seq, epoch = epochOf(author)) => {
    for (let from = seq; ;) {
      const leaves = await book.receivedFrom(author, epoch, from, pageSize);
      const last = leaves.at(-1);
      if (last === undefined) return [];
      const events = await returned(author, leaves);
      if (events.length > 0) return events;
      // Stored a moment ago and not yet followed: what comes after may be there.
      from = last.seq + 1;
    }
  };
};
