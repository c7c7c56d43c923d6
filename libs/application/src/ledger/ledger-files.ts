import { encodeBundle, type Tile, tileWidth } from '@liandong/ledger';
import type { EventStore, Position, Recorded } from '../ports/event-store.ts';
import type { LedgerBook, LedgerEntry } from '../ports/ledger-book.ts';

/**
 * A bundle of entries, made of the bytes the store holds now; `undefined` if the ledger
 * has no such bundle yet, or the store has lost one of its events. Whoever reads it checks
 * it against the tiles, so a changed byte shows.
 */
export const readBundle = async (
  store: Pick<EventStore, 'readAll'>,
  book: Pick<LedgerBook, 'entries'>,
  { index, width }: Tile & { readonly level: 'entries' },
): Promise<Uint8Array | undefined> => {
  const first = index * tileWidth;
  const entries = await book.entries(first, first + width);
  const events = await eventsOf(store, entries);
  return events.length === width ? encodeBundle(events.map(({ bytes }) => bytes)) : undefined;
};

const pageSize = 500;

/** The stored events of entries, in their order; those the store no longer holds are left out. */
export const eventsOf = async (
  store: Pick<EventStore, 'readAll'>,
  entries: readonly LedgerEntry[],
): Promise<readonly Recorded[]> => {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return [];
  const wanted = new Set(entries.map(({ position }) => position));
  const found: Recorded[] = [];
  for (let at = (first.position - 1n) as Position; at < last.position;) {
    const page = await store.readAll(at, pageSize);
    const end = page.at(-1);
    if (end === undefined) break;
    found.push(...page.filter(({ position }) => wanted.has(position)));
    at = end.position;
  }
  return found;
};
