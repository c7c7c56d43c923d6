import { ok, refuse, type Result } from '@liandong/kernel';
import type { ItemAdopted } from './facts.ts';
import type { ItemVersion, LocalDate } from './item.ts';
import type { NotInForce } from './refusals.ts';

/** The version that applies on a day, of all versions published so far. */
export const versionInForce = (
  item: string,
  versions: readonly ItemVersion[],
  date: LocalDate,
): Result<ItemVersion, NotInForce> => {
  const version = versions.filter(({ effectiveFrom }) => effectiveFrom <= date).at(-1);
  if (version === undefined) return refuse({ code: 'item-not-yet-in-force', item, date });
  const { status, effectiveFrom: since, effectiveTo } = version;
  switch (status) {
    case 'suspended':
      return refuse({ code: 'item-suspended', item, since });
    case 'cancelled':
      return refuse({ code: 'item-cancelled', item, since });
    case 'inForce':
      return effectiveTo === undefined || date <= effectiveTo
        ? ok(version)
        : refuse({ code: 'item-expired', item, lastDay: effectiveTo });
  }
};

export type Adoption = ItemAdopted['data'];

/**
 * What an adopting tier applies on a day: the version it adopted, with its own shorter
 * promise. A standard that is suspended or cancelled stops every adoption of it.
 */
export const adoptedInForce = (
  item: string,
  adoptions: readonly Adoption[],
  standard: readonly ItemVersion[],
  date: LocalDate,
): Result<ItemVersion, NotInForce> => {
  const today = versionInForce(item, standard, date);
  if (!today.ok) return today;
  const adoption = adoptions.filter(({ effectiveFrom }) => effectiveFrom <= date).at(-1);
  const version = standard.find(({ version }) => version === adoption?.standard.version);
  if (version === undefined) return refuse({ code: 'item-not-yet-in-force', item, date });
  const promisedDays = adoption?.promisedDays ?? version.limits.promisedDays;
  return ok({ ...version, limits: { ...version.limits, promisedDays } });
};
