import { describe, expect, it } from '@jest/globals';
import { memoryEventStore } from '@liandong/adapters/memory';
import { constructionItemCode } from '@liandong/adapters/reference';
import type { Dimension, Figure } from '@liandong/domain/supervision';
import { canonicalJson, type CommitSeal, decodeEvent, sourceOf, type StreamName } from '@liandong/kernel';
import { testSealer } from '@liandong/testing';
import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { overviewedTier } from '../../test/overviewed-tier.ts';
import {
  city,
  county,
  deliver,
  document,
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
import { type EventStore, type OverviewBook, type OverviewLine, type Recorded, start } from '../index.ts';

const page = { limit: 1_000 };

/** A city and a county below it; each knows all three tiers. */
const network = async () => {
  const clock = testClock();
  const tiers = await Promise.all([city, county, township].map((each) => sampleTier(each, clock)));
  for (const each of tiers) await foundTier(each);
  const [above, tier, below] = tiers as [SampleTier, SampleTier, SampleTier];
  for (const from of [above, below]) await deliver(from, tier);
  await deliver(tier, above);
  return { clock, above, tier };
};

const give = async (tier: SampleTier, caseId: StreamName, type: 'preAccept' | 'accept') =>
  must(
    await tier.desk.execute({
      ...staff(tier.tier, 'windowClerk', '02'),
      ...{ idempotencyKey: `${type} ${caseId}`, caseId, command: { type } },
    }),
  );

/** At the city: a case accepted there, and all that supervision needs. */
const atTheCity = async () => {
  const { clock, above: tier } = await network();
  const supervised = supervisedTier(tier);
  await supervised.publish(2026);
  await supervised.adopt();
  const caseId = await opened(tier);
  const other = await opened(tier, 'open-2');
  for (const type of ['preAccept', 'accept'] as const) await give(tier, caseId, type);
  return { clock, tier, supervised, caseId, other };
};

const lineOf = (lines: readonly OverviewLine[], part: Partial<OverviewLine>) =>
  lines.find((line) =>
    Object.entries(part).every(([name, value]) => line[name as keyof OverviewLine] === value),
  );

/** Everything a book holds, as text. */
const contentOf = async (book: OverviewBook): Promise<string> => {
  const tiers = [city, county, township];
  const { rows } = await book.rows({ tiers }, { limit: 10_000 });
  const tally = (await book.tally(tiers)).map((one) => canonicalJson(one)).toSorted();
  return canonicalJson({ rows: rows.map((row) => canonicalJson(row)), tally });
};

const lead = staff(city, 'leadCoordinator', '03').by.department;
const intake = staff(city, 'windowClerk', '02').by;

describe('the overview of a tier', () => {
  it('counts each limit where it runs, and moves it by its due time alone', async () => {
    const { clock, tier, caseId, other } = await atTheCity();
    const overview = overviewedTier(tier);
    await overview.catchUp();
    const cityLine = async () => {
      const { rows } = await overview.desk.lines(city, 'tier', {}, page);
      return lineOf(rows, { tier: city })?.figures.counts;
    };
    // The decision on one, the notice on the other.
    expect(await cityLine()).toMatchObject({ open: 2, dueSoon: 0, late: 0, ended: 1 });
    const before = await overview.book.due('2027-01-01T00:00:00.000Z', 100);
    expect(before.map(({ stream }) => stream)).toEqual([other, caseId]);
    clock.advance(100);
    expect(await cityLine()).toMatchObject({ open: 2, dueSoon: 0, late: 2, overStatutory: 2, unjudged: 0 });
    expect(await overview.book.due('2027-01-01T00:00:00.000Z', 100)).toEqual([]);
  });

  it('touches nothing that is not due when time goes on', async () => {
    const { clock, tier } = await atTheCity();
    const overview = overviewedTier(tier);
    await overview.catchUp();
    const put: StreamName[] = [];
    const read: StreamName[] = [];
    const book: OverviewBook = {
      ...overview.book,
      put: (stream, ...rest) => {
        put.push(stream);
        return overview.book.put(stream, ...rest);
      },
    };
    const store: EventStore = {
      ...tier.store,
      read: (stream, after) => {
        read.push(stream);
        return tier.store.read(stream, after);
      },
    };
    const watched = overviewedTier(tier, { book, store });
    await watched.keeper.catchUp();
    expect([put, read]).toEqual([[], []]);
    clock.advance(7);
    await watched.keeper.catchUp();
    expect(put.length).toBeGreaterThan(0);
    // One more day reads no event again.
    expect(read).toEqual([]);
  });

  it('says by department, window, member of staff and item whose it is', async () => {
    const { tier } = await atTheCity();
    const overview = overviewedTier(tier);
    await overview.catchUp();
    const lines = async (by: Dimension) => (await overview.desk.lines(city, by, {}, page)).rows;
    expect(lineOf(await lines('department'), { department: lead })?.figures.counts.open).toBe(1);
    const window = lineOf(await lines('window'), { window: intake.window! });
    expect(window).toMatchObject({
      department: intake.department,
      figures: { counts: { open: 1, ended: 1 } },
    });
    const clerk = staff(city, 'windowClerk', '02').principal;
    expect(lineOf(await lines('staff'), { staff: clerk })?.figures.counts).toMatchObject({
      open: 1,
      ended: 1,
    });
    expect(lineOf(await lines('item'), { item: constructionItemCode })?.figures.counts.open).toBe(2);
  });

  it('counts cards as they are issued and withdrawn, beside days and limits', async () => {
    const { clock, tier, supervised } = await atTheCity();
    const overview = overviewedTier(tier);
    await supervised.catchUp();
    clock.advance(60);
    await supervised.look();
    await supervised.catchUp();
    await overview.catchUp();
    const ofLead = async () => {
      const { rows } = await overview.desk.lines(city, 'department', { department: lead }, page);
      return rows[0]?.figures.cards.map(({ colour, counts }) => [
        colour,
        counts.issued,
        counts.standing,
        counts.withdrawn,
      ]);
    };
    expect(await ofLead()).toEqual([
      ['warning', 1, 1, 0],
      ['yellow', 1, 1, 0],
    ]);
    const { rows } = await supervised.book.cards({ colour: 'yellow' }, page);
    const [card] = rows;
    const person = (idempotencyKey: string) =>
      ({ principal: 'p', authtype: 'user', idempotencyKey }) as const;
    const by = { ...card!.state.judgement.accountable.unit, role: 'unit' } as const;
    const reasons = { document: document(1), reasons: '测绘延期' };
    must(
      await supervised.desk.give(person('a'), card!.card, {
        ...{ type: 'appealCard', by, ground: 'applicantDelay', ...reasons },
      }),
    );
    must(
      await supervised.desk.give(person('b'), card!.card, {
        ...{ type: 'acceptAppeal', by: { tier: city, role: 'supervisor' }, ...reasons },
      }),
    );
    await overview.catchUp();
    expect(await ofLead()).toEqual([
      ['warning', 1, 1, 0],
      ['yellow', 1, 0, 1],
    ]);
  });

  it('has a thing behind every figure, down to its event', async () => {
    const { clock, tier, supervised } = await atTheCity();
    await supervised.catchUp();
    clock.advance(60);
    await supervised.look();
    const overview = overviewedTier(tier);
    await overview.catchUp();
    for (const by of ['tier', 'department', 'window', 'staff', 'item'] as const)
      for (const { figures, ...line } of (await overview.desk.lines(city, by, {}, page)).rows) {
        const { name: _, uniformity: __, coverage: ___, tier: under = city, ...selected } = line;
        // What no window is known of has no line of its own to go down from.
        if (!(by in line)) continue;
        for (const [figure, count] of Object.entries(figures.counts)) {
          const { rows } = await overview.desk.rows(under, { ...selected, figure: figure as Figure }, page);
          const own = rows.filter(({ place }) => by !== 'tier' || place.tier === under);
          expect([by, line, figure, own.length]).toEqual([by, line, figure, count]);
          for (const { stream, event } of own)
            expect((await overview.desk.events(stream, page)).rows.map(({ hash }) => hash)).toContain(event);
        }
      }
  });

  it('publishes uniformity and coverage beside the figures, also of those who have nothing to do', async () => {
    const { tier } = await atTheCity();
    const overview = overviewedTier(tier);
    await overview.catchUp();
    const { rows } = await overview.desk.lines(city, 'tier', {}, page);
    expect(rows.map((line) => line.tier)).toEqual([city, county, township]);
    expect(lineOf(rows, { tier: county })).toMatchObject({
      uniformity: { compared: 1, uniform: 1 },
      coverage: { items: { done: 1, of: 1 } },
      figures: { counts: { open: 0 } },
    });
    const items = await overview.desk.lines(city, 'item', {}, page);
    expect(lineOf(items.rows, { item: constructionItemCode })).toMatchObject({
      uniformity: { compared: 2, uniform: 2 },
    });
  });

  it('never counts the work of a superior, nor answers for one', async () => {
    const { tier, above } = await network();
    const caseId = await opened(above);
    for (const type of ['preAccept', 'accept'] as const) await give(above, caseId, type);
    await deliver(above, tier);
    const overview = overviewedTier(tier);
    await overview.catchUp();
    expect(await tier.store.read(caseId)).not.toEqual([]);
    expect(await overview.book.rows({ tiers: [city] }, page)).toEqual({ rows: [] });
    expect((await overview.desk.lines(county, 'tier', {}, page)).rows.map((line) => line.tier)).toEqual([
      county,
      township,
    ]);
    expect(overview.desk.covers(city)).toBe(false);
    expect(overview.desk.covers(township)).toBe(true);
  });

  it('counts without rules or calendar what it cannot judge, and makes up for it when they come', async () => {
    const { above: tier } = await network();
    const caseId = await opened(tier);
    for (const type of ['preAccept', 'accept'] as const) await give(tier, caseId, type);
    const overview = overviewedTier(tier);
    const counts = async () =>
      lineOf((await overview.desk.lines(city, 'tier', {}, page)).rows, { tier: city })?.figures.counts;
    await overview.catchUp();
    expect(await counts()).toMatchObject({ open: 1, unjudged: 2 });
    const supervised = supervisedTier(tier);
    await supervised.publish(2026);
    await supervised.adopt();
    await overview.catchUp();
    expect(await counts()).toMatchObject({ open: 1, ended: 1, unjudged: 0 });
  });

  it('finds what was entered in bulk across cases at one window, and forgets it with its proof', async () => {
    const { tier, caseId, other } = await atTheCity();
    /** As if everything had been entered 30 hours late, within a minute. */
    const late = (delay: number): EventStore => ({
      ...tier.store,
      read: async (stream, after) =>
        (await tier.store.read(stream, after)).map((one) => enteredLater(one, delay)),
    });
    const overview = overviewedTier(tier, { store: late(30 * 3_600_000) });
    await overview.catchUp();
    const { rows } = await overview.desk.lines(city, 'window', {}, page);
    expect(lineOf(rows, { window: intake.window! })?.figures.counts).toMatchObject({ backDated: 4, bulk: 4 });
    const behind = await overview.desk.rows(city, { figure: 'bulk', window: intake.window! }, page);
    expect(new Set(behind.rows.map(({ stream }) => stream))).toEqual(new Set([caseId, other]));
    const inTime = overviewedTier(tier, { book: overview.book });
    await inTime.catchUp();
    expect((await inTime.desk.rows(city, { figure: 'backDated' }, page)).rows).toEqual([]);
  });

  it('takes the bulk of others back when the fact that made it one is no longer late', async () => {
    const { tier, caseId, other } = await atTheCity();
    const whole = await tier.store.read(caseId);
    const lateIn = new Set([caseId, other]);
    const store: EventStore = {
      ...tier.store,
      read: async (stream, after) =>
        (await tier.store.read(stream, after)).map((one) =>
          lateIn.has(stream) ? enteredLater(one, 30 * 3_600_000) : one,
        ),
    };
    const book = overviewedTier(tier, { store }).book;
    const once = overviewedTier(tier, { store, book });
    await once.catchUp();
    lateIn.delete(caseId);
    const again = overviewedTier(tier, { store, book });
    await again.keeper.follower.handle(whole, new AbortController().signal);
    const left = (await again.desk.rows(city, { figure: 'backDated' }, page)).rows;
    expect(left.map(({ stream, figures }) => [stream, figures])).toEqual([[other, ['backDated']]]);
  });

  it('comes to the same, byte for byte, in whatever order the streams arrive, kept or counted anew', async () => {
    const { clock, tier, supervised } = await atTheCity();
    await supervised.catchUp();
    clock.advance(60);
    await supervised.look();
    const kept = overviewedTier(tier);
    await kept.catchUp();
    await kept.keeper.catchUp();
    const expected = await contentOf(kept.book);
    const all = await tier.store.readAll(start, 10_000);
    const founding = all.filter(({ stream }) => !/^(?:case|card|calendar)-/.test(stream));
    const streams = [...new Set(all.map(({ stream }) => stream))].filter(
      (stream) => !founding.some((one) => one.stream === stream),
    );
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(streams, { minLength: streams.length }), async (order) => {
        const { store, arrive } = arriving(tier);
        const anew = overviewedTier({ ...tier, store });
        for (const one of founding) await arrive(one);
        // Each is counted as it arrives, when those after it are not there yet.
        for (const stream of order)
          for (const one of all.filter((each) => each.stream === stream)) {
            await arrive(one);
            await anew.catchUp();
          }
        await anew.keeper.catchUp();
        expect(await contentOf(anew.book)).toBe(expected);
      }),
      { numRuns: 8 },
    );
  });

  it('tells who watches what the numbers are, and again once they have changed, not more often', async () => {
    const { clock, tier, caseId } = await atTheCity();
    const overview = overviewedTier(tier);
    const stop = new AbortController();
    const watched = overview.desk.watch(city, 'tier', {}, page, stop.signal);
    const openNow = async () => {
      const { value } = await watched.next();
      return value && lineOf(value.rows, { tier: city })?.figures.counts;
    };
    expect(await openNow()).toMatchObject({ open: 0 });
    const next = openNow();
    const events = (await tier.store.readAll(start, 10_000)).filter(({ stream }) => stream === caseId);
    for (let n = 0; n < 3; n++) await overview.keeper.follower.handle(events, stop.signal);
    expect(await next).toMatchObject({ open: 1, late: 0 });
    const later = openNow();
    // Counted again, and nothing is different.
    await overview.keeper.follower.handle(events, stop.signal);
    await overview.desk.lines(city, 'tier', {}, page);
    clock.advance(100);
    await overview.keeper.catchUp();
    const { rows } = await overview.desk.lines(city, 'tier', {}, page);
    expect(lineOf(rows, { tier: city })?.figures.counts).toMatchObject({ open: 1, late: 1 });
    expect(await later).toMatchObject({ open: 1, late: 1 });
    const last = watched.next();
    stop.abort();
    expect(await last).toMatchObject({ done: true });
  });

  it('tells who watches when a legal day ends too, for what is published hangs on the date', async () => {
    const { clock, tier } = await atTheCity();
    const stop = new AbortController();
    const [begun, told]: [string, string[]] = [clock.now().toISOString(), []];
    const listen = (): void =>
      void overview.keeper.changed(stop.signal).then(() => {
        if (stop.signal.aborted) return;
        told.push(clock.now().toISOString());
        listen();
      });
    const hours = ['15:59:59.999Z', '16:00:00.000Z', '23:00:00.000Z'].values();
    const wait = async () => {
      // What was told is heard before time goes on.
      await setImmediate();
      const { value: hour } = hours.next();
      if (hour === undefined) stop.abort();
      else clock.advance((Date.parse(`2026-03-02T${hour}`) - clock.now().getTime()) / 86_400_000);
    };
    const overview = overviewedTier(tier, { wait });
    await overview.catchUp();
    listen();
    await overview.keeper.watch(stop.signal);
    expect(told).toEqual([begun, '2026-03-02T16:00:00.000Z']);
  });

  it('lists the events of a matter page by page, and nothing of what they are about', async () => {
    const { tier, caseId } = await atTheCity();
    const { desk } = overviewedTier(tier);
    const whole = (await desk.events(caseId, page)).rows;
    const first = await desk.events(caseId, { limit: 2 });
    const rest = await desk.events(caseId, { limit: 99, after: first.next ?? '' });
    expect([...first.rows, ...rest.rows]).toEqual(whole);
    expect(Object.keys(whole[0] ?? {}).toSorted()).toEqual([
      ...['hash', 'id', 'recordedAt', 'source', 'time', 'type'],
    ]);
    expect(await desk.events(caseId, { limit: 9, after: 'nobody gave this out' })).toEqual({ rows: [] });
    expect(await desk.events(`case-${'0'.repeat(32)}` as StreamName, page)).toEqual({ rows: [] });
  });
});

const enteredLater = (one: Recorded, delay: number): Recorded => {
  const envelope = decodeEvent(one.bytes);
  const recordedtime = new Date(Date.parse(envelope.time) + delay).toISOString();
  return { ...one, bytes: Buffer.from(canonicalJson({ ...envelope, recordedtime })) };
};

/** A store of the same tier to which the events come once more. */
const arriving = ({ store: from, authoring }: SampleTier) => {
  const store = memoryEventStore({ seal: testSealer('approval', sourceOf(authoring.author)).seal });
  const arrive = async (one: Recorded): Promise<void> => {
    const { stream, bytes, hash } = one;
    const [seal] = (await from.seals([one])) as [CommitSeal];
    const seen = (await store.read(stream)).length;
    must(await store.append(stream, seen, [{ envelope: decodeEvent(bytes), bytes, hash, seal }]));
  };
  return { store, arrive };
};
