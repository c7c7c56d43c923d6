import {
  type Drift,
  type ItemVersion,
  type Level,
  rolesAt,
  type UniformityRate,
  uniformityRate,
} from '@liandong/domain/catalogue';
import type { TierCode } from '@liandong/kernel';
import type { CatalogueBook } from './catalogue-book.ts';

/** The network around the catalogues. */
export type Region = {
  /** Nearest first. */
  readonly superiorsOf: (tier: TierCode) => readonly TierCode[];
  readonly levelOf: (tier: TierCode) => Level | undefined;
  /** The department of a tier that answers for a public function. */
  readonly departmentFor: (tier: TierCode, role: string) => string | undefined;
};

/** An item as a tier applies it on a day, beside the standard of the highest tier that publishes it. */
export type ComparedItem = {
  readonly standard: { readonly tier: TierCode; readonly version: ItemVersion };
  readonly applied: { readonly tier: TierCode; readonly version: ItemVersion };
};

export const comparedOn = (
  book: CatalogueBook,
  { superiorsOf }: Pick<Region, 'superiorsOf'>,
  day: string,
): readonly ComparedItem[] =>
  book.items().flatMap(({ tier, code }): readonly ComparedItem[] => {
    const highest = superiorsOf(tier).findLast((above) => book.stateOf(above, code).status === 'published');
    if (highest === undefined) return [];
    const [standard, applied] = [book.applied(highest, code, day), book.applied(tier, code, day)];
    if (standard === undefined || applied === undefined) return [];
    return [{ standard: { tier: highest, version: standard }, applied: { tier, version: applied } }];
  });

/** One compared item, with the drift that its standard's tier has put on record. */
export type UniformityRow = {
  readonly item: string;
  readonly name: ItemVersion['name'];
  readonly standard: { readonly tier: TierCode; readonly version: number };
  readonly tier: TierCode;
  readonly version: number;
  /** Who answers for the item in that tier. */
  readonly departments: readonly string[];
  readonly drifts: readonly Drift[];
  /** The event that says so; absent while nothing was ever said. */
  readonly event?: string;
};

export const uniformityRows = (book: CatalogueBook, region: Region, day: string): readonly UniformityRow[] =>
  comparedOn(book, region, day)
    .map(({ standard, applied: { tier, version } }): UniformityRow => {
      const said = book.said(standard.tier, version.code, tier);
      return {
        item: version.code,
        name: version.name,
        standard: { tier: standard.tier, version: standard.version.version },
        ...{ tier, version: version.version, departments: departmentsOf(region, tier, version) },
        drifts: said?.drifts ?? [],
        ...(said !== undefined && { event: said.event }),
      };
    })
    .toSorted((a, b) => (`${a.tier} ${a.item}` < `${b.tier} ${b.item}` ? -1 : 1));

const departmentsOf = (
  { levelOf, departmentFor }: Region,
  tier: TierCode,
  version: ItemVersion,
): readonly string[] => {
  const level = levelOf(tier);
  const roles = level === undefined ? [] : rolesAt(version, level);
  return [...new Set(roles.flatMap((role) => departmentFor(tier, role) ?? []))].sort();
};

/** The rate that is published, of each tier and of each of its departments. */
export type UniformityOfTier = UniformityRate & {
  readonly tier: TierCode;
  readonly departments: readonly (UniformityRate & { readonly department: string })[];
};

export const uniformityByTier = (rows: readonly UniformityRow[]): readonly UniformityOfTier[] =>
  [...Map.groupBy(rows, ({ tier }) => tier)].map(([tier, ofTier]) => ({
    tier,
    ...uniformityRate(ofTier.map(({ drifts }) => drifts)),
    departments: [...new Set(ofTier.flatMap(({ departments }) => departments))].sort().map((department) => ({
      department,
      ...uniformityRate(
        ofTier.filter(({ departments }) => departments.includes(department)).map(({ drifts }) => drifts),
      ),
    })),
  }));
