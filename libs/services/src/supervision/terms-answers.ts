import type { PublishedCalendar } from '@liandong/application';
import type { OfficeHours } from '@liandong/domain/calendar';
import { type AdoptedPack, conventions, packPin, shippedPacks } from '@liandong/domain/supervision';
import type { Sha256, TierCode } from '@liandong/kernel';
import { z } from 'zod';

const bilingual = z.strictObject({ zh: z.string(), en: z.string() });
const pin = z.string().describe('标识@版本#SHA-256 · Id, version and SHA-256');

export const CalendarAnswer = z
  .strictObject({
    city: z.string().describe('公布工作日的市级区划代码 · The tier that publishes'),
    calendar: pin.describe('现行工作日历 · The calendar everybody counts by now'),
    years: z.array(
      z.strictObject({
        year: z.int(),
        holidays: z.array(z.string()).describe('不上班的周一至周五 · Weekdays off'),
        extraWorkingDays: z.array(z.string()).describe('调休上班的周末 · Weekend days worked'),
      }),
    ),
    history: z
      .array(z.strictObject({ calendar: pin, reason: bilingual }))
      .describe('历次公布与更正 · Every publication and correction, the oldest first'),
  })
  .meta({ id: 'Calendar', description: '工作日历 · The working days of the region' });
export const HoursAnswer = z.strictObject({
  tier: z.string(),
  items: z.array(
    z.strictObject({
      effectiveFrom: z.string(),
      periods: z.array(z.strictObject({ opens: z.string(), closes: z.string() })),
    }),
  ),
});

const Pack = z.strictObject({ pin, id: z.string(), version: z.int(), name: bilingual });
export const RulesAnswer = z.strictObject({
  adopted: z.array(
    Pack.extend({ convention: z.enum(conventions), effectiveFrom: z.string() }).describe(
      '已采用，自某日起适用 · Adopted, and from which day on',
    ),
  ),
  shipped: z.array(Pack).describe('随本版本附带 · What ships with this release'),
});

export const calendarAnswer = (
  city: TierCode,
  [first, ...rest]: readonly [PublishedCalendar, ...PublishedCalendar[]],
) => {
  const { pin: calendar, years } = rest.at(-1) ?? first;
  return {
    ...{ city, calendar },
    years: [...years.values()].toSorted((a, b) => a.year - b.year),
    history: rest.map((one) => ({ calendar: one.pin, reason: one.reason })),
  };
};

export const hoursAnswer = (tier: TierCode, items: OfficeHours) => ({ tier, items });

export const rulesAnswer = (sha256: Sha256, adopted: readonly AdoptedPack[]) => ({
  adopted: adopted.map(({ pack: { id, version, name }, pin: adoptedPin, convention, effectiveFrom }) => ({
    ...{ pin: adoptedPin, id, version, name, convention, effectiveFrom },
  })),
  shipped: Object.values(shippedPacks).map((pack) => {
    const { id, version, name } = pack;
    return { pin: packPin(sha256, pack), id, version, name };
  }),
});
