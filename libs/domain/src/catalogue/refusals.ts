import type { TierCode } from '@liandong/kernel';
import type { PublicationVerb } from './facts.ts';
import type { ItemStatus, LocalDate } from './item.ts';

/** What is wrong with a version's own text. */
export type ItemFlaw =
  | { readonly code: 'item-code-malformed'; readonly item: string }
  | { readonly code: 'item-code-unlisted'; readonly field: string; readonly value: string }
  | { readonly code: 'item-text-missing'; readonly field: string }
  | { readonly code: 'item-text-too-long'; readonly field: string; readonly length: number }
  | { readonly code: 'item-date-malformed'; readonly field: string; readonly value: string }
  | { readonly code: 'item-period-empty'; readonly from: LocalDate; readonly to: LocalDate }
  | { readonly code: 'item-duplicate'; readonly field: string; readonly value: string }
  | { readonly code: 'item-number-out-of-range'; readonly field: string; readonly value: number }
  | { readonly code: 'item-legal-basis-missing'; readonly field: string }
  | { readonly code: 'item-source-missing'; readonly law: string; readonly article: string }
  | {
      readonly code: 'item-promise-exceeds-law';
      readonly statutoryDays: number;
      readonly promisedDays: number;
    }
  | { readonly code: 'item-steps-exceed-promise'; readonly stepDays: number; readonly promisedDays: number }
  | { readonly code: 'item-route-empty'; readonly stage?: string }
  | { readonly code: 'item-step-unknown'; readonly material: string; readonly step: string }
  | { readonly code: 'item-step-without-item'; readonly step: string }
  | { readonly code: 'item-opinion-decides'; readonly step: string }
  | { readonly code: 'item-joint-steps'; readonly kind: string; readonly organs: number }
  | { readonly code: 'item-tolerable-not-required'; readonly material: string };

export type ItemRefusal =
  | ItemFlaw
  | { readonly code: 'item-already-published'; readonly item: string }
  | { readonly code: 'item-not-published'; readonly item: string }
  | { readonly code: 'item-other-code'; readonly expected: string; readonly found: string }
  | { readonly code: 'item-version-not-next'; readonly expected: number; readonly found: number }
  | { readonly code: 'item-not-later'; readonly after: LocalDate; readonly found: LocalDate }
  | { readonly code: 'item-ended'; readonly since: LocalDate }
  | { readonly code: 'item-verb-status'; readonly verb: PublicationVerb; readonly status: ItemStatus }
  | { readonly code: 'item-verb-lineage'; readonly verb: PublicationVerb }
  | { readonly code: 'item-owned-by-standard'; readonly tier: TierCode }
  | { readonly code: 'item-published-here'; readonly item: string }
  | { readonly code: 'item-standard-not-superior'; readonly tier: TierCode; readonly standard: TierCode }
  | { readonly code: 'item-standard-not-in-force'; readonly status: ItemStatus }
  | {
      readonly code: 'item-promise-exceeds-standard';
      readonly standardDays: number;
      readonly promisedDays: number;
    }
  | { readonly code: 'item-adopted-too-early'; readonly from: LocalDate; readonly standardFrom: LocalDate }
  | { readonly code: 'item-version-already-adopted'; readonly version: number };

/** Why an item cannot be used on a day. */
export type NotInForce =
  | { readonly code: 'item-not-yet-in-force'; readonly item: string; readonly date: LocalDate }
  | { readonly code: 'item-suspended'; readonly item: string; readonly since: LocalDate }
  | { readonly code: 'item-cancelled'; readonly item: string; readonly since: LocalDate }
  | { readonly code: 'item-expired'; readonly item: string; readonly lastDay: LocalDate };

/** Why a route has no organ here. `place` names the step, or `lead`. */
export type RouteRefusal =
  | { readonly code: 'route-tier-missing'; readonly level: string; readonly place: string }
  | {
      readonly code: 'route-department-missing';
      readonly tier: TierCode;
      readonly department: string;
      readonly place: string;
    };
