import type { CommitSeal, Source } from '@liandong/kernel';
import type { KeyRevoked, KeyRotated, NamedKey } from './facts.ts';
import type { SealVerifierAt } from './judge-events.ts';

/** A key, and the leaves at which it is valid: `from` inclusive, `to` exclusive. */
export type KeyTerm = { readonly key: NamedKey; readonly from: number; readonly to: number };

/** Every key a ledger ever had, also those no longer valid. */
export type KeyHistory = readonly KeyTerm[];

/** The keys that the trust root names for a ledger's beginning. */
export const keysAtStart = (keys: readonly NamedKey[]): KeyHistory =>
  keys.map((key) => ({ key, from: 0, to: Infinity }));

/**
 * What a sealed event about keys changes from the next leaf on. A rotation of a key that
 * is not valid there changes nothing: whoever stole a key that was revoked since cannot
 * name its successor. A key that was once revoked never comes back; one that the trust root
 * names already may follow another.
 */
export const afterKeyEvent = (
  history: KeyHistory,
  seq: number,
  event: KeyRotated | KeyRevoked,
): KeyHistory => {
  const end = (keyId: string, purpose: string): KeyHistory =>
    history.map((term) =>
      term.key.keyId === keyId && term.key.purpose === purpose && term.to > seq + 1
        ? { ...term, to: seq + 1 }
        : term,
    );
  switch (event.type) {
    case 'liandong.ledger.keyRevoked.v1':
      return end(event.data.keyId, event.data.purpose);
    case 'liandong.ledger.keyRotated.v1': {
      const { key, replaces } = event.data;
      const lawful =
        keysValidAt(history, seq).some((old) => old.keyId === replaces && old.purpose === key.purpose) &&
        !history.some(({ key: known, to }) => known.publicKey === key.publicKey && to !== Infinity);
      if (!lawful) return history;
      const before = end(replaces, key.purpose);
      return before.some(({ key: known }) => known.publicKey === key.publicKey)
        ? before
        : [...before, { key, from: seq + 1, to: Infinity }];
    }
  }
};

/** What the next epoch's ledger begins with: what counted at the end counts on, and what had ended never comes back. */
export const keysCarriedOn = (history: KeyHistory): KeyHistory =>
  history.map(({ key, to }) => ({ key, from: 0, to: to === Infinity ? Infinity : 0 }));

export const keysValidAt = (history: KeyHistory, seq: number): readonly NamedKey[] =>
  history.filter(({ from, to }) => from <= seq && seq < to).map(({ key }) => key);

/** Accepts a seal only by a key of its service that is valid at that leaf. */
export const sealVerifierAt =
  (
    historyOf: (source: Source) => KeyHistory,
    verifyWith: (key: NamedKey, source: Source, seal: CommitSeal) => boolean,
  ): SealVerifierAt =>
  (source, seal, seq) =>
    keysValidAt(historyOf(source), seq).some(
      (key) => key.purpose === seal.service && key.keyId === seal.keyId && verifyWith(key, source, seal),
    );
