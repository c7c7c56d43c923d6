import type { Authoring } from '../authoring.ts';
import type { RegionBook } from '../region-book.ts';
import type { StaffOf } from './deeds.ts';

/**
 * Finds who of a department acted under a pseudonym. Only a tier that holds the secret can,
 * and only for its own people: to every other tier a person stays a different one in each case.
 */
export const staffOfTier =
  ({ author, pseudonym }: Pick<Authoring, 'author' | 'pseudonym'>, book: RegionBook): StaffOf =>
  ({ tier, department }, authid, stream) => {
    if (tier !== author.tier) return undefined;
    for (const { tier: of, state } of book.directory().departments.values()) {
      if (of !== tier || state.status !== 'established' || state.department !== department) continue;
      const found = [...state.staff.keys()].find((staff) => pseudonym(staff, stream) === authid);
      if (found !== undefined) return found;
    }
    return undefined;
  };
