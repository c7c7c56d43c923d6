import { keyedNames, newPrivateKey, newSalt, newTierSecret, sealer, sha256 } from '@liandong/adapters/crypto';
import {
  createTierDatabase,
  openPool,
  postgresEventStore,
  type PostgresServer,
} from '@liandong/adapters/postgres';
import { migrateSupervision, postgresSupervisionBook } from '@liandong/adapters/postgres-supervision';
import { publishedYear } from '@liandong/adapters/reference';
import {
  type Authoring,
  ownStreamHandler,
  type Recorded,
  rulesDesk,
  start,
  type SupervisionAlarm,
  type SupervisionBook,
  supervisor,
} from '@liandong/application';
import {
  calendarFactIn,
  checkOwnSchema,
  dataschemaOf,
  decodeCardFact,
  decodeCaseFact,
  rulesIn,
  termsWith,
} from '@liandong/contracts';
import { workingDaysDecider, workingDaysStream } from '@liandong/domain/calendar';
import { hunan2018, packPin } from '@liandong/domain/supervision';
import { sourceOf } from '@liandong/kernel';
import type pg from 'pg';
import { authorAt, beginReview, type Place } from './sample-case.ts';

export type BenchSupervision = {
  readonly book: SupervisionBook;
  readonly pool: pg.Pool;
  readonly url: string;
  /** Opens a case, lets a limit of it run out, and gives the milliseconds of the look that raises its cards. */
  readonly raiseOne: () => Promise<number>;
  readonly close: () => Promise<void>;
};

const yearsOf = (recorded: Recorded) => {
  const fact = calendarFactIn(recorded);
  return fact?.type === 'liandong.calendar.officeHoursSet.v1' ? undefined : fact;
};
const received = '2026-03-02T02:00:00.000Z';
/** By then the lead is late with a case it accepted at the first hour. */
const afterTheLimit = '2026-04-28T02:00:00.000Z';

const acting = (idempotencyKey: string) =>
  ({ principal: 'bench', authtype: 'system', idempotencyKey }) as const;

/** The supervision of a place's city, on stores of its own, at an hour that is set by hand. */
export const openSupervision = async (server: PostgresServer, place: Place): Promise<BenchSupervision> => {
  const tier = place.city;
  const author = authorAt(tier);
  const { urls } = await createTierDatabase(server, tier);
  await migrateSupervision(urls.supervision);
  const [counter, pool] = [openPool(urls.approval), openPool(urls.supervision)];
  const sealed = (service: 'approval' | 'supervision', of: pg.Pool) =>
    postgresEventStore({ pool: of, seal: sealer(service, sourceOf(author), newPrivateKey()) });
  const [cases, store] = [sealed('approval', counter), sealed('supervision', pool)];
  const book = postgresSupervisionBook(pool);

  let now = received;
  const clock = { now: () => new Date(now) };
  const authoring: Authoring = {
    ...{ author, clock, sha256, newSalt, checkOwnSchema, dataschemaOf },
    ...keyedNames(newTierSecret()),
  };
  const year = publishedYear(2026);
  if (year === undefined) throw new Error('2026 is not published');
  const published = await ownStreamHandler(
    store,
    authoring,
    workingDaysDecider,
    yearsOf,
  )({
    ...acting('year'),
    stream: workingDaysStream(tier),
    command: { type: 'publishYear', level: 'city', year, source: 'bench' },
  });
  const pack = { pin: packPin(sha256, hunan2018), pack: hunan2018 };
  const adopted = await rulesDesk({ tier, store, authoring, decodeRules: rulesIn }).adopt(acting('rules'), {
    ...pack,
    convention: 'started',
    effectiveFrom: '2018-01-01',
  });
  if (!published.ok || !adopted.ok) throw new Error(`refused: ${JSON.stringify([published, adopted])}`);

  let looked = new AbortController();
  const { follower, watch } = supervisor({
    ...{ tier, store, authoring, book, sha256, superiors: [] },
    terms: termsWith(sha256, tier, store),
    caseFactOf: decodeCaseFact,
    decode: (envelope) => decodeCardFact(envelope),
    interval: 1,
    // Nothing more is due: one look is over.
    wait: async () => looked.abort(),
    alarm: (alarm: SupervisionAlarm) => {
      throw new Error(JSON.stringify(alarm));
    },
  });
  let position = start;
  const follow = async () => {
    for (;;) {
      const page = await store.readAll(position, 100);
      const last = page.at(-1);
      if (last === undefined) return;
      await follower.handle(page, new AbortController().signal);
      position = last.position;
    }
  };

  return {
    ...{ book, pool, url: urls.supervision },
    raiseOne: async () => {
      now = received;
      const { caseId, events } = beginReview(place);
      const outcome = await cases.append(caseId, 0, events);
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
      await follow();
      now = afterTheLimit;
      looked = new AbortController();
      const began = performance.now();
      await watch(looked.signal);
      const took = performance.now() - began;
      await follow();
      const cards = await book.cardsOf(caseId);
      if (!cards.some(({ issuer }) => issuer === tier)) throw new Error('no card was raised');
      return took;
    },
    close: async () => {
      await pool.end();
      await counter.end();
    },
  };
};
