import type { Fact } from '@liandong/kernel';

/** What a tier records of a log that showed two histories. The bundle itself is kept beside it, by its hash. */
export type SplitViewSeen = Fact<
  'liandong.ledger.splitView.v1',
  {
    readonly origin: string;
    /** The last head that was believed: nothing larger is, from then on. */
    readonly frozenAt: { readonly size: number; readonly root: string };
    readonly other: { readonly size: number; readonly root: string };
    /** SHA-256 of the evidence bundle. */
    readonly evidence: string;
    readonly seenBy: string;
  }
>;
