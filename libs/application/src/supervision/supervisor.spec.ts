import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryLedgerBook, memoryOverviewBook, memoryViews } from '@liandong/adapters/memory';
import { cardsWith, rowsWith } from '@liandong/contracts';
import { canonicalJson, decodeEvent, type StreamName } from '@liandong/kernel';
import {
  city,
  county,
  deliver,
  document,
  foundTier,
  must,
  opened,
  openingOf,
  required,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { supervisedTier } from '../../test/supervised-tier.ts';
import { type CardRow, type EventStore, replayCards, replayTier, start } from '../index.ts';

/** A case accepted at the city on Monday 2 March 2026; it is promised within 30 working days, by law within 45. */
const underWay = async () => {
  const clock = testClock();
  const tier = await sampleTier(city, clock);
  await foundTier(tier);
  for (const below of await Promise.all([county, township].map((each) => sampleTier(each, clock)))) {
    await foundTier(below);
    await deliver(below, tier);
  }
  const caseId = await opened(tier);
  for (const type of ['preAccept', 'accept'] as const)
    must(
      await tier.desk.execute({
        ...staff(city, 'windowClerk', '02'),
        ...{ idempotencyKey: type, caseId, command: { type } },
      }),
    );
  return { clock, tier, caseId, supervised: supervisedTier(tier) };
};

const cardsIn = async (book: ReturnType<typeof supervisedTier>['book'], matter: StreamName) =>
  (await book.cardsOf(matter)).toSorted((a, b) =>
    a.state.judgement.dueAt < b.state.judgement.dueAt ? -1 : 1,
  );
const rulesOf = (cards: readonly CardRow[]) => cards.map(({ state }) => state.judgement.cause.rule);

const raisedIn = async (store: EventStore) =>
  (await store.readAll(start, 10_000)).filter(({ type }) => type === 'liandong.card.raised.v1');

describe('the supervision of a tier', () => {
  it('raises and issues every card when it is due, and not before', async () => {
    const { clock, supervised, caseId } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    await supervised.catchUp();
    await supervised.look();
    expect(await supervised.book.cardsOf(caseId)).toEqual([]);
    expect((await supervised.book.look(caseId))?.due).toBe('2026-04-09T02:00:00.000Z');
    clock.advance(100);
    await supervised.look();
    await supervised.catchUp();
    const cards = await cardsIn(supervised.book, caseId);
    expect(rulesOf(cards)).toEqual(['case.warning', 'case.yellow', 'case.red']);
    expect(cards.map(({ state }) => state.status)).toEqual(['issued', 'issued', 'issued']);
    expect(cards[0]?.state.judgement).toMatchObject({
      matter: caseId,
      dueAt: '2026-04-09T02:00:00.000Z',
      accountable: { unit: { tier: city, department: staff(city, 'leadCoordinator', '03').by.department } },
    });
  });

  it('sees a case that was handled elsewhere and entered afterwards, because its opening says so', async () => {
    const { tier, supervised } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    const entered = async (offline: boolean) =>
      must(
        await tier.desk.execute({
          ...staff(city, 'windowClerk', '02'),
          ...{ idempotencyKey: `offline ${offline}`, command: { ...openingOf(required), offline } },
        }),
      ).caseId;
    const [offline, here] = [await entered(true), await entered(false)];
    await supervised.catchUp();
    await supervised.catchUp();
    expect(rulesOf(await cardsIn(supervised.book, offline))).toEqual(['notEnteredOnline']);
    expect(await supervised.book.cardsOf(here)).toEqual([]);
  });

  it('raises one card for one cause, however often it judges and whatever it forgets', async () => {
    const { clock, tier, supervised, caseId } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    await supervised.catchUp();
    clock.advance(60);
    await supervised.look();
    const before = await raisedIn(tier.store);
    expect(before.length).toBeGreaterThan(1);
    clock.advance(1);
    const again = supervisedTier(tier);
    await again.catchUp();
    await again.look();
    await supervised.catchUp();
    expect((await raisedIn(tier.store)).map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
    expect(await again.book.cardsOf(caseId)).toEqual(await supervised.book.cardsOf(caseId));
  });

  it('judges nothing without its rules or its calendar, says so once, and makes up for it', async () => {
    const { clock, supervised, caseId } = await underWay();
    clock.advance(100);
    await supervised.catchUp();
    await supervised.look();
    expect(supervised.alarms).toMatchObject([
      { code: 'stalled', matter: caseId, stalled: { refusal: { code: 'rules-not-adopted' } } },
      { code: 'stalled', matter: caseId, stalled: { refusal: { code: 'rules-not-adopted' } } },
    ]);
    await supervised.adopt();
    await supervised.catchUp();
    await supervised.look();
    expect(supervised.alarms.at(-1)).toMatchObject({
      stalled: { refusal: { code: 'calendar-year-missing', year: 2026 } },
    });
    expect(await supervised.book.cardsOf(caseId)).toEqual([]);
    await supervised.publish(2026);
    await supervised.catchUp();
    await supervised.look();
    await supervised.catchUp();
    expect(rulesOf(await cardsIn(supervised.book, caseId))).toHaveLength(3);
  });

  it('adds to its cards when the calendar is corrected, and says which deadlines moved and why', async () => {
    const { clock, tier, supervised, caseId } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    await supervised.catchUp();
    clock.advance(39);
    await supervised.look();
    await supervised.catchUp();
    const [card] = await supervised.book.cardsOf(caseId);
    await supervised.correctYear(2026, ['2026-03-03', '2026-03-04', '2026-03-05', '2026-03-06']);
    await supervised.catchUp();
    await supervised.look();
    await supervised.catchUp();
    const [corrected] = await supervised.book.cardsOf(caseId);
    expect(corrected?.state.judgement).toEqual(card?.state.judgement);
    expect(corrected?.state.corrections).toMatchObject([{ finding: 'notDue', reason: 'calendarCorrected' }]);
    const moved = (await tier.store.readAll(start, 10_000)).filter(({ type }) =>
      type.endsWith('deadlinesReprojected.v1'),
    );
    expect(moved.map(({ bytes }) => decodeEvent(bytes).data)).toMatchObject([
      { matter: caseId, reason: { en: 'A blizzard' }, deadlines: expect.any(Array) },
    ]);
  });

  it('makes its cards again, byte for byte, from the events they name', async () => {
    const { clock, tier, supervised } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    await supervised.catchUp();
    clock.advance(60);
    await supervised.look();
    await supervised.correctYear(2026, ['2026-03-03']);
    const found: string[] = [];
    for await (const { found: each } of replayCards({ ...supervised.deps, terms: supervised.terms }))
      found.push(each);
    expect(found).toEqual(['same', 'same']);
    const forged = {
      ...tier.store,
      read: async (stream: StreamName, after?: number) =>
        (await tier.store.read(stream, after)).map((one) =>
          one.type === 'liandong.card.raised.v1'
            ? {
                ...one,
                bytes: Buffer.from(Buffer.from(one.bytes).toString().replace('"count":', '"count":1')),
              }
            : one,
        ),
    };
    const lies: string[] = [];
    for await (const { found: each } of replayCards({
      ...supervised.deps,
      store: { ...tier.store, ...forged },
    }))
      lies.push(each);
    expect(lies).toEqual(['differs', 'differs']);
  });

  it('are replayed with the views, also as they were at a past moment', async () => {
    const { clock, tier, supervised } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    await supervised.catchUp();
    clock.advance(40);
    await supervised.look();
    const between = clock.now().toISOString();
    clock.advance(20);
    await supervised.look();
    const replayed = async (at?: string) =>
      must(
        await replayTier(
          {
            ...{ tier: city, store: tier.store, book: memoryLedgerBook(), emptyViews: () => memoryViews() },
            rowsOf: rowsWith(sha256),
            cardsOf: cardsWith(sha256, city),
            withLiveViews: (work) => work(memoryViews()),
            overviewed: [city],
            withLiveOverview: (work) => work(memoryOverviewBook(), clock.now().toISOString()),
          },
          { projection: 'supervision', ...(at !== undefined && { at: { kind: 'moment', at } }) },
        ),
      );
    const now = await replayed();
    expect(now.found).toMatchObject({ compared: { rows: 2 } });
    expect(now.found.compared).not.toHaveProperty('divergence');
    const stored = (await raisedIn(tier.store)).map(({ bytes }) => canonicalJson(decodeEvent(bytes).data));
    expect(now.rows.map(({ row }) => canonicalJson(row)).toSorted()).toEqual(stored.toSorted());
    const then = await replayed(between);
    expect(then.found).toMatchObject({ at: between, compared: { rows: 1 } });
    expect(now.rows).toEqual(expect.arrayContaining([...then.rows]));
  });

  it('lets the unit answer and the supervisor rule, and explains each card', async () => {
    const { clock, supervised, caseId } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    await supervised.catchUp();
    clock.advance(60);
    await supervised.look();
    await supervised.catchUp();
    const card = (await cardsIn(supervised.book, caseId)).find(
      ({ state }) => state.judgement.colour === 'yellow',
    );
    const stream = card?.card ?? ('' as StreamName);
    const person = (idempotencyKey: string) =>
      ({ principal: 'somebody', authtype: 'user', idempotencyKey }) as const;
    const unit = { ...card!.state.judgement.accountable.unit, role: 'unit' } as const;
    const appeal = {
      type: 'appealCard',
      ground: 'applicantDelay',
      document: document(1),
      reasons: '测绘延期',
    };
    const done = await supervised.desk.give(person('appeal'), stream, { ...appeal, by: unit } as never);
    expect(done).toMatchObject({ ok: true });
    expect(
      await supervised.desk.give(person('own'), stream, {
        ...{ type: 'acceptAppeal', document: document(2), reasons: '属实' },
        by: { ...unit, role: 'supervisor' },
      }),
    ).toMatchObject({ ok: false, refusal: { code: 'card-judge-in-own-cause' } });
    must(
      await supervised.desk.give(person('accept'), stream, {
        ...{ type: 'acceptAppeal', document: document(2), reasons: '属实' },
        by: { tier: city, role: 'supervisor' },
      }),
    );
    expect((await supervised.desk.read(stream))?.state.status).toBe('withdrawn');
    const { explanation } = must(await supervised.desk.explain(stream));
    expect(explanation.title).toEqual({ zh: '黄牌：办件', en: 'Yellow card: Case' });
    expect(explanation.days.at(-1)).toMatchObject({ count: 31, reachedAt: card?.state.judgement.dueAt });
    expect(
      await supervised.desk.give(person('other'), stream, {
        ...{ type: 'cancelCard', ground: 'duplicate', reasons: '重复' },
        by: { tier: county, role: 'supervisor' },
      }),
    ).toMatchObject({ ok: false, refusal: { code: 'card-not-of-tier' } });
  });

  it('asks again for the answer that a warning is owed', async () => {
    const { clock, supervised, caseId } = await underWay();
    await supervised.publish(2026);
    await supervised.adopt();
    await supervised.catchUp();
    clock.advance(39);
    await supervised.look();
    await supervised.catchUp();
    const [warning] = await supervised.book.cardsOf(caseId);
    clock.advance(10);
    await supervised.look();
    await supervised.catchUp();
    const owed = await supervised.book.cardsOf(warning?.card ?? caseId);
    expect(rulesOf(owed)).toEqual(['warningReply.yellow']);
  });
});
