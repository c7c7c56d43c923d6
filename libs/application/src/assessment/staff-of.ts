import type { Authoring } from '../authoring.ts';
import type { RegionBook } from '../region-book.ts';
import type { StaffOf } from './deeds.ts';

/**
 * Finds who of a department acted under a pseudonym. Only a tier that holds the secret can,
 * and only for its own people: to every other tier a person stays a different one in each case.
 */
export const staffOfTier =
  ({ author, pseudonym }: Pick<Authoring, 'author' | 'pseudonym'>, book: RegionBook) =>
  async (): Promise<StaffOf> => {
    await book.refresh();
    const staff = new Map(
      [...book.directory().departments.values()].flatMap(({ tier, state }) =>
        tier === author.tier && state.status === 'established'
          ? [[state.department, [...state.staff.keys()]] as const]
          : [],
      ),
    );
    return ({ tier, department }, authid, stream) =>
      tier === author.tier
        ? staff.get(department)?.find((one) => pseudonym(one, stream) === authid)
        : undefined;
  };
