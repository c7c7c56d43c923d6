import type { TierCode } from '@liandong/kernel';
import type { PublicationVerb } from './facts.ts';
import type { ItemVersion, LocalDate } from './item.ts';

/** Publishes the next version of an item; its number must be the next one. */
export type PublishVersion = {
  readonly type: 'publishVersion';
  readonly verb: PublicationVerb;
  readonly version: ItemVersion;
  readonly from?: readonly string[];
  readonly into?: readonly string[];
};

export type AdoptItem = {
  readonly type: 'adoptItem';
  /** The tier that adopts, and its superiors, nearest first. */
  readonly tier: TierCode;
  readonly superiors: readonly TierCode[];
  readonly standard: { readonly tier: TierCode; readonly version: ItemVersion };
  readonly effectiveFrom: LocalDate;
  readonly promisedDays?: number;
};

export type ItemCommand = PublishVersion | AdoptItem;
