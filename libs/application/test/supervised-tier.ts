import { sha256 } from '@liandong/adapters/crypto';
import { memorySupervisionBook } from '@liandong/adapters/memory';
import { publishedYear } from '@liandong/adapters/reference';
import { decodeCalendarFact, decodeCardFact, decodeCaseFact } from '@liandong/contracts';
import { type CalendarFact, workingDaysDecider, workingDaysStream } from '@liandong/domain/calendar';
import { superiorsOf } from '@liandong/domain/directory';
import { hunan2018, packPin, type RulePack, type RulesAdopted } from '@liandong/domain/supervision';
import { decodeEvent, type Envelope } from '@liandong/kernel';
import {
  cardDesk,
  type EventStore,
  ownStreamHandler,
  type Position,
  type Recorded,
  rulesDesk,
  start,
  type SupervisionAlarm,
  type SupervisionBook,
  supervisor,
  termsBook,
} from '../src/index.ts';
import { city, must, type SampleTier } from './sample-network.ts';

export const decodeCalendar = ({ bytes }: Recorded): CalendarFact | undefined => {
  const fact = decodeCalendarFact(decodeEvent(bytes));
  return fact?.type === 'liandong.calendar.deadlinesReprojected.v1' ? undefined : fact;
};
export const decodeCards = (envelope: Envelope) => decodeCardFact(envelope);
const decodeRules = ({ bytes }: Recorded): RulesAdopted | undefined => {
  const fact = decodeCardFact(decodeEvent(bytes));
  return fact?.type === 'liandong.card.rulesAdopted.v1' ? fact : undefined;
};

const acting = (idempotencyKey: string) =>
  ({ principal: 'test', authtype: 'system', idempotencyKey }) as const;

export const termsIn = (store: Pick<EventStore, 'read'>) =>
  termsBook({ store, sha256, city, decodeCalendar, decodeRules });

/** The supervision of a sample tier, run by hand: `catchUp` follows the store, `look` sees what is due. */
export const supervisedTier = (
  { tier, store, authoring }: SampleTier,
  book: SupervisionBook = memorySupervisionBook(),
) => {
  const alarms: SupervisionAlarm[] = [];
  const terms = termsIn(store);
  const at = { stop: new AbortController() };
  const deps = {
    ...{ tier, store, authoring, book, terms, sha256 },
    superiors: superiorsOf(tier),
    caseFactOf: decodeCaseFact,
    decode: decodeCards,
    interval: 1,
    wait: async () => at.stop.abort(),
    alarm: (alarm: SupervisionAlarm) => alarms.push(alarm),
  };
  const { follower, watch } = supervisor(deps);
  const desk = cardDesk({ ...deps, isSuperiorOf: (issuer) => superiorsOf(issuer).includes(tier) });
  const rules = rulesDesk({ tier, store, authoring, decodeRules });
  const workingDays = ownStreamHandler(store, authoring, workingDaysDecider, (recorded) => {
    const fact = decodeCalendar(recorded);
    return fact?.type === 'liandong.calendar.officeHoursSet.v1' ? undefined : fact;
  });
  let position: Position = start;
  const year = (of: number) => {
    const published = publishedYear(of);
    if (published === undefined) throw new Error(`${of} is not published`);
    return published;
  };
  return {
    ...{ book, desk, terms, alarms, deps },
    adopt: async (pack: RulePack = hunan2018, effectiveFrom = '2018-01-01') =>
      must(
        await rules.adopt(acting(`adopt-${pack.id}`), {
          ...{ pin: packPin(sha256, pack), pack, convention: 'started', effectiveFrom },
        }),
      ),
    publish: async (of: number) =>
      must(
        await workingDays({
          ...acting(`year-${of}`),
          stream: workingDaysStream(city),
          command: { type: 'publishYear', level: 'city', year: year(of), source: 'test' },
        }),
      ),
    correctYear: async (of: number, extraHolidays: readonly string[]) =>
      must(
        await workingDays({
          ...acting(`correct-${of}-${extraHolidays.join()}`),
          stream: workingDaysStream(city),
          command: {
            type: 'correctYear',
            level: 'city',
            year: { ...year(of), holidays: [...year(of).holidays, ...extraHolidays] },
            source: 'test',
            reason: { zh: '暴雪停工', en: 'A blizzard' },
          },
        }),
      ),
    catchUp: async () => {
      for (;;) {
        const page = await store.readAll(position, 100);
        if (page.length === 0) return;
        await follower.handle(page, new AbortController().signal);
        position = page.at(-1)?.position ?? position;
      }
    },
    look: async () => {
      at.stop = new AbortController();
      await watch(at.stop.signal);
    },
  };
};
