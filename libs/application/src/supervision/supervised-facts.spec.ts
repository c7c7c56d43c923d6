import { beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { publishedYears } from '@liandong/adapters/reference';
import { workingTime } from '@liandong/domain/calendar';
import { type CaseFact, type CaseFactName, caseFactType } from '@liandong/domain/case';
import {
  agendaUnder,
  hunan2018,
  judge,
  packPin,
  superviseAll,
  type Supervised,
  type Terms,
} from '@liandong/domain/supervision';
import type { EventHash, StreamName } from '@liandong/kernel';
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
import type { CaseFile } from '../cases/case-file.ts';
import { supervisedFacts, type Telling } from './supervised-facts.ts';

const telling: Telling = { daysUntil: () => 4, chargeable: () => undefined };
const terms: Terms = {
  time: workingTime(publishedYears(2025, 2026)),
  calendar: `431000@1#${'0'.repeat(64)}`,
  adopted: [
    { pack: hunan2018, pin: packPin(sha256, hunan2018), convention: 'started', effectiveFrom: '2018-01-01' },
  ],
  nextOpening: (_, instant) => ({ ok: true, value: instant }),
};

/** Opened and accepted at the county, led by the city, with a first stage of three tiers. */
describe('a case as supervision is told of it', () => {
  const clock = testClock();
  let tiers: readonly SampleTier[];
  let caseId: StreamName;
  let file: CaseFile;
  const spread = async () => {
    for (const from of tiers) for (const to of tiers) if (from !== to) await deliver(from, to);
  };
  const supervised = (): Supervised => superviseAll(supervisedFacts(file, telling));

  beforeAll(async () => {
    const [atCity, atCounty, atTownship] = (await Promise.all(
      [city, county, township].map((tier) => sampleTier(tier, clock)),
    )) as [SampleTier, SampleTier, SampleTier];
    tiers = [atCity, atCounty, atTownship];
    for (const tier of tiers) await foundTier(tier);
    await spread();
    const clerk = staff(county, 'windowClerk', '02');
    const lead = staff(city, 'leadCoordinator', '03');
    let keys = 0;
    const act = async (tier: SampleTier, person: ReturnType<typeof staff>, command: object) => {
      must(await tier.desk.execute({ ...person, caseId, idempotencyKey: `k${keys++}`, command } as never));
      await spread();
      await spread();
    };
    caseId = await opened(atCounty);
    await act(atCounty, clerk, { type: 'preAccept' });
    clock.advance(1);
    await act(atCounty, clerk, { type: 'accept' });
    await act(atCity, lead, { type: 'openStage', stage: 'site' });
    await act(atTownship, staff(township, 'reviewer', '01'), {
      type: 'giveOpinion',
      step: 'residents',
      result: 'agree',
      document: document(9),
    });
    file = (await atCity.desk.read(caseId)) as CaseFile;
  });

  it('has the clocks that its facts start, each with the unit that is to act', () => {
    const running = supervised().clocks.filter(({ stopped }) => stopped === undefined);
    const [whole] = running;
    expect(whole).toMatchObject({
      kind: 'case',
      unit: { tier: city },
      days: { promised: 30, statutory: 45 },
    });
    expect(whole?.from).toBe('2026-03-03T02:00:00.000Z');
    expect(running.map(({ kind }) => kind).toSorted()).not.toContain('correctionNotice');
    expect(running.some(({ kind, step }) => kind === 'step' && step === 'residents')).toBe(false);
    const answered = supervised().clocks.find(({ step }) => step === 'residents');
    expect(answered).toMatchObject({ unit: { tier: township }, stopped: { at: '2026-03-03T02:00:00.000Z' } });
  });

  it('names who acted last for each unit, by the pseudonym of the case', () => {
    const { handlers } = supervised();
    const last = file.events.findLast(({ envelope }) => envelope.type.endsWith('opinionGiven.v1'))?.envelope;
    const key = Object.keys(handlers).find((unit) => unit.startsWith(`${township}/`));
    expect(handlers[key ?? '']).toBe(last?.authid);
  });

  it('draws its cards on the days that the published calendar says', () => {
    const state = supervised();
    const judging = {
      matter: caseId,
      frontier: [],
      calendar: terms.calendar,
      at: '2026-06-30T00:00:00.000Z',
    };
    const cards = judge(state, agendaUnder(terms)(state), judging);
    expect(cards.map(({ cause, dueAt, accountable }) => [cause.rule, dueAt, accountable.unit.tier])).toEqual([
      ['case.warning', '2026-04-10T02:00:00.000Z', city],
      ['case.yellow', '2026-04-15T02:00:00.000Z', city],
      ['case.red', '2026-05-09T02:00:00.000Z', city],
    ]);
  });

  it('tells what had no effect as that, and nothing of what moves no clock', () => {
    const [opening] = file.events;
    if (opening === undefined) throw new Error('no opening');
    const told = supervisedFacts({ ...file, events: [opening, { ...opening, superseded: true }] }, telling);
    expect(told.map(({ fact, withoutEffect }) => [fact.name, withoutEffect])).toEqual([
      ['applied', false],
      ['applied', true],
    ]);
    const unread = { ...opening, fact: undefined };
    expect(supervisedFacts({ ...file, events: [unread] }, telling)).toEqual([]);
  });

  it('tells each fact of a case in the words of supervision', () => {
    const [opening] = file.events;
    if (opening === undefined) throw new Error('no opening');
    const by = { role: 'approver', department: 'D' };
    const cause = document(3) as EventHash;
    const told = (name: CaseFactName, data: object) => {
      const fact = { type: caseFactType(name), data: { by, ...data } } as unknown as CaseFact;
      const events = [
        { ...opening, hash: cause, fact: answer },
        { ...opening, fact },
      ];
      return supervisedFacts({ ...file, events }, telling).map((seen) => [seen.fact.name, seen.fact.data])[1];
    };
    const answer = {
      type: caseFactType('determined'),
      data: { by, step: 'site', round: 1 },
    } as unknown as CaseFact;
    const to = { tier: city, department: 'D' };
    const at = '2026-03-04T02:00:00.000Z';

    expect(told('preReviewOpened', {})).toEqual(['preAccepted', {}]);
    expect(told('correctionRequired', { demands: [{ material: 'map', defect: 'missing' }] })).toEqual([
      'correctionRequired',
      { demands: ['map'] },
    ]);
    expect(told('materialSupplied', { supplied: [] })).toEqual(['supplied', { complete: false }]);
    expect(told('materialSupplied', { supplied: [], noticeDue: at })).toEqual([
      'supplied',
      { complete: true },
    ]);
    expect(told('rejected', { reasonsGiven: true })).toEqual([
      'ended',
      { ending: 'rejected', reasonsGiven: true },
    ]);
    expect(told('consulted', { step: 'site', asked: to, due: at })).toEqual([
      'consulted',
      { step: 'site', asked: to, days: 4 },
    ]);
    expect(told('consultationAnswered', { consultation: cause })).toEqual([
      'consultationAnswered',
      { consultation: cause },
    ]);
    expect(told('procedureStarted', { ground: 'hearing', days: 3, due: at })).toEqual([
      'procedureStarted',
      { ground: 'hearing', days: 3 },
    ]);
    expect(told('procedureEnded', { procedure: cause })).toEqual(['procedureEnded', { procedure: cause }]);
    expect(told('extended', { step: 'site', days: 2 })).toEqual(['extended', { step: 'site', days: 2 }]);
    expect(told('concluded', { result: '1', reasonsGiven: false })).toEqual([
      'ended',
      { ending: '1', reasonsGiven: false },
    ]);
    expect(told('delivered', {})).toEqual(['delivered', {}]);
    expect(told('withdrawn', {})).toEqual(['ended', { ending: 'withdrawn', reasonsGiven: true }]);
    expect(told('voided', { reasonsGiven: true })).toEqual(['ended', { ending: '2', reasonsGiven: true }]);
    expect(told('toleranceLapsed', {})).toEqual(['ended', { ending: '1', reasonsGiven: true }]);
    expect(told('correctionLapsed', {})).toEqual(['ended', { ending: '5', reasonsGiven: true }]);
    expect(told('transferred', { to, from: at, due: [{ step: 'site', due: at }] })).toEqual([
      'transferred',
      { to, from: at, steps: ['site'] },
    ]);
    expect(told('takenOver', {})).toEqual(['takenOver', { to: { tier: county, department: 'D' } }]);
    expect(told('obligationSettled', { cause, outcome: 'reopened' })).toEqual(['reopened', { step: 'site' }]);
    for (const [name, data] of [
      ['obligationSettled', { cause, outcome: 'upheld' }],
      ['filed', {}],
      ['inspected', { step: 'site' }],
      ['heard', {}],
      ['shared', { tiers: [] }],
      ['remedyNoted', {}],
    ] as const) {
      expect(told(name, data)).toBeUndefined();
    }
  });
});
