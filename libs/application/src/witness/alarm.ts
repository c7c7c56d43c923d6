/** What the people who run a ledger must hear of its witnesses. Each is said once when it begins. */
export type AnchorAlarm =
  /** No quorum since `since`: events are recorded and wait. */
  | { readonly kind: 'quorum-unreachable'; readonly size: number; readonly since: string }
  | { readonly kind: 'quorum-reached'; readonly size: number }
  /** The newest head with a quorum is older than it may be. */
  | { readonly kind: 'checkpoint-stale'; readonly size: number; readonly seconds: number | undefined }
  /** A witness has seen more of this log than is here: a backup was restored, or somebody else signs. */
  | { readonly kind: 'behind'; readonly witness: string; readonly size: number; readonly held: number }
  /** A witness says it has seen more and shows no head of this log for it. It is not believed. */
  | { readonly kind: 'size-claimed'; readonly witness: string; readonly size: number }
  /** A witness says it holds less than it has cosigned: it would cosign another history. */
  | {
      readonly kind: 'witness-forgot';
      readonly witness: string;
      readonly size: number;
      readonly cosigned: number;
    }
  /** A witness says that the log forked and shows nothing for it. */
  | { readonly kind: 'fork-claimed'; readonly witness: string; readonly size: number }
  /** The log's own key signed two histories. Nothing more is anchored. */
  | { readonly kind: 'split-view'; readonly witness: string; readonly evidence: Uint8Array }
  | { readonly kind: 'witness-refuses'; readonly witness: string; readonly reason: Refusing }
  | { readonly kind: 'witness-unreachable'; readonly witness: string; readonly reason: string }
  | { readonly kind: 'book-failed'; readonly reason: string };

export type Refusing = 'unknown-log' | 'not-trusted' | 'bad-cosignature';
