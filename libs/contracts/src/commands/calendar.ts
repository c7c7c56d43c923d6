import { conventions } from '@liandong/domain/supervision';
import { z } from 'zod';
import { calendarYear, openPeriods } from '../schemas/calendar.ts';
import { packPin } from '../schemas/card-parts.ts';
import { bilingual, line, localDate } from '../schemas/parts.ts';
import { rulePack } from '../schemas/rule-pack.ts';

const source = line(300).describe('所依据的通知 · The notice it follows');
const { year, holidays, extraWorkingDays } = calendarYear;
const daysOfYear = {
  holidays: holidays.describe('不上班的周一至周五 · Weekdays off'),
  extraWorkingDays: extraWorkingDays.describe('调休上班的周末 · Weekend days worked in exchange'),
};

/** Who asks is never taken from a body. */
export const yearBody = z.strictObject({ year, ...daysOfYear, source });
/** The year whole, as it is from now on. */
export const yearCorrectionBody = z.strictObject({
  ...{ ...daysOfYear, source },
  reason: bilingual.describe('更正理由，随事件公开 · Why; published with the event'),
});
export const officeHoursBody = z.strictObject({ effectiveFrom: localDate, periods: openPeriods });

export const rulesBody = z.strictObject({
  pin: packPin.describe('规则包的 标识@版本#SHA-256 · Which pack is meant, by its hash'),
  pack: rulePack.optional().describe('规则包全文；随版本附带的不必给出 · The pack whole, unless it ships'),
  convention: z.enum(conventions).describe('计日方式 · How the days of a card are counted'),
  effectiveFrom: localDate,
});
