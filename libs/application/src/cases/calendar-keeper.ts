import { movedDeadlines } from '@liandong/domain/case';
import { isCaseStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { WorkingDaysBook } from '../calendar/working-days-book.ts';
import type { Follower } from '../followers.ts';
import { persevere, storeAnswers, streamsIn, type Trying } from '../parking/persevere.ts';
import type { Retry } from '../parking/redrive.ts';
import { instant } from '../ports/clock.ts';
import { type EventStore, start } from '../ports/event-store.ts';
import type { Parking, Waiting } from '../ports/parking.ts';
import type { CaseDesk, DeskRefusal } from './case-desk.ts';
import type { CaseFile } from './case-file.ts';

export type CalendarKeeperDeps = {
  readonly tier: TierCode;
  readonly desk: CaseDesk;
  readonly book: WorkingDaysBook;
  readonly store: Pick<EventStore, 'readAll' | 'readKinds'>;
  readonly parking: Parking;
  readonly trying: Trying;
  readonly refused: (caseId: StreamName, refusal: DeskRefusal) => void;
};

const handler = 'calendar';

/**
 * Keeps the counter's calendar at hand as the city publishes and corrects it, and says in each case
 * which limits of this tier a correction moves. A case that was decided while the news was on its
 * way is looked at when its own event comes by, so none is counted by a calendar that has passed.
 * An obligation gets its limit here too, for no act of anybody could state it.
 */
export const calendarKeeper = (deps: CalendarKeeperDeps): Follower => ({
  name: handler,
  handle: async (page, signal) => {
    const { book, store, parking, trying } = deps;
    const changed = book.touchedBy(page);
    if (changed) await book.refresh();
    const here = streamsIn(page).filter(({ stream }) => isCaseStream(stream));
    const touched = changed ? await casesUpTo(store, page.at(-1)?.position ?? start) : here;
    const held = touched.length === 0 ? new Set() : await parking.hold(handler, touched);
    for (const waiting of touched.filter(({ stream }) => !held.has(stream))) {
      const done = await persevere(trying, signal, storeAnswers(store), () =>
        keepLimits(deps, waiting.stream),
      );
      if (done.ok) continue;
      const failure = { ...waiting, ...done.refusal };
      await parking.park(handler, failure);
      trying.parked(handler, failure);
    }
  },
});

/** Looks at a parked case again and lets it go. */
export const retryCalendar =
  (deps: CalendarKeeperDeps): Retry =>
  async ({ stream, through }) => {
    await keepLimits(deps, stream);
    return deps.parking.release(handler, stream, through);
  };

const pageSize = 1_000;

/** Every case there is, each with its last event. Calendars are corrected a few times a year. */
const casesUpTo = async (
  store: Pick<EventStore, 'readKinds'>,
  last: Waiting['through'],
): Promise<readonly Waiting[]> => {
  const cases = new Map<StreamName, Waiting>();
  for (let after = start; ;) {
    const { events, through } = await store.readKinds(after, pageSize, ['case']);
    for (const { stream, position } of events)
      if (position <= last) cases.set(stream, { stream, through: position });
    if (events.length < pageSize || through >= last) return [...cases.values()];
    after = through;
  }
};

const keepLimits = async (deps: CalendarKeeperDeps, caseId: StreamName): Promise<void> => {
  const file = await deps.desk.read(caseId);
  if (file === undefined) return;
  await noteObligations(deps, file);
  await moveDeadlines(deps, (await deps.desk.read(caseId)) ?? file);
};

const noteObligations = async ({ tier, desk, refused }: CalendarKeeperDeps, file: CaseFile) => {
  const { caseId, lead, state } = file;
  if (lead?.tier !== tier) return;
  for (const { cause } of state.matter?.obligations.filter(({ noted }) => noted === undefined) ?? []) {
    const done = await desk.execute({
      ...{ caseId, command: { type: 'noteObligation', cause } },
      by: { tier, department: lead.department, roles: ['system'] },
      ...{ principal: `system:${tier}:calendar`, authtype: 'system' },
      idempotencyKey: `noteObligation:${caseId}:${cause}`,
    });
    if (!done.ok) refused(caseId, done.refusal);
  }
};

const moveDeadlines = async ({ tier, desk, book, trying, refused }: CalendarKeeperDeps, file: CaseFile) => {
  const { caseId, state, revision } = file;
  if (state.matter === undefined) return;
  const at = instant(trying.clock.now());
  const moved = movedDeadlines(state.matter, tier, at, book.legalDay);
  if (!moved.ok) return refused(caseId, moved.refusal);
  if (moved.value.length === 0) return;
  const { pin: calendar, reason } = book.now();
  const done = await desk.execute({
    ...{ caseId, command: { type: 'moveDeadlines', calendar, reason } },
    by: { tier, roles: ['system'] },
    ...{ principal: `system:${tier}:calendar`, authtype: 'system' },
    idempotencyKey: `moveDeadlines:${caseId}:${calendar}:${revision}`,
  });
  if (!done.ok) refused(caseId, done.refusal);
};
