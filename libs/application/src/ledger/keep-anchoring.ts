import { type Author, decodeEvent, type Envelope, type EventHash, toHex } from '@liandong/kernel';
import { openByPolicy, type Policy, type Suite } from '@liandong/ledger';
import { type Clock, instant } from '../ports/clock.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { BelievedHead } from '../ports/link-book.ts';
import type { Wait } from '../ports/wait.ts';
import { anchorEveryMs, nextAnchoring, type SeenCheckpoint } from './anchor-events.ts';
import type { LedgerFact } from './facts.ts';
import { type LedgerJournal, ledgerSystem } from './ledger-journal.ts';
import { surelyAfter } from './time-window.ts';
import { cosignedAt, liarsAmong } from './witness-times.ts';

export type LedgerFactOf = (envelope: Envelope) => LedgerFact | undefined;

export type AnchoringDeps = {
  readonly self: Author;
  readonly journal: LedgerJournal;
  readonly factOf: LedgerFactOf;
  readonly ledger: Pick<LedgerBook, 'head' | 'entryOf'>;
  /** The largest believed head of each other ledger. */
  readonly seen: () => Promise<readonly SeenCheckpoint[]>;
  readonly clock: Clock;
  readonly everyMs?: number;
};

/** Looks whether other ledgers' heads are to be recorded, and does it; `false` if they are not. */
export const anchorings = (deps: AnchoringDeps): (() => Promise<boolean>) => {
  const { self, journal, factOf, ledger, seen, clock, everyMs = anchorEveryMs } = deps;
  const named = new Map<string, number>();
  let revision = 0;
  let last: { readonly at: Date; readonly hash: EventHash } | undefined;

  const readOn = async () => {
    for (const recorded of await journal.read(revision)) {
      revision += 1;
      const envelope = decodeEvent(recorded.bytes);
      const fact = factOf(envelope);
      if (fact?.type !== 'liandong.ledger.anchored.v1') continue;
      last = { at: new Date(envelope.recordedtime), hash: recorded.hash };
      for (const { origin, size } of fact.data.checkpoints)
        named.set(origin, Math.max(size, named.get(origin) ?? 0));
    }
  };

  /** Nothing sealed after the last record of this kind can be of the same kind. */
  const otherSince = async () => {
    const size = (await ledger.head())?.size ?? 0;
    if (last === undefined) return size > 0;
    const entry = await ledger.entryOf(last.hash);
    return entry !== undefined && size > entry.seq + 1;
  };

  return async () => {
    await readOn();
    const fact = nextAnchoring(
      { now: clock.now(), last: last?.at, otherSince: await otherSince(), named, seen: await seen() },
      everyMs,
    );
    if (fact === undefined) return false;
    const recorded = await journal.record(ledgerSystem(self, `anchored-${revision + 1}`), fact);
    if (!recorded.ok)
      throw new Error(`heads of other ledgers could not be recorded: ${recorded.refusal.code}`);
    return true;
  };
};

const lookMs = 2_000;

/** Records other ledgers' heads until the signal aborts. */
export const keepAnchoring = async (
  deps: AnchoringDeps & {
    readonly wait: Wait;
    /** Where nothing is sealed nothing is recorded either: a store that lacks events may get them back. */
    readonly sealing: () => boolean;
  },
  signal: AbortSignal,
): Promise<void> => {
  const anchor = anchorings(deps);
  while (!signal.aborted) {
    if (deps.sealing()) await anchor();
    await deps.wait(lookMs, signal);
  }
};

/** A believed head as an event names it; nothing where its witnesses prove no instant. */
export const seenCheckpoint = (
  suite: Suite,
  policy: Policy,
  { origin, size, root, note }: BelievedHead,
): SeenCheckpoint | undefined => {
  const head = openByPolicy(suite, note, policy);
  const time = head.ok ? surelyAfter(cosignedAt(policy, head.value), liarsAmong(policy)) : undefined;
  return time && { origin, size, root: toHex(root), time: instant(time) };
};
