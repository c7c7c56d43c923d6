import { publishedYear } from '@liandong/adapters/reference';
import { type Authoring, ownStreamHandler } from '@liandong/application';
import { decodeCalendarFact, type TierConfig } from '@liandong/contracts';
import {
  type CalendarYear,
  localDate,
  type WorkingDaysFact,
  workingDaysDecider,
  workingDaysStream,
} from '@liandong/domain/calendar';
import { hunan2018 } from '@liandong/domain/supervision';
import { decodeEvent } from '@liandong/kernel';
import { adoptFirstRules } from './first-rules.ts';
import { type Access, openAccess, systemAuthoring } from './tier.ts';

const demonstrationRules = {
  pack: `${hunan2018.id}@${hunan2018.version}`,
  convention: 'started',
  effectiveFrom: '2018-01-01',
} as const;

/** The years around the present one: what the demonstration counts in. */
export const demonstrationYears = (now: Date): readonly CalendarYear[] => {
  const present = Number(localDate(now.toISOString())?.slice(0, 4));
  return [present - 1, present, present + 1].map(
    // Nobody has published the next year before November: it then counts Monday to Friday.
    (year) => publishedYear(year) ?? { year, holidays: [], extraWorkingDays: [] },
  );
};

/**
 * What a demonstration tier supervises by: its rule pack, and at the top of the network the
 * working days. Each command has a key of its own, so founding again records nothing twice.
 */
export const foundSupervision = async (access: Access, publishesCalendar: boolean): Promise<void> => {
  const { author, store, clock } = access;
  const { tier } = author;
  const authoring: Authoring = systemAuthoring(access);
  const now = clock.now();
  const act = { principal: `system:${tier}:founding`, authtype: 'system' } as const;
  await adoptFirstRules(access, demonstrationRules);
  if (!publishesCalendar) return;
  const days = ownStreamHandler(store, authoring, workingDaysDecider, ({ bytes }) => {
    const fact = decodeCalendarFact(decodeEvent(bytes));
    return fact !== undefined && isWorkingDays(fact) ? fact : undefined;
  });
  for (const year of demonstrationYears(now)) {
    const source =
      publishedYear(year.year) === undefined ? '示范：尚未公布，按周一至周五计' : '国务院办公厅节假日安排';
    const published = await days({
      ...{ ...act, idempotencyKey: `year-${year.year}`, stream: workingDaysStream(tier) },
      command: { type: 'publishYear', level: 'city', year, source },
    });
    const known = !published.ok && published.refusal.code === 'calendar-year-already-published';
    if (!published.ok && !known)
      throw new Error(`founding was refused: ${JSON.stringify(published.refusal)}`);
  }
};

/** The same for a tier whose supervision does not run yet. */
export const foundSupervisionOf = async (config: TierConfig, publishesCalendar: boolean): Promise<void> => {
  const access = openAccess(config, 'supervision', 1);
  try {
    await foundSupervision(access, publishesCalendar);
  } finally {
    await access.close();
  }
};

const isWorkingDays = (fact: NonNullable<ReturnType<typeof decodeCalendarFact>>): fact is WorkingDaysFact =>
  fact.type === 'liandong.calendar.yearPublished.v1' || fact.type === 'liandong.calendar.yearCorrected.v1';
