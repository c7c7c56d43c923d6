import type { Author, TierCode } from '@liandong/kernel';
import type { Policy, Suite } from '@liandong/ledger';
import type { LedgerFactOf } from '../ledger/keep-anchoring.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { Bell } from './bell.ts';

/** What the links know of ledgers. */
export type LedgerLinks = {
  readonly suite: Suite;
  /**
   * Which heads of an author's ledger are believed, as the trust root says: nothing of it is
   * taken without proof. `undefined` for a ledger it does not name, of which nothing is taken.
   */
  readonly policyOf: (author: Author) => Policy | undefined;
  /** What an event says of its author's ledger. */
  readonly factOf: LedgerFactOf;
  /** How far the time of an event may lie outside what its author's ledger proves before it is reported. */
  readonly toleranceMs: number;
  readonly splitViews: SplitViewAlarm;
  /** This tier's own ledger: only what is anchored in it leaves. */
  readonly own: OwnLedger;
};

export type LedgerFiles = Pick<LedgerBook, 'anchored' | 'entries' | 'tile'>;

export type OwnLedger = {
  readonly book: LedgerFiles;
  /** Those of the tier's former epochs, oldest first. */
  readonly former?: readonly LedgerFiles[] | undefined;
  /** Rung whenever more of the ledger may have been anchored. */
  readonly grown: Bell;
};

/** What is done about a ledger that showed two histories. */
export type SplitViewAlarm = {
  /** The ledgers of which nothing larger is believed any more, by origin. */
  readonly frozen: () => Promise<ReadonlySet<string>>;
  /** Keeps the evidence and tells everybody. It survives a crash once it resolves; the second time changes nothing. */
  readonly seen: (
    view: SplitSeen & { readonly evidence: Uint8Array; readonly from: TierCode },
  ) => Promise<void>;
};

export type SplitSeen = {
  readonly origin: string;
  /** The size of the largest head that was believed. */
  readonly frozenAt: number;
};
