import type { WorkingDaysBook } from '../calendar/working-days-book.ts';
import type { CaseDesk } from './case-desk.ts';

/** Before a limit is refused for want of a year, the calendar is asked once whether the year has come. */
export const withNewestCalendar = (
  desk: CaseDesk,
  { refresh }: Pick<WorkingDaysBook, 'refresh'>,
): CaseDesk => ({
  ...desk,
  execute: async (deed) => {
    const done = await desk.execute(deed);
    if (done.ok || done.refusal.code !== 'calendar-year-missing') return done;
    await refresh();
    return desk.execute(deed);
  },
});
