import { type Coverage, type UniformityRate, uniformityRate } from '@liandong/domain/catalogue';
import { type Bilingual, levelOf } from '@liandong/domain/directory';
import type { Dimension } from '@liandong/domain/supervision';
import type { TierCode } from '@liandong/kernel';
import type { CatalogueBook } from '../catalogue/catalogue-book.ts';
import { coverageOn } from '../catalogue/coverage.ts';
import { uniformityByTier, uniformityRows } from '../catalogue/uniformity.ts';
import type { RegionBook } from '../region-book.ts';

/** What is published of the catalogue about one line of the overview. */
export type Rates = {
  readonly name?: Bilingual;
  readonly uniformity?: UniformityRate;
  readonly coverage?: Coverage;
};

/** The rates of each line there are rates for, by dimension and then by `lineKey`. */
export type RatesBy = ReadonlyMap<Dimension, ReadonlyMap<string, Rates>>;

export type RatesDeps = {
  readonly catalogue: CatalogueBook;
  readonly directory: RegionBook;
  /** Nearest first. */
  readonly superiorsOf: (tier: TierCode) => readonly TierCode[];
};

export type RatesBook = {
  /** The rates of some tiers on a day, as of everything the store holds. */
  readonly on: (tiers: readonly TierCode[], day: string) => Promise<RatesBy>;
};

export const lineKey = (parts: readonly (string | undefined)[]): string => JSON.stringify(parts);

/** Uniformity and coverage as the catalogues and the directory here make them; made once for each state of both. */
export const ratesBook = ({ catalogue, directory, superiorsOf }: RatesDeps): RatesBook => {
  let last: { readonly of: readonly unknown[]; readonly made: RatesBy } | undefined;

  const make = (tiers: readonly TierCode[], day: string): RatesBy => {
    const region = { superiorsOf, levelOf, departmentFor: directory.departmentFor };
    const rows = uniformityRows(catalogue, region, day).filter(({ tier }) => tiers.includes(tier));
    const uniform = new Map(uniformityByTier(rows).map((each) => [each.tier, each]));
    const ofTier = new Map<string, Rates>();
    const ofDepartment = new Map<string, Rates>();
    for (const tier of tiers) {
      const rate = uniform.get(tier);
      const covered = coverageOn(catalogue, directory.directory(), region, tier, day);
      ofTier.set(lineKey([tier]), {
        ...(rate !== undefined && { uniformity: rateOf(rate) }),
        ...(covered !== undefined && { coverage: covered.coverage }),
      });
      for (const { department, name, coverage } of covered?.departments ?? []) {
        const own = rate?.departments.find((one) => one.department === department);
        const uniformity = own !== undefined && { uniformity: rateOf(own) };
        ofDepartment.set(lineKey([tier, department]), { name, coverage, ...uniformity });
      }
    }
    const ofItem = new Map(
      [...Map.groupBy(rows, ({ item }) => item)].map(([item, of]): [string, Rates] => {
        const [first] = of;
        const uniformity = uniformityRate(of.map(({ drifts }) => drifts));
        return [lineKey([item]), { ...(first && { name: first.name }), uniformity }];
      }),
    );
    return new Map([
      ['tier', ofTier],
      ['department', ofDepartment],
      ['item', ofItem],
    ]);
  };

  return {
    on: async (tiers, day) => {
      await Promise.all([catalogue.refresh(), directory.refresh()]);
      const of = [catalogue.revision(), directory.directory(), day, tiers.join()];
      if (last?.of.every((part, n) => part === of[n]) !== true) last = { of, made: make(tiers, day) };
      return last.made;
    },
  };
};

const rateOf = ({ compared, uniform, uniformIn }: UniformityRate): UniformityRate => ({
  ...{ compared, uniform, uniformIn },
});
