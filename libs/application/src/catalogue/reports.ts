import { localDate } from '@liandong/domain/calendar';
import { levelOf } from '@liandong/domain/directory';
import type { Result, TierCode } from '@liandong/kernel';
import { type Clock, instant } from '../ports/clock.ts';
import type { RegionBook } from '../region-book.ts';
import type { CatalogueBook } from './catalogue-book.ts';
import { coverageOn, type CoverageOfTier } from './coverage.ts';
import { type GuideAsked, type GuideFile, guideFile, type GuideRefusal } from './guide-file.ts';
import { uniformityByTier, type UniformityOfTier, type UniformityRow, uniformityRows } from './uniformity.ts';

/** Which guide; the one in force today if neither is named. */
export type GuideWanted = {
  readonly version?: number;
  readonly diff?: { readonly from: number; readonly to: number };
};

/** What is published of the catalogues, always as of everything the store holds. */
export type CatalogueReports = {
  readonly guide: (item: string, wanted: GuideWanted) => Promise<Result<GuideFile, GuideRefusal>>;
  /** The rate of one tier, or of every tier that is known here, and where the items are not uniform. */
  readonly uniformity: (tier: TierCode | undefined) => Promise<{
    readonly on: string;
    readonly tiers: readonly UniformityOfTier[];
    readonly drifting: readonly UniformityRow[];
  }>;
  /** The numbers of one tier, or of every tier that is known here. */
  readonly coverage: (
    tier: TierCode | undefined,
  ) => Promise<{ readonly on: string; readonly tiers: readonly CoverageOfTier[] }>;
};

export type CatalogueReportsDeps = {
  readonly tier: TierCode;
  readonly clock: Clock;
  readonly book: CatalogueBook;
  readonly directory: RegionBook;
  /** Nearest first. */
  readonly superiorsOf: (tier: TierCode) => readonly TierCode[];
};

export const catalogueReports = ({
  tier: own,
  clock,
  book,
  directory,
  superiorsOf,
}: CatalogueReportsDeps): CatalogueReports => {
  const region = { superiorsOf, levelOf, departmentFor: directory.departmentFor };
  const today = () => localDate(instant(clock.now())) ?? '';
  return {
    guide: async (item, { version, diff }) => {
      await book.refresh();
      const asked: GuideAsked =
        diff !== undefined
          ? { kind: 'diff', ...diff }
          : version !== undefined
            ? { kind: 'version', version }
            : { kind: 'inForce', day: today() };
      return guideFile(book, own, item, asked);
    },
    uniformity: async (tier) => {
      await Promise.all([book.refresh(), directory.refresh()]);
      const on = today();
      const rows = uniformityRows(book, region, on).filter((row) => tier === undefined || row.tier === tier);
      return {
        on,
        tiers: uniformityByTier(rows),
        drifting: rows.filter(({ drifts }) => drifts.length > 0),
      };
    },
    coverage: async (tier) => {
      await Promise.all([book.refresh(), directory.refresh()]);
      const on = today();
      const tiers = tier === undefined ? [...directory.directory().tiers.keys()].sort() : [tier];
      return {
        on,
        tiers: tiers.flatMap((each) => coverageOn(book, directory.directory(), region, each, on) ?? []),
      };
    },
  };
};
