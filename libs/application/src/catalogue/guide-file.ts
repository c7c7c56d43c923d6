import {
  type Guide,
  type GuideChange,
  guideDiff,
  guideOf,
  type ItemVersion,
  type Readability,
  readabilityOfGuide,
  type ReadingRules,
  readingRules,
} from '@liandong/domain/catalogue';
import { ok, refuse, type Result, type TierCode } from '@liandong/kernel';
import type { CatalogueBook } from './catalogue-book.ts';

/** 办事指南 with how well it reads, and what changed since an earlier version if that was asked. */
export type GuideFile = {
  readonly guide: Guide;
  readonly readability: Readability;
  /** What the score was measured by. */
  readonly rules: ReadingRules;
  readonly since?: { readonly version: number; readonly changes: readonly GuideChange[] };
};

/** The version in force today, a version by its number, or two versions side by side. */
export type GuideAsked =
  | { readonly kind: 'inForce'; readonly day: string }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'diff'; readonly from: number; readonly to: number };

export type GuideRefusal = {
  readonly code: 'item-version-not-found';
  readonly item: string;
  readonly asked: string;
};

export const guideFile = (
  book: CatalogueBook,
  tier: TierCode,
  item: string,
  asked: GuideAsked,
): Result<GuideFile, GuideRefusal> => {
  const none = (what: string | number) =>
    refuse({ code: 'item-version-not-found', item, asked: String(what) } as const);
  switch (asked.kind) {
    case 'inForce': {
      const version = book.applied(tier, item, asked.day);
      return version === undefined ? none(asked.day) : ok(fileOf(version));
    }
    case 'version': {
      const version = versionAt(book, tier, item, asked.version);
      return version === undefined ? none(asked.version) : ok(fileOf(version));
    }
    case 'diff': {
      const [from, to] = [asked.from, asked.to].map((number) => versionAt(book, tier, item, number));
      if (from === undefined) return none(asked.from);
      if (to === undefined) return none(asked.to);
      const file = fileOf(to);
      const changes = guideDiff(guideOf(from), file.guide);
      return ok({ ...file, since: { version: from.version, changes } });
    }
  }
};

const fileOf = (version: ItemVersion): GuideFile => {
  const guide = guideOf(version);
  return { guide, readability: readabilityOfGuide(guide, readingRules), rules: readingRules };
};

/** A version that the tier has published or adopted, with the tier's own promise. */
const versionAt = (
  book: CatalogueBook,
  tier: TierCode,
  item: string,
  number: number,
): ItemVersion | undefined => {
  const state = book.stateOf(tier, item);
  switch (state.status) {
    case 'unknown':
      return undefined;
    case 'published':
      return state.versions.find(({ version }) => version === number);
    case 'adopted': {
      const adoption = state.adoptions.findLast(({ standard }) => standard.version === number);
      if (adoption === undefined) return undefined;
      const standard = versionAt(book, adoption.standard.tier, item, number);
      const { promisedDays = standard?.limits.promisedDays ?? 0 } = adoption;
      return standard && { ...standard, limits: { ...standard.limits, promisedDays } };
    }
  }
};
