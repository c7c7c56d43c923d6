import {
  type CommitSeal,
  decodeEvent,
  type Envelope,
  ok,
  refuse,
  type Result,
  type ServiceName,
  type Source,
} from '@liandong/kernel';
import type { HandlingRefusal } from '../own-streams.ts';
import type { Recorded } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { ServiceKey } from '../ports/signer.ts';
import type { KeyRevoked, KeyRotated, NamedKey } from './facts.ts';
import type { SealVerifierAt } from './judge-events.ts';
import type { LedgerFactOf } from './keep-anchoring.ts';
import { afterKeyEvent, type KeyHistory, keysAtStart, keysValidAt, sealVerifierAt } from './key-history.ts';
import { type LedgerJournal, ledgerSystem } from './ledger-journal.ts';

export type OwnKeysDeps = {
  /** Those that the trust root names for the tier's services. */
  readonly keys: readonly ServiceKey[];
  readonly journal: LedgerJournal;
  readonly factOf: LedgerFactOf;
};

/** What the keys of a ledger's services may still sign, as its own events say. */
export type OwnKeys = {
  readonly verifySeal: SealVerifierAt;
  /** The keeper has sealed this event there. */
  readonly sealed: (seq: number, envelope: Envelope) => void;
};

/** Reads what the ledger says of its keys so far. */
export const ownKeys = async (
  { keys, journal, factOf }: OwnKeysDeps,
  book: Pick<LedgerBook, 'entryOf'>,
  verifyWith: (key: NamedKey, source: Source, seal: CommitSeal) => boolean,
): Promise<OwnKeys> => {
  let history = keysAtStart(keys.map(named));
  for (const recorded of await journal.read(0)) {
    const fact = keyFactIn(factOf, recorded);
    const entry = fact && (await book.entryOf(recorded.hash));
    if (fact !== undefined && entry !== undefined) history = afterKeyEvent(history, entry.seq, fact);
  }
  return {
    verifySeal: sealVerifierAt(() => history, verifyWith),
    sealed: (seq, envelope) => {
      const fact = keyFact(factOf, envelope);
      if (fact !== undefined) history = afterKeyEvent(history, seq, fact);
    },
  };
};

export type UnknownKey = { readonly code: 'not-found'; readonly what: 'key' };

export type RevokeKey = (
  service: ServiceName,
  keyId: string,
  reason: string,
) => Promise<Result<'revoked', HandlingRefusal | UnknownKey>>;

export type RotateKey = (
  service: ServiceName,
  replaced: string,
  keyId: string,
) => Promise<Result<'rotated', HandlingRefusal | UnknownKey>>;

/** From the next leaf on the one key counts, and the other no longer. Both are of the tier's trust root. */
export const keyRotator =
  (tier: Parameters<typeof ledgerSystem>[0], { keys, journal, factOf }: OwnKeysDeps): RotateKey =>
  async (service, replaced, keyId) => {
    const valid = await keysNow({ keys, journal, factOf });
    const of = (id: string) => valid.find((key) => key.purpose === service && key.keyId === id);
    const key = of(keyId);
    if (key === undefined || of(replaced) === undefined || keyId === replaced)
      return refuse<UnknownKey>({ code: 'not-found', what: 'key' });
    const recorded = await journal.record(ledgerSystem(tier, `key-rotated-${service}-${replaced}-${keyId}`), {
      type: 'liandong.ledger.keyRotated.v1',
      data: { key, replaces: replaced },
    });
    return recorded.ok ? ok('rotated') : recorded;
  };

/** Those that count from the next leaf on, by what is recorded. */
const keysNow = async ({ keys, journal, factOf }: OwnKeysDeps): Promise<readonly NamedKey[]> => {
  const history = (await journal.read(0)).reduce<KeyHistory>(
    (before, recorded, n) => {
      const fact = keyFactIn(factOf, recorded);
      return fact === undefined ? before : afterKeyEvent(before, n, fact);
    },
    keysAtStart(keys.map(named)),
  );
  return keysValidAt(history, Number.MAX_SAFE_INTEGER);
};

/** Ends a key from the next leaf on, for good. What was sealed under it before stands. */
export const keyRevoker =
  (tier: Parameters<typeof ledgerSystem>[0], { keys, journal, factOf }: OwnKeysDeps): RevokeKey =>
  async (service, keyId, reason) => {
    const valid = await keysNow({ keys, journal, factOf });
    if (!valid.some((key) => key.purpose === service && key.keyId === keyId))
      return refuse<UnknownKey>({ code: 'not-found', what: 'key' });
    const recorded = await journal.record(ledgerSystem(tier, `key-revoked-${service}-${keyId}`), {
      type: 'liandong.ledger.keyRevoked.v1',
      data: { purpose: service, keyId, reason },
    });
    return recorded.ok ? ok('revoked') : recorded;
  };

export const named = ({ service, keyId, publicKey }: ServiceKey): NamedKey => ({
  purpose: service,
  keyId,
  publicKey,
});

const keyFactIn = (factOf: LedgerFactOf, { type, bytes }: Recorded): KeyRotated | KeyRevoked | undefined =>
  isKeyFact(type) ? keyFact(factOf, decodeEvent(bytes)) : undefined;

/** What an event says of its ledger's keys, if anything. */
export const keyFact = (factOf: LedgerFactOf, envelope: Envelope): KeyRotated | KeyRevoked | undefined => {
  const fact = isKeyFact(envelope.type) ? factOf(envelope) : undefined;
  return fact?.type === 'liandong.ledger.keyRotated.v1' || fact?.type === 'liandong.ledger.keyRevoked.v1'
    ? fact
    : undefined;
};

const isKeyFact = (type: string): boolean => type.startsWith('liandong.ledger.key');
