import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryLedgerBook, memoryViews } from '@liandong/adapters/memory';
import { cardsWith, rowsWith } from '@liandong/contracts';
import { canonicalJson, decodeEvent, type StreamName } from '@liandong/kernel';
import { overviewedTier } from '../../test/overviewed-tier.ts';
import {
  city,
  county,
  deliver,
  foundTier,
  must,
  opened,
  sampleTier,
  type SampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { supervisedTier } from '../../test/supervised-tier.ts';
import {
  type EventStore,
  type LedgerBook,
  type OverviewBook,
  type OverviewRow,
  type Past,
  type ReplayAsked,
  replayTier,
  start,
} from '../index.ts';

const page = { limit: 1_000 };
const tiers = [city, county, township];

const accepted = async (tier: SampleTier, key: string): Promise<StreamName> => {
  const caseId = await opened(tier, key);
  for (const type of ['preAccept', 'accept'] as const)
    must(
      await tier.desk.execute({
        ...staff(tier.tier, 'windowClerk', '02'),
        ...{ idempotencyKey: `${type} ${key}`, caseId, command: { type } },
      }),
    );
  return caseId;
};

/** As if every fact about a case had been entered 30 hours after it happened. */
const enteredLate = (store: EventStore): EventStore => ({
  ...store,
  read: async (stream, after) =>
    (await store.read(stream, after)).map((one) => {
      const envelope = decodeEvent(one.bytes);
      const recordedtime = new Date(Date.parse(envelope.time) + 30 * 3_600_000).toISOString();
      return stream.startsWith('case-')
        ? { ...one, bytes: Buffer.from(canonicalJson({ ...envelope, recordedtime })) }
        : one;
    }),
});

/** A city with cases of its own and of the county below it, its rules, its cards and its overview. */
const atTheCity = async (seen: (store: EventStore) => EventStore = (store) => store) => {
  const clock = testClock();
  const [tier, below, lowest] = (await Promise.all(tiers.map((each) => sampleTier(each, clock)))) as [
    SampleTier,
    SampleTier,
    SampleTier,
  ];
  for (const each of [tier, below, lowest]) await foundTier(each);
  for (const from of [lowest, tier]) await deliver(from, below);
  for (const from of [below, lowest]) await deliver(from, tier);
  const supervised = supervisedTier(tier);
  await supervised.publish(2026);
  await supervised.adopt();
  const caseId = await accepted(tier, 'first');
  for (const key of ['one', 'two']) await accepted(below, key);
  await deliver(below, tier);
  await supervised.catchUp();
  const store = seen(tier.store);
  const overview = overviewedTier(tier, { store });
  const replayed = async (
    asked: Omit<ReplayAsked, 'projection'> = {},
    book: Pick<LedgerBook, 'entries'> = memoryLedgerBook(),
  ) =>
    must(
      await replayTier(
        {
          ...{ tier: city, store, book, overviewed: tiers },
          rowsOf: rowsWith(sha256),
          cardsOf: cardsWith(sha256, city),
          emptyViews: () => memoryViews(),
          withLiveViews: () => Promise.reject(new Error('the overview is no such view')),
          withLiveOverview: (work) => work(overview.book, clock.now().toISOString()),
        },
        { ...asked, projection: 'overview' },
      ),
    );
  /** The lines that the live overview shows, of those who have something to do. */
  const live = async () => {
    const { rows } = await overview.desk.lines(city, 'tier', {}, page);
    return rows.flatMap(({ tier: of, figures: { counts, limits, cards } }) =>
      limits.length + cards.length === 0 ? [] : [{ tier: of, figures: { counts, limits, cards } }],
    );
  };
  const later = async (days: number) => {
    clock.advance(days);
    await supervised.look();
    await supervised.catchUp();
    await overview.catchUp();
    await overview.keeper.catchUp();
  };
  return { clock, tier, store, supervised, overview, caseId, replayed, live, later };
};

const changed = async (
  book: OverviewBook,
  is: (row: OverviewRow) => boolean,
  change: (row: OverviewRow) => readonly OverviewRow[],
): Promise<OverviewRow> => {
  const row = (await book.rows({ tiers }, page)).rows.find(is);
  if (row === undefined) throw new Error('no such row');
  const rows = (await book.rowsOf(row.stream)).flatMap((one) => (one.key === row.key ? change(one) : [one]));
  await book.put(row.stream, rows, undefined);
  return row;
};

describe('the overview, replayed', () => {
  it('comes out of the events as the live one stands, cards included, and names nobody', async () => {
    const { overview, replayed, live, later } = await atTheCity();
    await later(60);
    const { found, rows } = await replayed();
    expect(found).toMatchObject({ tier: city, at: null, leftOut: ['staff', 'bulk'] });
    expect(found.compared).toEqual({ rows: rows.length });
    const things = (await overview.book.rows({ tiers }, page)).rows;
    expect(things.length).toBeGreaterThan(6);
    expect(rows.filter(({ key }) => !key.startsWith('{'))).toHaveLength(things.length);
    expect(found.overview).toEqual(await live());
    expect(things.some(({ counted }) => counted.kind === 'card')).toBe(true);
    // The live overview knows who it was.
    expect(canonicalJson(things)).toContain('"staff"');
    expect(canonicalJson(rows)).not.toContain('"staff"');
    expect(rows.map(({ key }) => key)).toEqual(rows.map(({ key }) => key).toSorted());
  });

  it('names the live row that somebody changed, made up or took away', async () => {
    const { overview, replayed, later } = await atTheCity();
    await later(60);
    const late = (row: OverviewRow) => row.figures.includes('late');
    const embellished = (row: OverviewRow) => [{ ...row, figures: ['open'] as const }];
    const row = await changed(overview.book, late, embellished);
    const divergence = { projection: 'overview', key: row.key };
    expect((await replayed()).found.compared).toMatchObject({
      divergence: { ...divergence, field: 'figures', live: ['open'], replayed: row.figures },
    });
    const is = ({ key }: OverviewRow) => key === row.key;
    await changed(overview.book, is, () => [{ ...row, place: { ...row.place, department: 'elsewhere' } }]);
    expect((await replayed()).found.compared).toMatchObject({
      divergence: { ...divergence, field: 'place' },
    });
    await changed(overview.book, is, () => [row, { ...row, key: `${row.key}0` }]);
    expect((await replayed()).found.compared).toMatchObject({
      divergence: { key: `${row.key}0`, field: '', live: { figures: row.figures } },
    });
    await changed(
      overview.book,
      ({ key }) => key === `${row.key}0`,
      () => [],
    );
    expect((await replayed()).found.compared).not.toHaveProperty('divergence');
    await changed(overview.book, is, () => []);
    expect((await replayed()).found.compared).toMatchObject({
      divergence: { ...divergence, field: '', replayed: { key: row.key } },
    });
  });

  it('names the number that does not come of the rows', async () => {
    const { overview, replayed, later } = await atTheCity();
    await later(60);
    const { tally } = overview.book;
    Object.assign(overview.book, {
      tally: async (of: typeof tiers) =>
        (await tally(of)).map((one) =>
          one.tallied.figures.includes('late') ? { ...one, count: one.count - 1 } : one,
        ),
    });
    expect((await replayed()).found.compared).toMatchObject({
      divergence: { key: expect.stringContaining('"late"') as unknown, field: 'count' },
    });
  });

  it('stands at a past moment, or at a leaf, as it stood then, and is compared with nothing', async () => {
    const { clock, tier, replayed, live, later } = await atTheCity();
    await later(30);
    const atMoment = clock.now().toISOString();
    const [before, last] = [await live(), (await tier.store.readAll(start, 10_000)).at(-1)!];
    clock.advance(1);
    await accepted(tier, 'afterwards');
    await later(60);
    const now = await live();
    expect(now).not.toEqual(before);
    expect((await replayed()).found).toMatchObject({ at: null, overview: now });
    const entry = { seq: 9, position: last.position, hash: last.hash };
    const book = { entries: async () => [entry] };
    const pasts: readonly Past[] = [
      { kind: 'moment', at: atMoment },
      { kind: 'seq', seq: 9 },
    ];
    for (const at of pasts) {
      const { found } = await replayed({ at }, book);
      expect(found).toMatchObject({ at: at.kind === 'seq' ? '9' : atMoment, compared: null });
      expect(found.overview).toEqual(before);
    }
  });

  it('is not held against a row that has come due only now, and is against one long due', async () => {
    const { clock, overview, replayed, later } = await atTheCity();
    await later(0);
    const turns = (await overview.book.due('2027-01-01T00:00:00.000Z', 1)).map(({ stream }) => stream);
    const row = (await overview.book.rowsOf(turns[0]!)).find(
      ({ counted }) => counted.kind === 'limit' && counted.endedAt === undefined,
    )!;
    const soonAt = row.counted.kind === 'limit' ? row.counted.standing?.soonAt : undefined;
    const until = (ahead: number) =>
      clock.advance((Date.parse(soonAt!) + ahead - clock.now().getTime()) / 86_400_000);
    until(10_000);
    expect((await replayed()).found.compared).not.toHaveProperty('divergence');
    until(70_000);
    expect((await replayed()).found.compared).toMatchObject({ divergence: { field: 'figures' } });
  });

  it('takes one case alone, with the cards about it', async () => {
    const { overview, replayed, caseId, later } = await atTheCity();
    await later(60);
    const live = (await overview.book.rows({ tiers }, page)).rows;
    const own = live.filter(({ matter }) => matter === caseId);
    const { found } = await replayed({ case: caseId });
    expect(found.compared).toEqual({ rows: own.length });
    expect(own.some(({ counted }) => counted.kind === 'card')).toBe(true);
    const change = (row: OverviewRow) => [{ ...row, figures: [] }];
    await changed(overview.book, ({ matter, place }) => matter !== caseId && place.tier === county, change);
    expect((await replayed({ case: caseId })).found.compared).toEqual({ rows: own.length });
    await changed(overview.book, ({ matter }) => matter === caseId, change);
    expect((await replayed({ case: caseId })).found.compared).toHaveProperty('divergence');
  });

  it('finds again what tiers below entered in bulk, and not what this one did, where persons decide', async () => {
    const { overview, replayed, later } = await atTheCity(enteredLate);
    await later(0);
    const { rows } = await overview.book.rows({ tiers, figure: 'bulk' }, page);
    expect(new Set(rows.map(({ place }) => place.tier))).toEqual(new Set([city, county]));
    expect((await replayed()).found.compared).not.toHaveProperty('divergence');
    // Of one case alone nothing can be said of it: the others stood beside.
    for (const { matter } of rows)
      expect((await replayed({ case: matter })).found.compared).not.toHaveProperty('divergence');
    const unmade = (row: OverviewRow): readonly OverviewRow[] =>
      row.counted.kind === 'lateEntry'
        ? [{ ...row, counted: { ...row.counted, bulk: !row.counted.bulk } }]
        : [row];
    const entry = (of: typeof city) => (row: OverviewRow) =>
      row.counted.kind === 'lateEntry' && row.place.tier === of;
    await changed(overview.book, entry(city), unmade);
    expect((await replayed()).found.compared).not.toHaveProperty('divergence');
    const row = await changed(overview.book, entry(county), unmade);
    expect((await replayed()).found.compared).toMatchObject({
      divergence: { key: row.key, field: 'counted' },
    });
  });
});
