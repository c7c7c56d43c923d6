import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { disclosureTable, memoryDisclosures, memoryEventStore } from '@liandong/adapters/memory';
import { decodeCaseFact, decodeDepartmentFact } from '@liandong/contracts';
import { departmentDecider, departmentStream } from '@liandong/domain/directory';
import { digestsWithheld, erasedType } from '@liandong/domain/privacy';
import {
  decodeEvent,
  type Disclosure,
  firstTerm,
  frontierFor,
  sourceOf,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { testSealer } from '@liandong/testing';
import {
  city,
  county,
  deliver,
  document,
  foundTier,
  must,
  opened,
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import { untilStopped } from '../../test/trying.ts';
import { authorEvents } from '../authoring.ts';
import { caseReader } from '../cases/case-reader.ts';
import { ownStreamHandler } from '../own-streams.ts';
import type { Disclosures } from '../ports/disclosures.ts';
import { type ErasureDeed, type ErasureDesk, erasureDesk, eraser, type IdleErasure } from './erase-fields.ts';

type Protected = SampleTier & {
  readonly disclosures: Disclosures;
  readonly erasures: ErasureDesk;
  /** Everything the store holds, as a follower meets it. */
  readonly followed: () => Promise<readonly IdleErasure[]>;
  readonly cases: ReturnType<typeof caseReader>;
};

const clock = testClock();

const protectedTier = async (tier: TierCode): Promise<Protected> => {
  const table = disclosureTable();
  const { seal } = testSealer('approval', sourceOf({ network: 'test.example', tier, epoch: 1 }));
  const store = memoryEventStore({ seal, disclosures: table });
  const sample = await sampleTier(tier, clock, store);
  const disclosures = memoryDisclosures(store, table, sha256);
  const cases = caseReader(store, decodeCaseFact, sha256);
  return {
    ...{ ...sample, disclosures, cases },
    erasures: erasureDesk({
      ...{ store, disclosures, cases, authoring: sample.authoring, retentionYears: 10 },
      decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
    }),
    followed: async () => {
      const idle: IdleErasure[] = [];
      const follower = eraser({ store, disclosures, idle: (erasure) => idle.push(erasure) });
      await follower.handle(await store.readAll(0n as never, 100_000), untilStopped);
      return idle;
    },
  };
};

describe('erasing the personal fields of a case', () => {
  let atCounty: Protected;
  let atCity: Protected;
  let caseId: StreamName;
  let fields: readonly Disclosure[];
  let digests: readonly string[];
  let cases = 0;

  const spread = async () => {
    await deliver(atCity, atCounty);
    await deliver(atCounty, atCity);
  };
  const deed = (change: Partial<ErasureDeed> = {}): ErasureDeed => ({
    ...{ principal: 'protector', authtype: 'user', idempotencyKey: `erase-${cases}` },
    ...{ stream: caseId, digests, ground: 'unlawful' },
    by: { tier: county, roles: ['dataProtection'] },
    ...change,
  });
  const events = async (at: SampleTier) => await at.store.read(caseId);

  beforeAll(async () => {
    [atCounty, atCity] = [await protectedTier(county), await protectedTier(city)];
    const atTownship = await sampleTier(township, clock);
    for (const tier of [atCity, atCounty, atTownship]) await foundTier(tier);
    await deliver(atTownship, atCounty);
    await spread();
  });
  beforeEach(async () => {
    caseId = await opened(atCounty, `open-${++cases}`);
    await spread();
    const [opening] = await events(atCounty);
    digests = digestsWithheld(decodeEvent(opening?.bytes ?? new Uint8Array()).data);
    fields = await atCounty.disclosures.held(digests);
    expect(fields.map(({ name }) => name).sort()).toEqual(['applicantName', 'matter']);
  });

  it('records who erased what on which ground, and the clear text is gone when it answers', async () => {
    const { events: written, repeated } = must(await atCounty.erasures.erase(deed()));
    const [event] = written.map(({ bytes }) => decodeEvent(bytes));
    expect({ repeated, stream: event?.subject, type: event?.type, data: event?.data }).toEqual({
      ...{ repeated: false, stream: caseId, type: erasedType },
      data: { digests, ground: 'unlawful', law: 'PIPL-47.1.4', by: { role: 'dataProtection' } },
    });
    expect(await atCounty.store.disclosures(digests)).toEqual([]);
    expect(await atCounty.disclosures.tombstoned(digests)).toEqual(digests);
  });

  it('changes nothing of the case: its bytes, its digest, its state, and a replay of it', async () => {
    const before = await atCounty.desk.read(caseId);
    const bytes = (await events(atCounty)).map((recorded) => recorded.bytes);
    must(await atCounty.erasures.erase(deed()));
    const after = await atCounty.desk.read(caseId);
    expect(after?.state).toEqual(before?.state);
    expect(after?.state.unread).toBe(0);
    expect(after?.digest).toBe(before?.digest);
    expect((await events(atCounty)).slice(0, -1).map((recorded) => recorded.bytes)).toEqual(bytes);
    await spread();
    expect(await atCity.desk.read(caseId)).toEqual(after);
    const filed = await atCity.desk.execute({
      ...staff(city, 'leadCoordinator', '03'),
      ...{ caseId, idempotencyKey: 'file', command: { type: 'file' } },
    });
    expect(filed.ok).toBe(true);
    await spread();
    const [one, other] = [await atCounty.desk.read(caseId), await atCity.desk.read(caseId)];
    expect(one?.digest).toBe(other?.digest);
    expect(one?.registered).toBe(3);
  });

  it('reaches every tier with the event: what was delivered there goes, and what comes late stays out', async () => {
    const [now, late] = fields;
    if (now === undefined || late === undefined) throw new Error('two fields are withheld');
    await atCity.disclosures.hold([now]);
    must(await atCounty.erasures.erase(deed()));
    await spread();
    expect(await atCity.disclosures.held(digests)).toEqual([now]);
    expect(await atCity.followed()).toEqual([]);
    expect(await atCity.disclosures.held(digests)).toEqual([]);
    expect(await atCity.disclosures.hold([late, now])).toEqual({ tombstoned: [late.digest, now.digest] });
    expect(await atCity.disclosures.held(digests)).toEqual([]);
    expect(await atCity.followed()).toEqual([]);
  });

  it.each([
    ['the same demand again', async () => void must(await atCounty.erasures.erase(deed()))],
    ['the follower', async () => void (await atCounty.followed())],
  ])('is carried out after a crash by %s', async (_, goOn) => {
    const broken: Disclosures = {
      ...atCounty.disclosures,
      erase: () => Promise.reject(new Error('the connection is gone')),
    };
    const desk = erasureDesk({
      ...{ store: atCounty.store, disclosures: broken, cases: atCounty.cases },
      ...{ authoring: atCounty.authoring, retentionYears: 10, decodeDepartment: () => undefined },
    });
    await expect(desk.erase(deed())).rejects.toThrow('the connection is gone');
    expect(await atCounty.disclosures.held(digests)).toHaveLength(2);
    await goOn();
    expect(await atCounty.disclosures.held(digests)).toEqual([]);
    expect(must(await atCounty.erasures.erase(deed()))).toMatchObject({ repeated: true });
    expect(await events(atCounty)).toHaveLength(2);
  });

  it('is told to who asks for the fields, without what they said', async () => {
    const [first] = digests;
    must(await atCounty.erasures.erase(deed({ digests: digests.slice(0, 1) })));
    const [opening] = await events(atCounty);
    const kept = fields.find(({ digest }) => digest !== first);
    const common = { event: opening?.hash, type: 'liandong.case.opened.v1', tier: county };
    expect(await atCounty.erasures.fields(caseId)).toEqual(
      digests.map((digest) =>
        digest === first
          ? { ...common, digest, state: 'erased' }
          : { ...common, digest, state: 'held', name: kept?.name },
      ),
    );
    await spread();
    expect((await atCity.erasures.fields(caseId)).map(({ state }) => state)).toEqual(['erased', 'absent']);
    expect(await atCity.erasures.fields('case-0' as StreamName)).toEqual([]);
  });

  it('waits for the end of the case and of the years its record is kept', async () => {
    const expired = deed({ ground: 'retentionExpired' });
    expect(await atCounty.erasures.erase(expired)).toEqual({
      ok: false,
      refusal: { code: 'retention-running' },
    });
    const clerk = { ...staff(county, 'windowClerk', '02'), caseId };
    for (const command of [
      { type: 'preAccept' },
      { type: 'reject', ground: 'noPermitNeeded', reasons: '无需许可', remedies: ['litigation'] },
    ] as const)
      must(await atCounty.desk.execute({ ...clerk, command, idempotencyKey: `${command.type}-${cases}` }));
    const at = clock.now().toISOString();
    expect(await atCounty.erasures.erase(expired)).toEqual({
      ok: false,
      refusal: { code: 'retention-running', until: `2036${at.slice(4)}` },
    });
    clock.advance(3_660);
    try {
      expect((await atCounty.erasures.erase(expired)).ok).toBe(true);
    } finally {
      clock.advance(-3_660);
    }
  });

  it('is not for another tier: its event has no effect on what it did not write, and is named', async () => {
    expect(
      await atCity.erasures.erase(deed({ by: { tier: city, roles: ['dataProtection'] } })),
    ).toMatchObject({ refusal: { code: 'author-elsewhere', tiers: [county] } });
    // A tier that goes by no rule records it all the same, and copies the digests into an event of its own.
    const book = await atCity.cases.open(caseId);
    const place = { ...frontierFor(book.order(), city, 1), term: firstTerm };
    const forged = must(
      authorEvents(
        { ...atCity.authoring, checkOwnSchema: () => ({ ok: true, value: 'known' }) },
        { principal: 'rogue', authtype: 'user', idempotencyKey: `rogue-${cases}` },
        ...([caseId, place, 'forged'] as const),
        [
          { type: 'liandong.case.inspected.v1', data: { _sd: digests, document: document(1) } },
          {
            type: erasedType,
            data: { digests, ground: 'unlawful', law: 'x', by: { role: 'dataProtection' } },
          },
        ],
      ),
    );
    must(await atCity.store.append(caseId, book.revision(), forged));
    await spread();
    const idle = (await atCounty.followed()).filter(({ event }) => event.stream === caseId);
    expect(idle).toEqual([{ event: expect.objectContaining({ hash: forged[1]?.hash }), digests }]);
    expect(await atCounty.disclosures.held(digests)).toHaveLength(2);
    expect((await atCounty.erasures.erase(deed())).ok).toBe(true);
    expect(await atCounty.disclosures.held(digests)).toEqual([]);
  });

  it('knows no stream that is not there', async () => {
    expect(await atCounty.erasures.erase(deed({ stream: 'case-0' as StreamName }))).toEqual({
      ok: false,
      refusal: { code: 'stream-not-found', stream: 'case-0' },
    });
  });
});

describe('erasing the name of a member of staff', () => {
  it('waits until they have left, and the years after that', async () => {
    const tier = await protectedTier(county);
    await foundTier(tier);
    const { department } = staff(county, 'windowClerk', '02').by;
    const stream = departmentStream(county, department);
    const named = (await tier.erasures.fields(stream)).slice(0, 1);
    expect(named).toMatchObject([{ type: 'liandong.department.staffStationed.v1', name: 'name' }]);
    const erase = (key: string) =>
      tier.erasures.erase({
        ...{ principal: 'protector', authtype: 'user', idempotencyKey: key, stream },
        ...{ digests: named.map(({ digest }) => digest), ground: 'purposeAchieved' },
        by: { tier: county, roles: ['dataProtection'] },
      });
    expect(await erase('stationed')).toEqual({ ok: false, refusal: { code: 'retention-running' } });

    const past = await tier.store.read(stream);
    const person = past
      .map(({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)))
      .find((fact) => fact?.type === 'liandong.department.staffStationed.v1');
    if (person?.type !== 'liandong.department.staffStationed.v1') throw new Error('somebody is stationed');
    const departments = ownStreamHandler(tier.store, tier.authoring, departmentDecider, ({ bytes }) =>
      decodeDepartmentFact(decodeEvent(bytes)),
    );
    const left = {
      ...({ principal: 'manager', authtype: 'user', idempotencyKey: 'left', stream } as const),
      command: { type: 'removeStaff', staff: person.data.staff },
    } as const;
    must(await departments(left));
    expect(await erase('just left')).toMatchObject({ refusal: { until: expect.stringMatching(/^2036-/) } });
    clock.advance(3_660);
    must(await erase('long ago'));
    clock.advance(-3_660);
    expect((await tier.erasures.fields(stream))[0]).toMatchObject({ state: 'erased' });
    must(
      await departments({
        ...left,
        idempotencyKey: 'section',
        command: { type: 'openWindow', window: 'Z99', name: { zh: '窗口', en: 'Window' } },
      }),
    );
  });
});
