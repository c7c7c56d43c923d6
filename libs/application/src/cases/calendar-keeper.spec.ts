import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryParking } from '@liandong/adapters/memory';
import { publishedYear } from '@liandong/adapters/reference';
import { calendarFactIn, decodeCaseFact } from '@liandong/contracts';
import {
  type Authoring,
  calendarDesk,
  calendarKeeper,
  matterBook,
  retryCalendar,
  start,
  withNewestCalendar,
  workingDaysBook,
} from '../index.ts';
import {
  city,
  county,
  deliver,
  foundTier,
  must,
  opened,
  openingOf,
  required,
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { trial, untilStopped } from '../../test/trying.ts';
import { sourceOf, type StreamName } from '@liandong/kernel';
import { testSealer } from '@liandong/testing';

const source = '国务院办公厅关于2026年部分节假日安排的通知';
const reason = { zh: '暴雪停工', en: 'A blizzard' };
const author = { network: 'test.example', tier: city, epoch: 1 };

const year = (of: number) => {
  const published = publishedYear(of);
  if (published === undefined) throw new Error(`${of} is not published`);
  return published;
};

/** The counter of the city, which counts by what its store says of working days. */
const countingTier = async () => {
  const clock = testClock();
  const store = memoryEventStore({ seal: testSealer('approval', sourceOf(author)).seal });
  const book = await workingDaysBook({ store, sha256, city, decodeCalendar: calendarFactIn });
  const tier = await sampleTier(city, clock, store, undefined, book.legalDay);
  for (const other of [county, township]) await foundTier(await sampleTier(other, clock, store));
  await foundTier(tier);
  const desk = withNewestCalendar(tier.desk, book);
  const acting = (idempotencyKey: string) => ({
    principal: 'supervisor',
    authtype: 'user' as const,
    idempotencyKey,
  });
  const days = calendarDesk({
    ...{ tier: city, city, store, decodeCalendar: calendarFactIn },
    authoring: tier.authoring as Authoring,
  });
  const refusals: string[] = [];
  const parking = memoryParking();
  const { trying, parked } = trial(clock);
  const deps = {
    ...{ tier: city, desk, book, store, parking, trying },
    refused: (_: unknown, { code }: { code: string }) => void refusals.push(code),
  };
  let position = start;
  return {
    ...{ clock, store, desk, book, refusals, parking, parked, deps },
    open: (key = 'open-1') => opened({ ...tier, desk }, key),
    tryToOpen: (key: string) =>
      desk.execute({
        ...staff(city, 'windowClerk', '02'),
        idempotencyKey: key,
        command: openingOf(required),
      }),
    publish: async (of: number) =>
      must(await days.publish(acting(`publish-${of}`), { year: year(of), source })),
    correct: async (holiday: string) => {
      const { holidays, extraWorkingDays } = year(2026);
      const corrected = { year: 2026, holidays: [...holidays, holiday], extraWorkingDays };
      must(await days.correct(acting(`correct-${holiday}`), { year: corrected, source, reason }));
    },
    catchUp: async () => {
      for (;;) {
        const page = await store.readAll(position, 100);
        if (page.length === 0) return;
        await calendarKeeper(deps).handle(page, untilStopped);
        position = page.at(-1)?.position ?? position;
      }
    },
  };
};

describe('the calendar of a counter', () => {
  it('is what the city published: before that no limit is told, and nothing is recorded', async () => {
    const tier = await countingTier();
    expect(await tier.tryToOpen('first')).toEqual({
      ok: false,
      refusal: { code: 'calendar-year-missing', year: 2026 },
    });
    await tier.publish(2026);
    const done = must(await tier.tryToOpen('first'));
    const file = await tier.desk.read(done.caseId);
    expect(file?.state.matter?.noticeDue).toBe('2026-03-09T15:59:59.999Z');
  });

  it('moves the limits of open cases when it is corrected, with its reason, once', async () => {
    const tier = await countingTier();
    await tier.publish(2026);
    const caseId = await tier.open();
    await tier.catchUp();
    const before = await tier.desk.read(caseId);
    await tier.correct('2026-03-05');
    await tier.catchUp();
    const after = await tier.desk.read(caseId);
    expect(after?.state.matter?.noticeDue).toBe('2026-03-10T15:59:59.999Z');
    const said = after?.events.filter(({ envelope }) => envelope.type === 'liandong.case.deadlinesMoved.v1');
    expect(said?.map(({ envelope }) => envelope.data)).toMatchObject([
      { calendar: tier.book.now().pin, reason, moved: [{ before: before?.state.matter?.noticeDue }] },
    ]);
    const { revision } = after ?? {};
    const page = await tier.store.readAll(start, 1_000);
    await calendarKeeper(tier.deps).handle(page, untilStopped);
    expect((await tier.desk.read(caseId))?.revision).toBe(revision);
    expect(tier.refusals).toEqual([]);
  });

  it('is, at a past moment, the one that was known then', async () => {
    const tier = await countingTier();
    await tier.publish(2026);
    const caseId = await tier.open();
    const then = tier.clock.now().toISOString();
    tier.clock.advance(1);
    await tier.correct('2026-03-05');
    await tier.catchUp();
    const due = async (at: string) => (await tier.desk.replay(caseId, at))?.state.matter?.noticeDue;
    expect(await due(then)).toBe('2026-03-09T15:59:59.999Z');
    expect(await due(tier.clock.now().toISOString())).toBe('2026-03-10T15:59:59.999Z');
  });

  it('reaches a case that was decided while the news was on its way', async () => {
    const tier = await countingTier();
    await tier.publish(2026);
    await tier.catchUp();
    await tier.correct('2026-03-05');
    // The counter has not heard of it yet, and counts as it did.
    const caseId = await tier.open();
    expect((await tier.desk.read(caseId))?.state.matter?.noticeDue).toBe('2026-03-09T15:59:59.999Z');
    await tier.catchUp();
    expect((await tier.desk.read(caseId))?.state.matter?.noticeDue).toBe('2026-03-10T15:59:59.999Z');
  });

  it('parks a case that fails, moves the others, and the parked one when it is tried again', async () => {
    const tier = await countingTier();
    await tier.publish(2026);
    const [sick, sound] = [await tier.open('one'), await tier.open('two')];
    await tier.catchUp();
    await tier.correct('2026-03-05');
    const { desk } = tier.deps;
    const failing = {
      ...tier.deps,
      desk: {
        ...desk,
        read: async (caseId: typeof sick) => {
          if (caseId === sick) throw new Error('a rule failed');
          return desk.read(caseId);
        },
      },
    };
    await calendarKeeper(failing).handle(await tier.store.readAll(start, 1_000), untilStopped);
    const due = async (caseId: typeof sick) => (await desk.read(caseId))?.state.matter?.noticeDue;
    expect([await due(sick), await due(sound)]).toEqual([
      '2026-03-09T15:59:59.999Z',
      '2026-03-10T15:59:59.999Z',
    ]);
    expect(tier.parked).toMatchObject([
      { handler: 'calendar', stream: sick, reason: 'Error: a rule failed' },
    ]);
    const [waiting] = (await tier.parking.list({}, { limit: 10 })).rows;
    if (waiting === undefined) throw new Error('nothing is parked');
    await retryCalendar(tier.deps)(waiting);
    expect(await due(sick)).toBe('2026-03-10T15:59:59.999Z');
    expect([...(await tier.parking.parkedStreams('calendar'))]).toEqual([]);
  });
});

describe('an obligation that comes to light', () => {
  const act = async (
    tier: SampleTier,
    person: ReturnType<typeof staff>,
    caseId: StreamName,
    command: object,
  ) =>
    must(
      await tier.desk.execute({
        ...{ ...person, caseId, command: command as never },
        idempotencyKey: JSON.stringify(command),
      }),
    );

  it('gets its limit from the tier that leads, once, and supervision a clock until it is settled', async () => {
    const clock = testClock();
    const [below, above] = [await sampleTier(county, clock), await sampleTier(city, clock)];
    const beside = await sampleTier(township, clock);
    for (const tier of [above, below, beside]) await foundTier(tier);
    for (const tier of [above, beside]) await deliver(tier, below);
    const caseId = await opened(below);
    await deliver(below, above);
    // Both counters answer without knowing of each other.
    const clerk = staff(county, 'windowClerk', '02');
    await act(below, clerk, caseId, { type: 'preAccept' });
    await deliver(below, above);
    const rejection = { ground: 'noPermitNeeded', reasons: '无需许可', remedies: ['litigation'] };
    await act(below, clerk, caseId, { type: 'reject', ...rejection });
    await act(above, staff(city, 'leadCoordinator', '03'), caseId, { type: 'accept' });
    await deliver(below, above);

    const { store, desk, authoring } = above;
    const days = calendarDesk({ ...{ tier: city, city, store, authoring }, decodeCalendar: calendarFactIn });
    const acting = { principal: 'supervisor', authtype: 'user' as const, idempotencyKey: 'publish' };
    must(await days.publish(acting, { year: year(2026), source }));
    const book = await workingDaysBook({ store, sha256, city, decodeCalendar: calendarFactIn });
    const { trying } = trial(clock);
    const refusals: unknown[] = [];
    const keeper = calendarKeeper({
      ...{ tier: city, desk, book, store, trying, parking: memoryParking() },
      refused: (_, refusal) => void refusals.push(refusal),
    });
    for (const _ of ['once', 'again']) await keeper.handle(await store.readAll(start, 1_000), untilStopped);
    expect(refusals).toEqual([]);

    const file = await desk.read(caseId);
    const [obligation, ...others] = file?.state.matter?.obligations ?? [];
    expect(others).toEqual([]);
    expect(obligation?.noted).toMatchObject({ days: 5, due: '2026-03-09T15:59:59.999Z' });
    const noted = file?.events.filter(({ envelope }) => envelope.type === 'liandong.case.obligationNoted.v1');
    expect(noted).toHaveLength(1);

    const watched = matterBook(caseId, { sha256, caseFactOf: decodeCaseFact, cardFactOf: () => undefined });
    const clocks = async () => {
      watched.take(await store.read(caseId, watched.revision()));
      return watched.matter().supervised.clocks.filter(({ kind }) => kind === 'obligation');
    };
    expect(await clocks()).toMatchObject([
      { cause: obligation?.noted?.hash, unit: file?.lead, days: { promised: 5 } },
    ]);
    expect((await clocks())[0]?.stopped).toBeUndefined();
    const settles = {
      type: 'settleObligation',
      cause: obligation?.cause,
      outcome: 'upheld',
      reasons: '经复核',
    };
    await act(above, staff(city, 'leadCoordinator', '03'), caseId, settles);
    expect((await clocks())[0]?.stopped).toBeDefined();
  });
});
