import type { Policy, Suite } from '@liandong/ledger';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { Bell } from './bell.ts';

/** What makes links carry proofs. */
export type LedgerLinks = {
  readonly suite: Suite;
  /**
   * Under which heads of a ledger are believed, as the trust root says. Where it names a policy
   * nothing of that ledger is taken without proof; where it names none, its seals must do.
   */
  readonly policyOf: (origin: string) => Policy | undefined;
  /** This tier's own ledger: only what is anchored in it leaves. Without one the seals go alone. */
  readonly own?: OwnLedger | undefined;
};

export type OwnLedger = {
  readonly book: Pick<LedgerBook, 'anchored' | 'entries' | 'tile'>;
  /** Rung whenever more of the ledger may have been anchored. */
  readonly grown: Bell;
};
