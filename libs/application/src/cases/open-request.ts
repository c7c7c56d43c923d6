import type { NotInForce, RouteRefusal } from '@liandong/domain/catalogue';
import type {
  ApplicantDetails,
  ApplicantKind,
  DocumentHash,
  FollowUp,
  Supplied,
} from '@liandong/domain/case';
import type { StreamName, TierCode } from '@liandong/kernel';

/**
 * What a counter, an agent or an applicant says to open a case. The route, the lead,
 * the limits and everyone's superiors are not theirs to say: they come from the item
 * version in force and the directory, see `open-case.ts`.
 */
export type OpenRequest = {
  readonly type: 'open';
  /** Code of the item applied for. */
  readonly item: string;
  readonly applicant: {
    readonly kind: ApplicantKind;
    /** No tolerance for applicants in bad credit. */
    readonly creditworthy: boolean;
    /** The applicant's account, if they have one, so that they can act in person. Never stored: a pseudonym is. */
    readonly account?: string;
  };
  readonly supplied: readonly Supplied[];
  readonly details?: ApplicantDetails;
  /** Where the matter lies, when the tier that opens the case is above it. */
  readonly county?: TierCode;
  readonly township?: TierCode;
  /** Hash of the applicant's written authorization of an agent. */
  readonly authorization?: DocumentHash;
  readonly follows?: { readonly case: StreamName; readonly relation: FollowUp };
  /** The department's own number, kept beside ours. */
  readonly ownNumber?: string;
  /** Handled outside the system, and entered afterwards: supervision is told. */
  readonly offline?: boolean;
  readonly pilot?: boolean;
};

/** Why a case cannot be opened here, before any rule of the case itself is asked. */
export type OpeningRefusal =
  | NotInForce
  | RouteRefusal
  | { readonly code: 'item-not-found'; readonly item: string }
  | { readonly code: 'intake-not-provided'; readonly item: string; readonly tier: TierCode }
  | { readonly code: 'location-outside'; readonly field: 'county' | 'township'; readonly tier: TierCode }
  | { readonly code: 'calendar-date-malformed'; readonly value: string };
