import { ed25519Signer, newPrivateKey, sha256 } from '@liandong/adapters/crypto';
import {
  type AcquireLedgerLease,
  type EventStore,
  type LedgerAlarm,
  type LedgerBook,
  ledgerKeeper,
  type LedgerKeeper,
  type LedgerKeeperDeps,
  type SealVerifierAt,
} from '@liandong/application';
import type { Author } from '@liandong/kernel';
import { makeVKey, ofType, type SignEd25519, type VKey } from '@liandong/ledger';

/** A log's key with a fresh secret. */
export const testLogKey = (
  origin: string,
): { readonly logKey: VKey & { readonly type: 'ed25519' }; readonly sign: SignEd25519 } => {
  const { publicKey, sign } = ed25519Signer(newPrivateKey());
  const logKey = ofType(makeVKey(sha256, origin, 'ed25519', publicKey), 'ed25519');
  if (!logKey.ok) throw new Error('unreachable');
  return { logKey: logKey.value, sign };
};

export type TestKeeper = {
  readonly keeper: LedgerKeeper;
  readonly alarms: readonly LedgerAlarm[];
  /** Ends it and gives back its lease. Throws what it failed with. */
  readonly stop: () => Promise<void>;
  /** Resolves when it ends by itself, rejects when it fails. */
  readonly ended: Promise<void>;
  /**
   * Resolves with its first alarm. Rejects when it fails, and when it has come to that place of
   * the store and beyond without one; by itself to where it begins to seal at all.
   */
  readonly alarmed: (place?: bigint) => Promise<LedgerAlarm>;
};

/**
 * A keeper under a lease of its own. Its interval is no time at all unless a test brings a
 * `wait`: how long a keeper rests changes what a batch holds, and nothing else.
 */
export const startKeeper = async (
  given: {
    readonly self: Author;
    readonly store: EventStore;
    readonly book: LedgerBook;
    readonly acquireLease: AcquireLedgerLease;
    readonly verifySeal: SealVerifierAt;
  } & Pick<LedgerKeeperDeps, 'logKey' | 'sign'>,
  changes: Partial<LedgerKeeperDeps> = {},
): Promise<TestKeeper> => {
  const lease = await given.acquireLease();
  if (lease === undefined) throw new Error('another keeper holds the lease');
  const alarms: LedgerAlarm[] = [];
  const { acquireLease: _, ...deps } = given;
  const keeper = ledgerKeeper({
    ...deps,
    fence: lease.fence,
    sha256,
    largestKnown: async () => ({ answers: [], of: 0 }),
    quorum: 0,
    clock: { now: () => new Date('2026-03-02T01:00:00.000Z') },
    wait: () => new Promise((resolve) => setImmediate(resolve)),
    alarm: (alarm) => alarms.push(alarm),
    ...changes,
  });
  const over = new AbortController();
  const ended = keeper.run(over.signal).finally(() => lease.release());
  let failure: { readonly error: unknown } | undefined;
  ended.catch((error: unknown) => (failure = { error }));
  const alarmed: TestKeeper['alarmed'] = async (place = 0n) => {
    for (;;) {
      // First what it does and then what it said: it says why before it goes on.
      const status = keeper.status();
      const [alarm] = alarms;
      if (alarm !== undefined) return alarm;
      if (failure !== undefined) throw failure.error;
      if (status.state === 'sealing' && status.through >= place)
        throw new Error(`the keeper said nothing and came to ${status.through} with ${status.size} entries`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    keeper,
    alarms,
    ended,
    alarmed,
    stop: () => {
      over.abort();
      return ended;
    },
  };
};

/** Resolves once the condition holds; looks again whenever the event loop comes round. */
export const eventually = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
};

/** Resolves once the ledger has come so far. */
export const grownTo = (book: LedgerBook, size: number): Promise<void> =>
  eventually(async () => ((await book.head())?.size ?? 0) >= size);
