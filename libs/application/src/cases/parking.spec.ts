import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryCheckpoints, memoryParking } from '@liandong/adapters/memory';
import type { StreamName } from '@liandong/kernel';
import {
  city,
  county,
  deliver,
  foundTier,
  must,
  opened,
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { trial, untilStopped } from '../../test/trying.ts';
import { follow } from '../followers.ts';
import { redriver } from '../parking/redrive.ts';
import { type EventStore, type Position, start } from '../ports/event-store.ts';
import type { Parking } from '../ports/parking.ts';
import type { CaseDesk, Deed } from './case-desk.ts';
import { coordinator, type CoordinatorDeps, retryCoordinator } from './coordinator.ts';
import { type DeadlineKeeperDeps, keepDeadlines, retryDeadlines } from './deadline-keeper.ts';

const never = () => Promise.reject(new Error('not asked for'));

/** The desk of a tier that fails at one case until it is mended. */
const failingAt = (desk: CaseDesk, poison: StreamName) => {
  const state = { there: true, tries: 0 };
  const fails = <Outcome>(caseId: StreamName | undefined, otherwise: () => Promise<Outcome>) => {
    if (!state.there || caseId !== poison) return otherwise();
    state.tries += 1;
    return Promise.reject(new Error('a rule failed'));
  };
  return {
    tries: () => state.tries,
    mend: () => (state.there = false),
    reading: { ...desk, read: (id: StreamName) => fails(id, () => desk.read(id)) },
    acting: { ...desk, execute: (deed: Deed) => fails(deed.caseId, () => desk.execute(deed)) },
  };
};

const storeAway = (store: EventStore): EventStore => ({
  ...store,
  readAll: () => Promise.reject(new Error('connection lost')),
});

const lastOf = async (store: EventStore, stream?: StreamName): Promise<Position | undefined> =>
  (await store.readAll(start, 1_000_000)).findLast((one) => stream === undefined || one.stream === stream)
    ?.position;

describe('a case that a follower of the tier cannot handle', () => {
  const clock = testClock();
  let atCity: SampleTier;
  let atCounty: SampleTier;
  let parking: Parking;
  let tests = 0;
  let from: Position;

  beforeAll(async () => {
    const tiers = await Promise.all([city, county, township].map((code) => sampleTier(code, clock)));
    for (const tier of tiers) await foundTier(tier);
    [atCity, atCounty] = [tiers[0]!, tiers[1]!];
    for (const other of tiers.slice(1)) await deliver(other, atCity);
    for (const other of [tiers[0]!, tiers[2]!]) await deliver(other, atCounty);
  });
  beforeEach(async () => {
    parking = memoryParking();
    tests += 1;
    from = (await lastOf(atCity.store)) ?? start;
  });

  const parked = async () => (await parking.list({}, { limit: 1_000 })).rows;
  const typesOf = async (caseId: StreamName, { store }: SampleTier = atCity) =>
    (await store.read(caseId)).map(({ type }) => type.split('.')[2]);
  const preAccept = async (caseId: StreamName) =>
    must(
      await atCity.desk.execute({
        ...staff(city, 'windowClerk', '02'),
        ...{ caseId, idempotencyKey: `pre-${caseId}`, command: { type: 'preAccept' } },
      }),
    );
  /** A case that the city leads, with a fact nobody has filed. */
  const withFact = async (name: string) => {
    const caseId = await opened(atCity, `${name}-${tests}`);
    await preAccept(caseId);
    return caseId;
  };

  describe('to file its facts', () => {
    const filing = (desk: CaseDesk, change: Partial<CoordinatorDeps> = {}) => {
      const tried = trial(clock);
      const refused: unknown[] = [];
      const deps: CoordinatorDeps = {
        ...{ tier: city, desk, store: atCity.store, parking, trying: tried.trying },
        refused: (_, refusal) => refused.push(refusal),
        ...change,
      };
      const checkpoints = memoryCheckpoints();
      /** Follows from before this test to what the store holds now. */
      const run = async () => {
        await checkpoints.save('coordinator', from);
        const last = await lastOf(atCity.store);
        if ((await checkpoints.load('coordinator')) === last) return;
        const stop = new AbortController();
        const watched = {
          load: checkpoints.load,
          save: async (follower: string, position: Position) => {
            await checkpoints.save(follower, position);
            if (position === last) stop.abort();
          },
        };
        await follow({ store: atCity.store, checkpoints: watched }, coordinator(deps), stop.signal);
      };
      const redrive = redriver({
        ...{ parking, clock },
        retries: { views: never, coordinator: retryCoordinator(deps), deadlines: never, calendar: never },
      });
      return { run, redrive, tried, refused };
    };

    it.each(['reading', 'acting'] as const)(
      'is parked after some tries while %s fails, and all others are filed',
      async (kind) => {
        const poison = await withFact('poison');
        const others = await Promise.all([1, 2, 3, 4, 5].map((n) => withFact(`other-${n}`)));
        const desk = failingAt(atCity.desk, poison);
        const follower = filing(desk[kind]);
        await follower.run();
        for (const other of others) expect((await typesOf(other)).at(-1)).toBe('filed');
        expect(await typesOf(poison)).toEqual(['opened', 'preAccepted']);
        expect(desk.tries()).toBe(4);
        expect(follower.tried.pauses).toEqual([200, 400, 800]);
        expect(await parked()).toEqual([
          {
            ...{ handler: 'coordinator', stream: poison, reason: 'Error: a rule failed', attempts: 1 },
            through: await lastOf(atCity.store, poison),
            ...{ since: clock.now().toISOString(), triedAt: clock.now().toISOString() },
          },
        ]);
        expect(follower.tried.parked).toMatchObject([{ handler: 'coordinator', stream: poison }]);

        expect(await follower.redrive()).toMatchObject([{ state: 'parked', reason: 'Error: a rule failed' }]);
        expect(await parked()).toMatchObject([{ attempts: 2 }]);
        desk.mend();
        expect(await follower.redrive()).toEqual([
          { handler: 'coordinator', stream: poison, state: 'released' },
        ]);
        expect((await typesOf(poison)).at(-1)).toBe('filed');
        expect(await parked()).toEqual([]);
        expect(follower.refused).toEqual([]);
      },
    );

    it('lets its later events wait, tries nothing by itself, and files them all in the end', async () => {
      const poison = await opened(atCity, `waiting-${tests}`);
      const desk = failingAt(atCity.desk, poison);
      const follower = filing(desk.reading);
      await follower.run();
      const [before] = await parked();
      await preAccept(poison);
      desk.mend();
      await follower.run();
      expect(await typesOf(poison)).toEqual(['opened', 'preAccepted']);
      expect(await parked()).toEqual([{ ...before, through: await lastOf(atCity.store, poison) }]);
      await follower.redrive();
      expect(await typesOf(poison)).toEqual(['opened', 'preAccepted', 'filed']);
    });

    it('misses no event that comes between its handling and its release', async () => {
      const poison = await opened(atCity, `racing-${tests}`);
      const desk = failingAt(atCity.desk, poison);
      await filing(desk.reading).run();
      let reads = 0;
      const racing = filing({
        ...atCity.desk,
        read: async (caseId) => {
          const file = await atCity.desk.read(caseId);
          if (++reads === 1) {
            await preAccept(poison);
            await filing(atCity.desk).run();
          }
          return file;
        },
      });
      expect(await racing.redrive()).toMatchObject([{ state: 'released' }]);
      expect(await typesOf(poison)).toEqual(['opened', 'preAccepted', 'filed']);
    });

    it('is parked once although the process ends before its position is saved', async () => {
      const poison = await withFact('crash');
      const desk = failingAt(atCity.desk, poison);
      const { handle } = coordinator(coordinatorOf(desk.reading));
      const page = await atCity.store.readAll(from, 100);
      await handle(page, untilStopped);
      const [first] = await parked();
      await handle(page, untilStopped);
      expect(await parked()).toEqual([first]);
      expect(desk.tries()).toBe(4);
    });

    it('is not parked when it is the store that is away, and its page comes again', async () => {
      const poison = await withFact('away');
      const follower = filing(failingAt(atCity.desk, poison).reading, { store: storeAway(atCity.store) });
      await expect(follower.run()).rejects.toThrow('connection lost');
      expect(await parked()).toEqual([]);
      await filing(atCity.desk).run();
      expect((await typesOf(poison)).at(-1)).toBe('filed');
    });

    const coordinatorOf = (desk: CaseDesk): CoordinatorDeps => ({
      ...{ tier: city, desk, store: atCity.store, parking },
      ...{ trying: trial(clock).trying, refused: () => undefined },
    });
  });

  describe('to record that its limits have passed', () => {
    /** Looks until there is nothing left to do but wait. */
    const keeping = (desk: CaseDesk, due: readonly StreamName[], store: EventStore = atCounty.store) => {
      const stop = new AbortController();
      const { trying, pauses, parked: told } = trial(clock);
      const asked: number[] = [];
      const deps: DeadlineKeeperDeps = {
        ...{ tier: county, desk, store, parking, interval: 60_000 },
        refused: (caseId, refusal) => {
          throw new Error(`${caseId}: ${refusal.code}`);
        },
        trying: {
          ...trying,
          wait: async (milliseconds, signal) => {
            if (milliseconds === 60_000) stop.abort();
            else await trying.wait(milliseconds, signal);
          },
        },
        casesDue: async (_, limit) => {
          asked.push(limit);
          return due.slice(0, limit);
        },
      };
      const redrive = redriver({
        ...{ parking, clock },
        retries: { views: never, coordinator: never, deadlines: retryDeadlines(deps), calendar: never },
      });
      return { run: () => keepDeadlines(deps, stop.signal), redrive, pauses, told, asked };
    };
    const due = async (count: number) => {
      const cases: StreamName[] = [];
      for (let n = 0; n < count; n++) cases.push(await opened(atCounty, `due-${tests}-${n}`));
      clock.advance(30);
      return cases;
    };
    const deemed = async (caseId: StreamName) =>
      (await atCounty.desk.read(caseId))?.state.matter?.status === 'accepted';

    it('is parked after some tries, and all others are recorded', async () => {
      const [poison, ...others] = await due(6);
      const desk = failingAt(atCounty.desk, poison!);
      const keeper = keeping(desk.acting, [poison!, ...others]);
      await keeper.run();
      for (const other of others) expect(await deemed(other)).toBe(true);
      expect(await deemed(poison!)).toBe(false);
      expect(desk.tries()).toBe(4);
      expect(keeper.pauses).toEqual([200, 400, 800]);
      expect(await parked()).toMatchObject([
        { handler: 'deadlines', stream: poison, reason: 'Error: a rule failed' },
      ]);
      expect(keeper.told).toMatchObject([{ handler: 'deadlines', stream: poison }]);

      desk.mend();
      await keeping(desk.acting, [poison!]).run();
      expect(await deemed(poison!)).toBe(false);
      expect(await keeper.redrive()).toMatchObject([{ state: 'released' }]);
      expect(await deemed(poison!)).toBe(true);
      expect(await parked()).toEqual([]);
    });

    it('does not stand in the way of others, however many like it are parked', async () => {
      const [healthy] = await due(1);
      const reason = { reason: 'a rule failed', at: clock.now().toISOString(), through: start };
      const stuck = Array.from(
        { length: 150 },
        (_, n) => `case-${n.toString(16).padStart(32, '0')}` as StreamName,
      );
      for (const stream of stuck) await parking.park('deadlines', { stream, ...reason });
      const keeper = keeping(atCounty.desk, [...stuck, healthy!]);
      await keeper.run();
      expect(await deemed(healthy!)).toBe(true);
      expect(keeper.asked[0]).toBe(250);
    });

    it('is not parked when it is the store that is away', async () => {
      const [poison] = await due(1);
      const desk = failingAt(atCounty.desk, poison!);
      const keeper = keeping(desk.reading, [poison!], storeAway(atCounty.store));
      await expect(keeper.run()).rejects.toThrow('connection lost');
      expect(await parked()).toEqual([]);
    });
  });
});
