import type { Policy, Suite } from '@liandong/ledger';
import type { Bell } from '../exchange/bell.ts';
import type { Clock } from '../ports/clock.ts';
import type { AnchoredLedgerHead, LedgerBook, SignedLedgerHead } from '../ports/ledger-book.ts';
import type { SplitViews } from '../ports/split-views.ts';
import type { Wait } from '../ports/wait.ts';
import type { WitnessClient } from '../ports/witness-client.ts';
import type { AnchorAlarm } from './alarm.ts';
import type { Witnessing } from './check-policy.ts';
import type { CollectorPace } from './pace.ts';
import type { Cosigned } from './submit.ts';

export type CollectorDeps = {
  readonly suite: Suite;
  readonly origin: string;
  /** Already found good by `checkPolicy`. */
  readonly policy: Policy;
  readonly book: Pick<LedgerBook, 'head' | 'anchored' | 'anchor' | 'tile'>;
  /** `undefined` for a witness that has no address. */
  readonly clientFor: (witness: Witnessing) => WitnessClient | undefined;
  readonly splitViews: SplitViews;
  /** The clock that the witnesses go by as well. */
  readonly clock: Clock;
  readonly wait: Wait;
  readonly report: (alarm: AnchorAlarm) => void;
  readonly pace?: CollectorPace;
};

/** One witness as the log knows it. Lanes know nothing of each other, so none waits for another. */
export type Lane = {
  readonly witness: Witnessing;
  readonly client: WitnessClient | undefined;
  /** The size the witness last said it holds: where the next proof begins. */
  old: number;
  /** The newest signature it gave, and when it came in by the log's own clock. */
  cosigned: (Cosigned & { readonly at: Date }) | undefined;
  /** What went wrong last; undefined while all is well. */
  trouble: string | undefined;
};

/** What the tasks of one collector share. */
export type Collecting = CollectorDeps & {
  readonly lanes: ReadonlyMap<string, Lane>;
  /** Rings when there is a head to offer; the lanes listen. */
  readonly work: Bell;
  /** Rings when a cosignature or a head came in; the anchoring listens. */
  readonly news: Bell;
  readonly pace: CollectorPace;
  target: SignedLedgerHead | undefined;
  anchored: AnchoredLedgerHead | undefined;
  /** Since when the target waits; undefined once it has its quorum. */
  waiting: { readonly since: Date; told: boolean } | undefined;
  /** The largest size that a witness says it knows of this log. */
  known: { readonly witness: string; readonly size: number; told: boolean } | undefined;
  readonly frozen: AbortController;
};
