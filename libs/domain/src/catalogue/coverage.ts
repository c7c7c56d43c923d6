import type { ItemVersion, Level } from './item.ts';

/** So many of so many. */
export type Share = { readonly done: number; readonly of: number };

/** A department of a tier as its events leave it: what coverage asks of it. */
export type Office = {
  readonly department: string;
  /** The public functions it answers for. */
  readonly roles: readonly string[];
  /** Its approval functions are gathered in one section, and whether that works in the centre. */
  readonly section?: { readonly inCenter: boolean };
  readonly windows: readonly string[];
  readonly staff: readonly {
    readonly window?: string;
    readonly authority?: { readonly items: readonly string[] | 'all'; readonly acts: readonly string[] };
  }[];
};

/** One tier on one day. */
export type CoverageOf = {
  readonly level: Level;
  readonly offices: readonly Office[];
  /** What the standard of the region has in force. */
  readonly standard: readonly ItemVersion[];
  /** What the tier publishes or has adopted, and has in force. */
  readonly applied: readonly ItemVersion[];
};

/** 三全覆盖、两集中、两到位 in numbers. */
export type Coverage = {
  /** Departments with at least one item in the catalogue. */
  readonly departments: Share;
  /** Items of the standard that concern this tier and that it applies. */
  readonly items: Share;
  /** Items applied for which every organ of this tier that the route names is there. */
  readonly processes: Share;
  /** Departments whose approval functions are gathered in one section. */
  readonly gathered: Share;
  /** Departments whose section works in the centre. */
  readonly inCenter: Share;
  /** Items with a staffed window of one of their departments. */
  readonly itemsInPlace: Share;
  /** Items that somebody stationed there may decide. */
  readonly authorityInPlace: Share;
  /** Windows with somebody at them. */
  readonly staffInPlace: Share;
};

export const coverageOf = ({ level, offices, standard, applied }: CoverageOf): Coverage => {
  const concerned = standard.filter((item) => rolesAt(item, level).length > 0);
  const ours = applied.filter((item) => rolesAt(item, level).length > 0);
  const codes = new Set(ours.map(({ code }) => code));
  const officesOf = (item: ItemVersion) => offices.filter((office) => answersFor(office, item, level));
  return {
    departments: share(offices, (office) => ours.some((item) => answersFor(office, item, level))),
    items: share(concerned, ({ code }) => codes.has(code)),
    processes: share(ours, (item) =>
      rolesAt(item, level).every((role) => offices.some(({ roles }) => roles.includes(role))),
    ),
    gathered: share(offices, ({ section }) => section !== undefined),
    inCenter: share(offices, ({ section }) => section?.inCenter === true),
    itemsInPlace: share(ours, (item) =>
      officesOf(item).some((office) => office.windows.some((window) => isStaffed(office, window))),
    ),
    authorityInPlace: share(ours, (item) => officesOf(item).some((office) => decidesThere(office, item))),
    staffInPlace: share(
      offices.flatMap((office) => office.windows.map((window) => ({ office, window }))),
      ({ office, window }) => isStaffed(office, window),
    ),
  };
};

/** The same numbers of each department alone. */
export const coverageByDepartment = (of: CoverageOf): ReadonlyMap<string, Coverage> =>
  new Map(
    of.offices.map((office) => {
      const mine = (item: ItemVersion) => answersFor(office, item, of.level);
      const only = { standard: of.standard.filter(mine), applied: of.applied.filter(mine) };
      return [office.department, coverageOf({ ...of, ...only, offices: [office] })];
    }),
  );

const share = <One>(all: readonly One[], is: (one: One) => boolean): Share => ({
  done: all.filter(is).length,
  of: all.length,
});

/** The functions that an item's route asks of a level. */
export const rolesAt = ({ route }: ItemVersion, level: Level): readonly string[] => [
  ...new Set(
    [route.lead, ...route.stages.flatMap(({ steps }) => steps)]
      .filter((organ) => organ.level === level)
      .map(({ department }) => department),
  ),
];

const answersFor = ({ roles }: Office, item: ItemVersion, level: Level): boolean =>
  rolesAt(item, level).some((role) => roles.includes(role));

const isStaffed = ({ staff }: Office, window: string): boolean => staff.some((one) => one.window === window);

const decidesThere = ({ staff }: Office, { code }: ItemVersion): boolean =>
  staff.some(
    ({ window, authority }) =>
      window !== undefined &&
      authority !== undefined &&
      authority.acts.some((act) => act === 'determine' || act === 'conclude') &&
      (authority.items === 'all' || authority.items.includes(code)),
  );
