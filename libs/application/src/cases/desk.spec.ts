import { beforeAll, describe, expect, it } from '@jest/globals';
import { memoryParking } from '@liandong/adapters/memory';
import { decodeEvent } from '@liandong/kernel';
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
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { trial, untilStopped } from '../../test/trying.ts';
import type { AppendRefusal, EventStore, NewEvent, Recorded } from '../ports/event-store.ts';
import type { Result } from '@liandong/kernel';
import { coordinator, type CoordinatorDeps } from './coordinator.ts';
import { recordPassed } from './deadline-keeper.ts';

const clerk = staff(county, 'windowClerk', '02');
const lead = staff(city, 'leadCoordinator', '03');

describe('the desk of a tier', () => {
  const clock = testClock();
  let atCity: SampleTier;
  let atCounty: SampleTier;
  let atTownship: SampleTier;
  const filesAt = ({ tier, desk, store }: SampleTier, refused: CoordinatorDeps['refused']) => {
    const { trying } = trial(clock);
    return coordinator({ tier, desk, store, refused, trying, parking: memoryParking() });
  };
  const spread = async () => {
    for (const [from, to] of [
      [atCity, atCounty],
      [atTownship, atCounty],
      [atCounty, atTownship],
      [atCounty, atCity],
    ] as const)
      await deliver(from, to);
  };

  beforeAll(async () => {
    [atCity, atCounty, atTownship] = await Promise.all([
      sampleTier(city, clock),
      sampleTier(county, clock),
      sampleTier(township, clock),
    ]);
    for (const tier of [atCity, atCounty, atTownship]) await foundTier(tier);
    await spread();
    await spread();
  });

  it('opens a case from the item in force: route, lead and limits are not the counter’s to say', async () => {
    const caseId = await opened(atCounty, 'resolved');
    const { matter } = must({ ok: true, value: await atCounty.desk.read(caseId) })?.state ?? {};
    expect(matter?.opening).toMatchObject({
      kind: 'joint',
      lead: { tier: city },
      intake: { tier: county, window: 'A02' },
      item: { version: '3' },
      limits: { statutoryDays: 45, promisedDays: 30, noticeDays: 5 },
    });
    expect(matter?.audience).toEqual([city, county, township]);
    expect(matter?.opening.superiors).toEqual({ [city]: [], [county]: [city], [township]: [county, city] });
  });

  it('keeps what is personal out of the bytes, as digests whose clear text lies apart', async () => {
    const caseId = await opened(atCounty, 'personal');
    const [opening] = await atCounty.store.read(caseId);
    const text = Buffer.from(opening?.bytes ?? []).toString();
    expect(text).not.toContain('桂阳某某');
    const { _sd } = decodeEvent(opening?.bytes ?? new Uint8Array()).data as { _sd: string[] };
    const disclosed = await atCounty.store.disclosures(_sd);
    expect(disclosed.map(({ name }) => name).sort()).toEqual(['applicantName', 'matter']);
  });

  it('does not know an item that nobody published, nor a door the item has not', async () => {
    const asked = { ...openingOf(required), item: '431001999999' };
    expect(await atCounty.desk.execute({ ...clerk, idempotencyKey: 'no-item', command: asked })).toEqual({
      ok: false,
      refusal: { code: 'item-not-found', item: '431001999999' },
    });
    const elsewhere = { ...staff(county, 'windowClerk', '06'), idempotencyKey: 'no-door' };
    expect(await atCounty.desk.execute({ ...elsewhere, command: openingOf(required) })).toMatchObject({
      refusal: { code: 'intake-not-provided' },
    });
    const foreign = { ...openingOf(required), township: '430102001' as typeof township };
    expect(
      await atCounty.desk.execute({ ...clerk, idempotencyKey: 'outside', command: foreign }),
    ).toMatchObject({
      refusal: { code: 'location-outside', field: 'township' },
    });
  });

  it('finds its own events again when a command is repeated under its key', async () => {
    const command = openingOf(required);
    const first = must(await atCounty.desk.execute({ ...clerk, idempotencyKey: 'twice', command }));
    clock.advance(1);
    const again = must(await atCounty.desk.execute({ ...clerk, idempotencyKey: 'twice', command }));
    expect(again).toEqual({ ...first, repeated: true });
    expect(await atCounty.store.read(first.caseId)).toHaveLength(1);
  });

  it('refuses another command under a key that was used', async () => {
    const caseId = await opened(atCounty, 'used');
    const reused = { ...clerk, idempotencyKey: 'used', command: { ...openingOf(required), pilot: true } };
    expect(await atCounty.desk.execute(reused)).toMatchObject({
      refusal: { code: 'idempotency-key-reused' },
    });
    expect(await atCounty.store.read(caseId)).toHaveLength(1);
  });

  it('asks the store nothing about a case it knows, and everything once it is not as it was known', async () => {
    const caseId = await opened(atCounty, 'known');
    const { read, find } = atCounty.store;
    let asked = 0;
    const counted =
      <Asked extends readonly unknown[], Answer>(ask: (...of: Asked) => Answer) =>
      (...of: Asked): Answer => {
        asked += 1;
        return ask(...of);
      };
    Object.assign(atCounty.store, { read: counted(read), find: counted(find) });
    const act = (idempotencyKey: string, type: 'preAccept' | 'accept') =>
      atCounty.desk.execute({ ...clerk, caseId, idempotencyKey, command: { type } });
    try {
      expect(must(await act('first', 'preAccept'))).toMatchObject({ revision: 2, repeated: false });
      expect(must(await act('second', 'accept'))).toMatchObject({ revision: 3, repeated: false });
      expect(asked).toBe(0);
      clock.advance(1);
      expect(must(await act('first', 'preAccept'))).toMatchObject({ repeated: true });
      expect(await act('third', 'accept')).toMatchObject({ refusal: { code: 'wrong-status' } });
      expect(asked).toBeGreaterThan(0);
    } finally {
      Object.assign(atCounty.store, { read, find });
    }
    expect(await read(caseId)).toHaveLength(3);
  });

  it('records a command once when it is sent twice at the same time', async () => {
    const caseId = await opened(atCounty, 'racing');
    const deed = { ...clerk, caseId, idempotencyKey: 'accept', command: { type: 'preAccept' } } as const;
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => atCounty.desk.execute(deed)));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true, true, true]);
    expect(await atCounty.store.read(caseId)).toHaveLength(2);
  });

  it('decides again on the new state when another was first, and then refuses by the rule', async () => {
    const caseId = await opened(atCounty, 'two-clerks');
    const accept = (principal: string) =>
      atCounty.desk.execute({
        ...clerk,
        principal,
        caseId,
        idempotencyKey: principal,
        command: { type: 'preAccept' },
      });
    const outcomes = await Promise.all([accept('one'), accept('other')]);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    expect(outcomes.find(({ ok }) => !ok)).toMatchObject({ refusal: { code: 'wrong-status' } });
    expect(await atCounty.store.read(caseId)).toHaveLength(2);
  });

  it('comes to the same state and digest at every tier that holds the same events', async () => {
    const caseId = await opened(atCounty, 'joint');
    must(
      await atCounty.desk.execute({ ...clerk, caseId, idempotencyKey: 'j1', command: { type: 'preAccept' } }),
    );
    must(
      await atCounty.desk.execute({ ...clerk, caseId, idempotencyKey: 'j2', command: { type: 'accept' } }),
    );
    await spread();
    const stage = { type: 'openStage', stage: 'site' } as const;
    must(await atCity.desk.execute({ ...lead, caseId, idempotencyKey: 'j3', command: stage }));
    await spread();
    await spread();
    must(
      await atTownship.desk.execute({
        ...staff(township, 'reviewer', '01'),
        caseId,
        idempotencyKey: 'j4',
        command: { type: 'giveOpinion', step: 'residents', result: 'agree', document: document(9) },
      }),
    );
    await spread();
    await spread();
    const refusals: unknown[] = [];
    await filesAt(atCity, (_, refusal) => refusals.push(refusal)).handle(
      await atCity.store.read(caseId),
      untilStopped,
    );
    expect(refusals).toEqual([]);
    await spread();
    await spread();

    const files = await Promise.all([atCity, atCounty, atTownship].map(({ desk }) => desk.read(caseId)));
    const [first] = files;
    expect(first?.events.map(({ envelope: { type } }) => type.split('.')[2])).toEqual([
      'opened',
      'preAccepted',
      'accepted',
      'stageOpened',
      'opinionGiven',
      'filed',
    ]);
    expect(first?.registered).toBe(6);
    for (const file of files) {
      expect(file?.digest).toBe(first?.digest);
      expect(file?.state).toEqual(first?.state);
    }
  });

  it('files nothing twice, and nothing when nothing waits', async () => {
    const caseId = await opened(atCity, 'filed');
    const files = filesAt(atCity, () => undefined);
    await files.handle(await atCity.store.read(caseId), untilStopped);
    expect(await atCity.store.read(caseId)).toHaveLength(1);
    const cityClerk = staff(city, 'windowClerk', '02');
    must(
      await atCity.desk.execute({
        ...cityClerk,
        caseId,
        idempotencyKey: 'f1',
        command: { type: 'preAccept' },
      }),
    );
    await files.handle(await atCity.store.read(caseId), untilStopped);
    await files.handle(await atCity.store.read(caseId), untilStopped);
    expect((await atCity.store.read(caseId)).map(({ type }) => type.split('.')[2])).toEqual([
      'opened',
      'preAccepted',
      'filed',
    ]);
  });

  it('replays a case as it stood at a moment', async () => {
    const caseId = await opened(atCounty, 'replayed');
    const moment = clock.now().toISOString();
    clock.advance(1);
    must(
      await atCounty.desk.execute({ ...clerk, caseId, idempotencyKey: 'r1', command: { type: 'preAccept' } }),
    );
    expect((await atCounty.desk.replay(caseId, moment))?.state.matter?.status).toBe('draft');
    expect((await atCounty.desk.read(caseId))?.state.matter?.status).toBe('preAccepted');
    expect(await atCounty.desk.replay(caseId, '2020-01-01T00:00:00.000Z')).toBeUndefined();
  });

  it('records acceptance by silence once the notice period has passed, and not before', async () => {
    const caseId = await opened(atCounty, 'silence');
    const refused: unknown[] = [];
    const keeper = {
      tier: county,
      desk: atCounty.desk,
      refused: (_: unknown, why: unknown) => refused.push(why),
    };
    expect(await recordPassed(keeper, caseId, clock.now().toISOString())).toBe(0);
    clock.advance(30);
    expect(await recordPassed(keeper, caseId, clock.now().toISOString())).toBe(1);
    expect((await atCounty.desk.read(caseId))?.state.matter).toMatchObject({ status: 'accepted' });
    expect(await recordPassed(keeper, caseId, clock.now().toISOString())).toBe(0);
    expect(refused).toEqual([]);
  });
});

describe('a store that fails under the desk', () => {
  /** Loses the answer to the first append: before it was written, or after. */
  const failing = (store: EventStore, persisted: boolean): EventStore => {
    let failed = false;
    return {
      ...store,
      append: async (
        stream,
        seen,
        events: readonly NewEvent[],
      ): Promise<Result<readonly Recorded[], AppendRefusal>> => {
        if (failed || !stream.startsWith('case-')) return store.append(stream, seen, events);
        failed = true;
        if (persisted) await store.append(stream, seen, events);
        throw new Error('connection lost');
      },
    };
  };

  it.each([
    ['before it wrote', false],
    ['after it wrote', true],
  ])('%s is asked again under the same key and ends with one copy', async (_, persisted) => {
    const [healthy, ...others] = await Promise.all([city, county, township].map((code) => sampleTier(code)));
    if (healthy === undefined) throw new Error('no city');
    for (const each of [healthy, ...others]) await foundTier(each);
    for (const other of others) await deliver(other, healthy);
    const tier = await sampleTier(city, testClock(), failing(healthy.store, persisted));
    const deed = {
      ...staff(city, 'windowClerk', '02'),
      idempotencyKey: 'again',
      command: openingOf(required),
    };
    await expect(tier.desk.execute(deed)).rejects.toThrow('connection lost');
    const done = must(await tier.desk.execute(deed));
    expect(done.repeated).toBe(persisted);
    expect(await tier.store.read(done.caseId)).toHaveLength(1);
  });
});
