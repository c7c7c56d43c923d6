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
import {
  afterKeyEvent,
  type KeyHistory,
  keysAtStart,
  keysCarriedOn,
  keysValidAt,
  sealVerifierAt,
} from './key-history.ts';
import { type LedgerJournal, ledgerSystem } from './ledger-journal.ts';

export type OwnKeysDeps = {
  /** Those that the trust root names for the tier's services. */
  readonly keys: readonly ServiceKey[];
  readonly journal: LedgerJournal;
  readonly factOf: LedgerFactOf;
  /** The ledgers of the tier that have ended, oldest first, and what was recorded in their time. */
  readonly ended?: readonly EndedJournal[] | undefined;
};

export type EndedJournal = {
  readonly journal: Pick<LedgerJournal, 'read'>;
  readonly book: Pick<LedgerBook, 'entryOf'>;
};

/** What the keys of a ledger's services may still sign, as its own events say. */
export type OwnKeys = {
  readonly verifySeal: SealVerifierAt;
  /** The keeper has sealed this event there. */
  readonly sealed: (seq: number, envelope: Envelope) => void;
};

/** Reads what the ledger says of its keys so far. */
export const ownKeys = async (
  { keys, journal, factOf, ended = [] }: OwnKeysDeps,
  book: Pick<LedgerBook, 'entryOf'>,
  verifyWith: (key: NamedKey, source: Source, seal: CommitSeal) => boolean,
): Promise<OwnKeys> => {
  const ledgers = [...ended, { journal, book }];
  const recorded = (await Promise.all(ledgers.map((each) => each.journal.read(0)))).flat();
  let history = keysAtStart(keys.map(named));
  for (const [n, ledger] of ledgers.entries()) {
    if (n > 0) history = keysCarriedOn(history);
    history = await afterAll(history, ledger.book, factOf, recorded);
  }
  return {
    verifySeal: sealVerifierAt(() => history, verifyWith),
    sealed: (seq, envelope) => {
      const fact = keyFact(factOf, envelope);
      if (fact !== undefined) history = afterKeyEvent(history, seq, fact);
    },
  };
};

/** With what the ledger says of its keys, in its order; it may hold what was recorded in another one's time. */
const afterAll = async (
  before: KeyHistory,
  book: Pick<LedgerBook, 'entryOf'>,
  factOf: LedgerFactOf,
  records: readonly Recorded[],
): Promise<KeyHistory> => {
  const facts: { readonly seq: number; readonly fact: KeyRotated | KeyRevoked }[] = [];
  for (const recorded of records) {
    const fact = keyFactIn(factOf, recorded);
    const entry = fact && (await book.entryOf(recorded.hash));
    if (fact !== undefined && entry !== undefined) facts.push({ seq: entry.seq, fact });
  }
  return facts
    .toSorted((a, b) => a.seq - b.seq)
    .reduce((history, { seq, fact }) => afterKeyEvent(history, seq, fact), before);
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
  (tier: Parameters<typeof ledgerSystem>[0], { keys, journal, factOf, ended }: OwnKeysDeps): RotateKey =>
  async (service, replaced, keyId) => {
    const valid = await keysNow({ keys, journal, factOf, ended });
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
const keysNow = async ({ keys, journal, factOf, ended = [] }: OwnKeysDeps): Promise<readonly NamedKey[]> => {
  const journals = [...ended.map((each) => each.journal), journal];
  const records = (await Promise.all(journals.map(({ read }) => read(0)))).flat();
  const history = records.reduce<KeyHistory>(
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
  (tier: Parameters<typeof ledgerSystem>[0], { keys, journal, factOf, ended }: OwnKeysDeps): RevokeKey =>
  async (service, keyId, reason) => {
    const valid = await keysNow({ keys, journal, factOf, ended });
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
