import { type Coverage, coverageByDepartment, coverageOf, type Office } from '@liandong/domain/catalogue';
import type { Bilingual, Directory } from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';
import type { CatalogueBook } from './catalogue-book.ts';
import type { Region } from './uniformity.ts';

/** 三全覆盖、两集中、两到位 of one tier, and of each of its departments. */
export type CoverageOfTier = {
  readonly tier: TierCode;
  readonly coverage: Coverage;
  readonly departments: readonly {
    readonly department: string;
    readonly name: Bilingual;
    readonly coverage: Coverage;
  }[];
};

/** From the events of the directory and the catalogue alone, as they stand on a day. */
export const coverageOn = (
  book: CatalogueBook,
  directory: Directory,
  { superiorsOf, levelOf }: Pick<Region, 'superiorsOf' | 'levelOf'>,
  tier: TierCode,
  day: string,
): CoverageOfTier | undefined => {
  const level = levelOf(tier);
  if (level === undefined) return undefined;
  const entries = [...directory.departments.values()].filter((entry) => entry.tier === tier);
  const inForce = (tiers: readonly TierCode[]) =>
    book
      .items()
      .filter((item) => tiers.includes(item.tier))
      .flatMap(({ tier: of, code }) => book.applied(of, code, day) ?? []);
  const [highest = tier] = superiorsOf(tier).slice(-1);
  const offices = entries.flatMap((entry) => officeOf(entry));
  const of = { level, offices, standard: inForce([highest]), applied: inForce([tier]) };
  const alone = coverageByDepartment(of);
  return {
    tier,
    coverage: coverageOf(of),
    departments: entries
      .flatMap(({ name, state }) => {
        if (state.status !== 'established') return [];
        const coverage = alone.get(state.department);
        return coverage === undefined ? [] : [{ department: state.department, name, coverage }];
      })
      .toSorted((a, b) => (a.department < b.department ? -1 : 1)),
  };
};

type Entry = Directory['departments'] extends ReadonlyMap<unknown, infer One> ? One : never;

const officeOf = ({ state }: Entry): readonly Office[] => {
  if (state.status !== 'established') return [];
  const { department, roles, section, windows, staff } = state;
  return [
    {
      ...{ department, roles, windows: [...windows] },
      ...(section !== undefined && { section }),
      staff: [...staff.values()],
    },
  ];
};
