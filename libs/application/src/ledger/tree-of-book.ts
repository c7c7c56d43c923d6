import { ok, refuse, type Result, sameBytes, type Sha256 } from '@liandong/kernel';
import { edgeFrom, edgeTiles, emptyEdge, rootOfEdge, type TileEdge, tilePath } from '@liandong/ledger';
import { type EventStore, type Position } from '../ports/event-store.ts';
import type { LedgerBook, LedgerEntry, SignedLedgerHead } from '../ports/ledger-book.ts';

/** The ledger as a keeper carries it on: what was signed last, and all it needs to append. */
export type LedgerTree = {
  readonly edge: TileEdge;
  readonly head: SignedLedgerHead | undefined;
  readonly last: LedgerEntry | undefined;
  readonly place: Position;
};

/** What was signed and what is kept do not agree. Nothing is repaired in place, and nothing more is signed. */
export type LedgerDamage =
  | { readonly code: 'tiles-are-not-the-head'; readonly size: number }
  | { readonly code: 'sealed-event-gone'; readonly seq: number; readonly position: Position };

/** Reads the tree a keeper goes on from. What the book holds is believed as far as the last signed root proves it. */
export const readTree = async (
  sha256: Sha256,
  book: Pick<LedgerBook, 'head' | 'place' | 'tile' | 'entries'>,
): Promise<Result<LedgerTree, LedgerDamage>> => {
  const { head, place } = await standing(book);
  if (head === undefined) return ok<LedgerTree>({ edge: emptyEdge, head, last: undefined, place });

  const { size } = head;
  const damage = refuse<LedgerDamage>({ code: 'tiles-are-not-the-head', size });
  const tiles = new Map(
    await Promise.all(edgeTiles(size).map(async (tile) => [tilePath(tile), await book.tile(tile)] as const)),
  );
  const edge = edgeFrom(size, (tile) => tiles.get(tilePath(tile)));
  if (edge === undefined || !sameBytes(rootOfEdge(sha256, edge), head.root)) return damage;
  const [last] = await book.entries(size - 1, size);
  return last === undefined && size > 0 ? damage : ok<LedgerTree>({ edge, head, last, place });
};

/** Head and place of one moment, also while another keeper may still be writing. */
const standing = async (book: Pick<LedgerBook, 'head' | 'place'>) => {
  for (;;) {
    const before = await book.head();
    const place = await book.place();
    const head = await book.head();
    if (head?.size === before?.size) return { head, place };
  }
};

/**
 * Whether the last sealed event still stands where it stood: a store that was cut short,
 * or restored from a backup behind the keeper's back, gives its places away anew.
 */
export const lastIsGone = async (
  store: Pick<EventStore, 'readAll'>,
  last: LedgerEntry | undefined,
): Promise<LedgerDamage | undefined> => {
  if (last === undefined) return undefined;
  const { seq, position, hash } = last;
  const [found] = await store.readAll((position - 1n) as Position, 1);
  return found?.position === position && found.hash === hash
    ? undefined
    : { code: 'sealed-event-gone', seq, position };
};
