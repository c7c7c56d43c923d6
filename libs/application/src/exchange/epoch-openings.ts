import { type Author, authorOf, decodeEvent, type Envelope, sourceOf, toHex } from '@liandong/kernel';
import type { EpochOpened } from '../ledger/facts.ts';
import { ledgerStream } from '../ledger/ledger-journal.ts';
import { originOf } from '../ledger/open-epoch.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { BelievedHead } from '../ports/link-book.ts';
import type { Breach } from './breach.ts';
import type { LedgerLinks } from './ledger-links.ts';
import type { VerifiedEntry } from './verify-entry.ts';

/**
 * Holds authors to what they say when they open an epoch: nothing of it counts before the event
 * that names where the old ledger ended, that cannot be before what its witnesses had cosigned,
 * and from then on the old ledger has ended there.
 */
export type EpochOpenings = {
  /** What is wrong with an entry whose proof holds, if anything. What is right is remembered. */
  readonly objectionTo: (verified: VerifiedEntry) => Breach | undefined;
};

export type EpochOpeningsDeps = Pick<LedgerLinks, 'policyOf' | 'factOf'> & {
  readonly store: Pick<EventStore, 'read'>;
  /** The largest head that is held of a ledger. */
  readonly held: (author: Author) => Pick<BelievedHead, 'size' | 'root'> | undefined;
};

/** Reads the openings that `authors`, of each tier the oldest epoch first, have made so far. */
export const epochOpenings = async (
  { store, policyOf, factOf, held }: EpochOpeningsDeps,
  authors: readonly Author[],
): Promise<EpochOpenings> => {
  const opened = new Set<string>();
  const ended = new Map<string, number>();
  const before = (author: Author): Author | undefined => {
    const last = { ...author, epoch: author.epoch - 1 };
    return policyOf(last) === undefined ? undefined : last;
  };
  const openingIn = (envelope: Envelope): EpochOpened | undefined => {
    const fact = envelope.type === 'liandong.ledger.epochOpened.v1' ? factOf(envelope) : undefined;
    return fact?.type === 'liandong.ledger.epochOpened.v1' ? fact : undefined;
  };
  const remember = (author: Author, { data: { previous } }: EpochOpened) => {
    opened.add(originOf(author));
    ended.set(previous.origin, previous.cosigned?.size ?? 0);
  };

  for (const author of authors) {
    if (before(author) === undefined) continue;
    for (const { source, bytes } of await store.read(ledgerStream(author))) {
      const opening = source === sourceOf(author) ? openingIn(decodeEvent(bytes)) : undefined;
      if (opening !== undefined) remember(author, opening);
    }
  }

  const wrongIn = (author: Author, last: Author, { data }: EpochOpened): string | undefined => {
    const { origin, epoch, cosigned } = data.previous;
    if (data.epoch !== author.epoch || epoch !== last.epoch || origin !== originOf(last))
      return `it follows on ${origin}`;
    const known = held(last);
    if (known === undefined) return undefined;
    const size = cosigned?.size ?? 0;
    if (size < known.size) return `it ends ${origin} at ${size}, and ${known.size} had been cosigned`;
    return size === known.size && cosigned?.root !== toHex(known.root)
      ? `it ends ${origin} at ${size} with another root than was cosigned`
      : undefined;
  };

  const objectionTo: EpochOpenings['objectionTo'] = ({ entry: { number, hash, bytes }, envelope, head }) => {
    const about = { number, hash, bytes };
    const end = ended.get(head.origin);
    if (end !== undefined && head.size > end)
      return {
        ...{ code: 'epoch-ended', detail: `${head.origin} ended at ${end}, and this is of ${head.size}` },
        ...about,
      };
    const author = envelope.ok ? authorOf(envelope.value.source) : undefined;
    const last = author && before(author);
    if (!envelope.ok || author === undefined || last === undefined || opened.has(originOf(author)))
      return undefined;
    const opening = openingIn(envelope.value);
    if (opening === undefined)
      return { code: 'epoch-not-opened', detail: `nothing opens ${originOf(author)}`, ...about };
    const wrong = wrongIn(author, last, opening);
    if (wrong !== undefined) return { code: 'epoch-below-cosigned', detail: wrong, ...about };
    remember(author, opening);
    return undefined;
  };

  return { objectionTo };
};
