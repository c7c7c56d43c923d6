import type { Fact, TierCode } from '@liandong/kernel';
import type { ItemVersion, LocalDate } from './item.ts';

/** 新增 · 变更 · 拆分 · 合并 · 暂停 · 取消 */
export const publicationVerbs = ['add', 'change', 'split', 'merge', 'suspend', 'cancel'] as const;
export type PublicationVerb = (typeof publicationVerbs)[number];

/** Every publication states the whole version, so a reader needs no other event to know the item on a day. */
export type VersionPublished = Fact<
  'liandong.item.versionPublished.v1',
  {
    verb: PublicationVerb;
    version: ItemVersion;
    /** The items this one was split or merged out of. */
    from?: readonly string[];
    /** The items this one was split or merged into; it ends by it. */
    into?: readonly string[];
  }
>;

/** A lower tier takes over one version of the regional standard, word for word. */
export type ItemAdopted = Fact<
  'liandong.item.adopted.v1',
  {
    standard: { tier: TierCode; code: string; version: number; hash: string };
    effectiveFrom: LocalDate;
    /** A promise shorter than the standard's. */
    promisedDays?: number;
  }
>;

export type ItemFact = VersionPublished | ItemAdopted;
