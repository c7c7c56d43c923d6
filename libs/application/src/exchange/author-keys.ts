import {
  authorOf,
  type CommitSeal,
  decodeEvent,
  type Envelope,
  sourceOf,
  type Source,
  type Author,
} from '@liandong/kernel';
import type { LedgerFactOf } from '../ledger/keep-anchoring.ts';
import {
  afterKeyEvent,
  type KeyHistory,
  keysAtStart,
  keysCarriedOn,
  keysValidAt,
} from '../ledger/key-history.ts';
import { ledgerStream } from '../ledger/ledger-journal.ts';
import { keyFact, named } from '../ledger/own-keys.ts';
import type { NamedKey } from '../ledger/facts.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { LinkBook } from '../ports/link-book.ts';
import type { ServiceKey } from '../ports/signer.ts';

/** The keys of every author's services: those the trust root names, and what each ledger says of its own since. */
export type AuthorKeys = {
  /** Whether the seal is genuine by a key of its service that is valid at that leaf; without a leaf, by any there ever was. */
  readonly verifySeal: (source: Source, seal: CommitSeal, seq?: number, ledger?: Source) => boolean;
  /** Takes in what an anchored event says of its author's keys, in the ledger's order. The second time changes nothing. */
  readonly learn: (seq: number, envelope: Envelope, ledger?: Source) => void;
};

export type AuthorKeysDeps = {
  /** Those that the trust root names. */
  readonly keysOf: (source: Source) => readonly ServiceKey[];
  readonly factOf: LedgerFactOf;
  readonly verifyWith: (key: NamedKey, source: Source, seal: CommitSeal) => boolean;
};

export const authorKeys = ({ keysOf, factOf, verifyWith }: AuthorKeysDeps): AuthorKeys => {
  const histories = new Map<Source, KeyHistory>();
  const signers = new WeakMap<CommitSeal, { readonly source: Source; readonly key: NamedKey }>();

  /** An epoch begins with the keys that counted at the end of the last one; the first with those of the trust root. */
  const historyBefore = (source: Source): KeyHistory => {
    const author = authorOf(source);
    const earlier = [...histories].flatMap(([known, history]) => {
      const of = authorOf(known);
      return of?.tier === author?.tier && of !== undefined && of.epoch < (author?.epoch ?? 0)
        ? [{ epoch: of.epoch, history }]
        : [];
    });
    const [last] = earlier.toSorted((a, b) => b.epoch - a.epoch);
    return last?.history ?? keysAtStart(keysOf(source).map(named));
  };

  const historyOf = (source: Source): KeyHistory => {
    const history = histories.get(source) ?? keysCarriedOn(historyBefore(source));
    // Sources come from outside: of those that nobody vouches for nothing is kept.
    if (history.length > 0) histories.set(source, history);
    return history;
  };

  /** A seal is checked once, however many events it covers. */
  const signerOf = (source: Source, seal: CommitSeal): NamedKey | undefined => {
    const known = signers.get(seal);
    if (known?.source === source) return known.key;
    const key = historyOf(source).find(
      ({ key: { purpose, keyId, ...rest } }) =>
        purpose === seal.service &&
        keyId === seal.keyId &&
        verifyWith({ purpose, keyId, ...rest }, source, seal),
    )?.key;
    if (key !== undefined) signers.set(seal, { source, key });
    return key;
  };

  return {
    verifySeal: (source, seal, seq, ledger = source) => {
      const key = signerOf(source, seal);
      if (key === undefined || seq === undefined) return key !== undefined;
      return keysValidAt(historyOf(ledger), seq).some(
        ({ purpose, publicKey }) => purpose === key.purpose && publicKey === key.publicKey,
      );
    },
    learn: (seq, envelope, ledger = envelope.source) => {
      const fact = keyFact(factOf, envelope);
      if (fact === undefined) return;
      histories.set(ledger, afterKeyEvent(historyOf(ledger), seq, fact));
    },
  };
};

/** Reads what the ledgers of others had said of their keys before this process began. */
export const learnStoredKeys = async (
  { learn }: Pick<AuthorKeys, 'learn'>,
  { store, book }: { readonly store: Pick<EventStore, 'read'>; readonly book: Pick<LinkBook, 'leavesOf'> },
  authors: readonly Author[],
): Promise<void> => {
  for (const author of authors) {
    const events = (await store.read(ledgerStream(author))).filter(
      ({ source, type }) => source === sourceOf(author) && type.startsWith('liandong.ledger.key'),
    );
    if (events.length === 0) continue;
    const leaves = await book.leavesOf(
      author.tier,
      events.map(({ hash }) => hash),
    );
    for (const { hash, bytes } of events) {
      const seq = leaves.get(hash);
      if (seq !== undefined) learn(seq, decodeEvent(bytes));
    }
  }
};
