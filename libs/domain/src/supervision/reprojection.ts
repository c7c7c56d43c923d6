import { ownStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { Agenda, Alarm } from './agenda.ts';
import type { DeadlinesReprojected, MovedDeadline } from './card-facts.ts';
import { causeKey } from './corrections.ts';
import type { CardCause } from './judgement.ts';

/** What a tier says of the deadlines of one matter when the calendar is corrected. */
export const reprojectionStream = (tier: TierCode, matter: StreamName): StreamName =>
  ownStream('calendar', tier, matter.replace('-', '.'));

/** How many moved deadlines one event names, so that it stays far below the size of an event. */
const mostPerEvent = 100;

export type CalendarChange = Omit<DeadlinesReprojected['data'], 'deadlines'>;

/** The thresholds that stand elsewhere after a correction of the calendar; no event if none moved. */
export const reprojectionOf = (
  before: Agenda,
  after: Agenda,
  change: CalendarChange,
): readonly DeadlinesReprojected[] => {
  const [then, now] = [alarmsOf(before), alarmsOf(after)];
  const deadlines = [...new Map([...then, ...now])].flatMap(([key, { cause }]): readonly MovedDeadline[] => {
    const [was, is] = [then.get(key)?.dueAt, now.get(key)?.dueAt];
    if (was === is) return [];
    return [{ cause, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
  });
  return Array.from({ length: Math.ceil(deadlines.length / mostPerEvent) }, (_, n) => ({
    type: 'liandong.calendar.deadlinesReprojected.v1',
    data: { ...change, deadlines: deadlines.slice(n * mostPerEvent, (n + 1) * mostPerEvent) },
  }));
};

type Known = { readonly cause: CardCause; readonly dueAt: string };

const alarmsOf = ({ entries }: Agenda): ReadonlyMap<string, Known> =>
  new Map(
    entries
      .filter((entry) => entry.kind === 'clock')
      .map((alarm) => [causeKey(causeOf(alarm)), { cause: causeOf(alarm), dueAt: alarm.dueAt }]),
  );

const causeOf = ({ clock, rule }: Alarm): CardCause => ({
  event: clock.cause,
  ...(clock.step !== undefined && { step: clock.step }),
  rule: rule.id,
  round: clock.round,
});
