import { ledgerLease, postgresScrubPlaces } from '@liandong/adapters/postgres-ledger';
import {
  type Collector,
  collector,
  keepAnchoring,
  keepScrubbing,
  largestKnown,
  type LedgerKeeper,
  type LedgerLease,
  ledgerKeeper,
  type LedgerStatus,
  ledgerStatus,
  ownKeys,
  recovery,
  type Recovery,
  type SeenCheckpoint,
  seenCheckpoint,
} from '@liandong/application';
import { decodeLedgerFact } from '@liandong/contracts';
import { sourceOf } from '@liandong/kernel';
import { endedBefore, followedBy } from './former-ledgers.ts';
import { ledgerReports } from './ledger-reports.ts';
import { emptyHead, keysOfOwn, type OwnLog, sealedUnder } from './own-log.ts';
import { wait } from './pause.ts';
import { witnessClients } from './witness-clients.ts';

export type LedgerAtWork = {
  /** Keeps the ledger until the signal aborts. One at a time. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly status: () => LedgerStatus;
  readonly recovery: Recovery;
  /** Of the lease under which the ledger is kept; `undefined` while it is not. */
  readonly fence: () => bigint | undefined;
};

type Parts = { readonly keeper: LedgerKeeper; readonly collecting: Collector; readonly fence: bigint };

export const ledgerAtWork = (own: OwnLog): LedgerAtWork => {
  let parts: Parts | undefined;
  return {
    recovery: recoveryOf(own),
    fence: () => parts?.fence,
    run: (signal) => keepLedger(own, (opened) => (parts = opened), signal),
    status: () =>
      ledgerStatus(own.origin, parts?.keeper.status() ?? { state: 'idle' }, parts?.collecting.status()),
  };
};

/**
 * The keeper signs, the collector takes what was signed to the witnesses, and the scrub looks
 * whether all that was signed still stands as it did; each begins again from what is stored.
 */
const keepLedger = async (
  own: OwnLog,
  opened: (parts: Parts) => void,
  signal: AbortSignal,
): Promise<void> => {
  const lease = await leaseOf(own, signal);
  if (lease === undefined) return;
  try {
    await keepUnder(own, lease, opened, signal);
    if (lease.lost.aborted && !signal.aborted) throw new Error('the lease of the ledger was lost');
  } finally {
    await lease.release();
  }
};

const keepUnder = async (
  own: OwnLog,
  lease: LedgerLease,
  opened: (parts: Parts) => void,
  signal: AbortSignal,
): Promise<void> => {
  const { config, access, suite, origin, policy, book, logKey, sign, quorum } = own;
  const { author, clock, pool, store } = access;
  const over = new AbortController();
  const until = AbortSignal.any([signal, lease.lost, over.signal]);
  const clientFor = witnessClients();
  const reports = ledgerReports(own);
  const collecting = collector({
    ...{ suite, origin, policy, book, clientFor, clock, wait },
    splitViews: own.evidence,
    report: reports.anchoring,
  });
  const keys = await keysNow(own);
  const keeper = ledgerKeeper({
    ...{ self: author, store, sha256: suite.sha256, logKey, sign, clock, wait },
    book: {
      ...book,
      extend: async (batch) => {
        const extended = await book.extend(batch);
        if (extended) collecting.headSigned();
        return extended;
      },
    },
    ...{ fence: lease.fence, follows: followedBy(own.former, access) },
    ...{ verifySeal: keys.verifySeal, goesIn: keys.sealed },
    largestKnown: () => largestSeen(own, clientFor, until),
    quorum: quorum.threshold,
    alarm: reports.keeping,
  });
  opened({ keeper, collecting, fence: lease.fence });
  const scrubbing = {
    ...{ source: sourceOf(author), store, book, sha256: suite.sha256, wait },
    places: postgresScrubPlaces(pool, author.epoch),
    found: reports.scrub,
    everyMs: config.ledger.scrubSeconds * 1_000,
  };
  const anchoring = {
    ...{ self: author, factOf: decodeLedgerFact, ledger: book, clock, wait },
    journal: own.journal,
    seen: () => seenHeads(own),
    sealing: () => keeper.status().state === 'sealing',
  };
  await untilOneEnds(over, [
    keeper.run(until),
    collecting.run(until),
    keepScrubbing(scrubbing, until),
    keepAnchoring(anchoring, until),
  ]);
};

const largestSeen = async (
  own: OwnLog,
  clientFor: ReturnType<typeof witnessClients>,
  signal: AbortSignal,
) => {
  const last = (await own.book.head()) ?? emptyHead(own.suite, own.origin, own.sign, own.logKey);
  return largestKnown({ ...own, clientFor }, last, signal);
};

const keysNow = (own: OwnLog) => ownKeys(keysOfOwn(own), own.book, sealedUnder);

/** Brings back what a restored store lacks, while the keeper waits for it. */
const recoveryOf = (own: OwnLog): Recovery => {
  const { access, book, quorum, suite } = own;
  const clientFor = witnessClients();
  return recovery({
    ...{ self: access.author, store: access.store, book, sha256: suite.sha256 },
    ended: endedBefore(own.former),
    keys: () => keysNow(own),
    largestKnown: () => largestSeen(own, clientFor, AbortSignal.timeout(answerMs)),
    quorum: quorum.threshold,
  });
};

/** A witness that is silent for so long does not answer an operator. */
const answerMs = 20_000;

const seenHeads = async ({ linkBook, policies, suite }: OwnLog): Promise<readonly SeenCheckpoint[]> =>
  (await linkBook.believedHeads()).flatMap((head) => {
    const policy = policies.get(head.origin);
    return (policy && seenCheckpoint(suite, policy, head)) ?? [];
  });

/** Lets all run; when one fails or ends, ends the others, waits for them and passes the failure on. */
const untilOneEnds = async (over: AbortController, tasks: readonly Promise<void>[]): Promise<void> => {
  const settled = await Promise.allSettled(tasks.map((task) => task.finally(() => over.abort())));
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
};

const leaseOf = async ({ url }: OwnLog, signal: AbortSignal) => {
  const acquire = ledgerLease(url);
  while (!signal.aborted) {
    const lease = await acquire();
    if (lease !== undefined) return lease;
    // Its last holder has ended, and the database has not noticed yet.
    await wait(500, signal);
  }
  return undefined;
};
