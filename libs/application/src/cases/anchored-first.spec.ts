import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodeEvent, type EventHash, type StreamName } from '@liandong/kernel';
import {
  city,
  county,
  deliver,
  document,
  foundTier,
  must,
  opened,
  required,
  openingOf,
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from '../../test/sample-network.ts';
import type { LedgerStandings } from '../ports/ledger-standings.ts';
import { anchoredFirst } from './anchored-first.ts';

const patience = 1_000;

/** The ledger of a tier whose quorum the test reaches or not, and the waits for it, which take no time. */
const sampleQuorum = () => {
  const anchored = new Map<EventHash, { readonly size: number; readonly at: string }>();
  let size = 0;
  let waited = 0;
  let meanwhile = async (): Promise<void> => undefined;
  const standings: LedgerStandings = {
    of: async (hashes) =>
      new Map(hashes.map((hash, seq) => [hash, { seq, anchored: anchored.get(hash) }] as const)),
    anchoredSize: async () => size,
  };
  const wait = async (milliseconds: number) => {
    waited += milliseconds;
    await meanwhile();
  };
  return {
    first: anchoredFirst({ standings, wait, patience }),
    waited: () => waited,
    /** What happens while somebody waits. */
    during: (work: () => Promise<void>) => (meanwhile = work),
    anchor: (hashes: readonly EventHash[]) => {
      size += hashes.length;
      for (const hash of hashes) anchored.set(hash, { size, at: '2026-03-02T02:00:00.000Z' });
    },
  };
};

const clerk = staff(city, 'windowClerk', '02');
const lead = staff(city, 'leadCoordinator', '03');
const stage = { type: 'openStage', stage: 'site' } as const;
const override = { ground: 'publicSafety', reasons: '危房须当日处置' } as const;

describe('an act of the lead', () => {
  const clock = testClock();
  let quorum: ReturnType<typeof sampleQuorum>;
  let atCity: SampleTier;
  let caseId: StreamName;
  let accepted: readonly EventHash[];

  const own = async () => (await atCity.store.read(caseId)).map(({ hash }) => hash);
  const by = (who: typeof lead, command: Parameters<typeof atCity.desk.execute>[0]['command'], key: string) =>
    atCity.desk.execute({ ...who, caseId, idempotencyKey: key, command });
  const last = async () => {
    const { bytes } = (await atCity.store.read(caseId)).at(-1)!;
    return decodeEvent(bytes).data as Record<string, unknown> & { readonly _sd?: string[] };
  };

  beforeEach(async () => {
    quorum = sampleQuorum();
    const others = await Promise.all([sampleTier(county, clock), sampleTier(township, clock)]);
    atCity = await sampleTier(city, clock, undefined, quorum.first);
    for (const tier of [atCity, ...others]) await foundTier(tier);
    for (const tier of others) await deliver(tier, atCity);
    caseId = await opened(atCity);
    must(await by(clerk, { type: 'preAccept' }, 'pre-accept'));
    must(await by(clerk, { type: 'accept' }, 'accept'));
    accepted = await own();
  });

  it('waits until its tier’s own events of the case are anchored, and then states nothing', async () => {
    let looks = 0;
    quorum.during(async () => {
      if (++looks === 3) quorum.anchor(accepted);
    });
    must(await by(lead, stage, 'stage'));
    expect([looks, quorum.waited() < patience]).toEqual([3, true]);
    expect(await last()).not.toHaveProperty('beforeAnchoring');
  });

  it('is said at the time it is recorded, not when it began to wait', async () => {
    quorum.during(async () => {
      clock.advance(1);
      quorum.anchor(accepted);
    });
    must(await by(lead, stage, 'stage'));
    const { bytes } = (await atCity.store.read(caseId)).at(-1)!;
    expect(decodeEvent(bytes).time).toBe(clock.now().toISOString());
  });

  it('waits for nothing where everything is anchored', async () => {
    quorum.anchor(accepted);
    must(await by(lead, stage, 'stage'));
    expect(quorum.waited()).toBe(0);
  });

  it('is refused once patience runs out, names what it waited for, and records nothing', async () => {
    quorum.anchor(accepted.slice(0, 1));
    expect(await by(lead, stage, 'stage')).toEqual({
      ok: false,
      refusal: { code: 'not-anchored', events: accepted.slice(1) },
    });
    expect(quorum.waited()).toBeGreaterThanOrEqual(patience);
    expect(quorum.waited()).toBeLessThan(2 * patience);
    expect(await own()).toEqual(accepted);
  });

  it('is refused at once where others have waited in vain, and is done when there is a quorum again', async () => {
    await by(lead, stage, 'stage');
    const waited = quorum.waited();
    expect(await by(lead, stage, 'again')).toMatchObject({ refusal: { code: 'not-anchored' } });
    expect(quorum.waited()).toBe(waited);
    quorum.anchor(accepted.slice(0, 1));
    quorum.during(async () => quorum.anchor(accepted));
    must(await by(lead, stage, 'stage'));
    expect(quorum.waited()).toBeGreaterThan(waited);
  });

  it('is told at once what the rules forbid', async () => {
    expect(await by(lead, { type: 'conclude', result: '0', document: document(3) }, 'early')).toMatchObject({
      refusal: { code: 'stage-not-opened' },
    });
    expect(quorum.waited()).toBe(0);
  });

  it('waits also for what its tier records meanwhile', async () => {
    let more: readonly EventHash[] = [];
    quorum.during(async () => {
      if (more.length === 0) {
        must(await by(clerk, { type: 'supplyMaterial', supplied: extra }, 'more'));
        more = (await own()).slice(accepted.length);
        quorum.anchor(accepted);
      } else quorum.anchor(more);
    });
    must(await by(lead, stage, 'stage'));
    expect(more).toHaveLength(1);
    expect(await own()).toHaveLength(accepted.length + 2);
  });

  it('with an override does not wait; the event states the ground, and the reasons lie apart', async () => {
    must(await by(lead, { ...stage, override }, 'stage'));
    expect(quorum.waited()).toBe(0);
    const data = await last();
    expect(data['beforeAnchoring']).toEqual({ ground: 'publicSafety', reasonsGiven: true });
    expect(JSON.stringify(data)).not.toContain('危房');
    expect(await atCity.store.disclosures(data._sd ?? [])).toMatchObject([
      { name: 'overrideReasons', value: '危房须当日处置' },
    ]);
  });

  it('with an override that nothing needs states none', async () => {
    quorum.anchor(accepted);
    must(await by(lead, { ...stage, override }, 'stage'));
    expect(await last()).toEqual(expect.not.objectContaining({ beforeAnchoring: expect.anything() }));
    expect(await last()).not.toHaveProperty('_sd');
  });

  it('that was recorded is found again under its key while no quorum is there', async () => {
    quorum.anchor(accepted);
    const done = must(await by(lead, stage, 'stage'));
    expect(await by(lead, stage, 'stage')).toEqual({ ok: true, value: { ...done, repeated: true } });
    expect(quorum.waited()).toBe(0);
  });

  it('keeps nobody else waiting: facts are recorded, and what came is filed', async () => {
    must(await by(clerk, { type: 'supplyMaterial', supplied: extra }, 'more'));
    must(await by(lead, { type: 'file' }, 'file'));
    expect(quorum.waited()).toBe(0);
  });

  it('does not wait for what other tiers said: it was anchored when it came', async () => {
    const atCounty = await sampleTier(county, clock);
    await foundTier(atCounty);
    await deliver(atCity, atCounty);
    const countyCase = await opened(atCounty, 'county');
    const countyClerk = staff(county, 'windowClerk', '02');
    for (const type of ['preAccept', 'accept'] as const)
      must(
        await atCounty.desk.execute({
          ...countyClerk,
          caseId: countyCase,
          idempotencyKey: type,
          command: { type },
        }),
      );
    await deliver(atCounty, atCity);
    must(await atCity.desk.execute({ ...lead, caseId: countyCase, idempotencyKey: 'stage', command: stage }));
    expect(quorum.waited()).toBe(0);
  });
});

const extra = openingOf(required).supplied.slice(0, 1);
