import type { EnvelopeRefusal, EventHash, StreamName } from '@liandong/kernel';
import type { FolderFault, PolicyRefusal } from '@liandong/ledger';
import type { UnsealedReason } from '../ports/ledger-book.ts';

/** Of one ledger, of one stream, of everything between: more would say no more. */
export const mostFaults = 100;

/** What is wrong with one exported ledger in itself. `seq` is the leaf, from 0. */
export type LedgerFault =
  | FolderFault
  | { readonly code: 'file-malformed'; readonly path: string; readonly line?: number }
  | { readonly code: 'event-refused'; readonly seq: number; readonly refusal: EnvelopeRefusal }
  | { readonly code: 'event-of-another-ledger'; readonly seq: number; readonly source: string }
  | {
      readonly code: 'schema-violation';
      readonly seq: number;
      readonly type: string;
      readonly field: string;
      readonly rule: string;
    }
  | { readonly code: 'not-sealed'; readonly seq: number; readonly reason: UnsealedReason }
  /** An earlier head that the witnesses saw, and that these files do not lead to. */
  | { readonly code: 'earlier-head-refused'; readonly path: string; readonly refusal: PolicyRefusal }
  | { readonly code: 'earlier-head-differs'; readonly path: string; readonly size: number }
  | {
      readonly code: 'back-dated' | 'post-dated';
      readonly seq: number;
      readonly claimed: string;
      readonly byMs: number;
    };

/** What is wrong with a stream, in one ledger or between several. `folder` says in which export it shows. */
export type StreamFault = { readonly folder: string; readonly stream: StreamName } & (
  | { readonly code: 'index-wrong'; readonly seq: number }
  /** The author's numbers in the stream jump: an event of the number `sequence` was left out before this leaf. */
  | { readonly code: 'event-dropped'; readonly seq: number; readonly sequence: number }
  | { readonly code: 'event-reordered'; readonly seq: number; readonly sequence: number }
  /** Two ledgers of one tier hold the event. */
  | { readonly code: 'sealed-twice'; readonly seq: number; readonly author: string; readonly first: number }
  | { readonly code: 'parent-missing' | 'parent-later'; readonly seq: number; readonly parent: EventHash }
  | {
      readonly code: 'height-wrong';
      readonly seq: number;
      readonly stated: number;
      readonly expected: number;
    }
  /** This tier holds an event that its author's ledger has with other bytes, or has not. */
  | {
      readonly code: 'copy-differs' | 'missing-at-its-author';
      readonly source: string;
      readonly sequence: number;
      readonly held: EventHash;
      /** The author's ledger, and the leaf that stands there instead. */
      readonly author: string;
      readonly seq?: number;
    }
  /** The events do not make the order, or the digest, that the tier states. */
  | { readonly code: 'order-differs'; readonly place: number; readonly stated: string; readonly made: string }
  | { readonly code: 'digest-differs'; readonly stated: string; readonly made: string }
);

/** What is wrong with an export as a whole. */
export type ExportFault =
  | { readonly code: 'index-out-of-order'; readonly folder: string; readonly path: string }
  | { readonly code: 'not-in-the-index'; readonly folder: string; readonly seq: number }
  /** A ledger names a head of another one, and the other has not led to it. */
  | {
      readonly code: 'anchor-differs';
      readonly folder: string;
      readonly seq: number;
      /** The other ledger, and the head of it that is named. */
      readonly author: string;
      readonly size: number;
      readonly stated: string;
      readonly made: string;
    }
  /** A ledger of a later epoch that no event opens, though there is one before it. */
  | { readonly code: 'epoch-not-opened'; readonly folder: string; readonly author: string }
  /** A ledger of a later epoch without the one before it: which keys had been revoked there, nobody can say. */
  | { readonly code: 'epoch-before-missing'; readonly folder: string; readonly author: string }
  /** A ledger says that the one before it ended at `size`, and more of that one was cosigned: `seenBy` shows it. */
  | {
      readonly code: 'epoch-below-cosigned';
      readonly folder: string;
      readonly seq: number;
      readonly size: number;
      readonly cosigned: number;
      readonly seenBy: string;
    }
  /** It names another head of that size than the ledger before it has. */
  | {
      readonly code: 'epoch-root-differs';
      readonly folder: string;
      readonly seq: number;
      readonly author: string;
      readonly size: number;
    }
  /** Leaves that were cosigned in the old ledger, and that the tier can no longer show. */
  | {
      readonly code: 'epoch-lost-events';
      readonly folder: string;
      readonly seq: number;
      readonly from: number;
      readonly to: number;
    }
  /** Two exports of one ledger: the first leaf in which they are not the same. */
  | { readonly code: 'copies-differ'; readonly folder: string; readonly other: string; readonly seq: number };

export type AuditFault = LedgerFault | StreamFault | ExportFault;
