import { describe, expect, it } from '@jest/globals';
import { type AdoptedPack, agendaUnder, packPin, strict2026 } from '@liandong/domain/supervision';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryOversightBook, memorySupervisionBook } from '@liandong/adapters/memory';
import { decodeEvent, type StreamName } from '@liandong/kernel';
import { grace, overseeingTier } from '../../test/overseeing-tier.ts';
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
import { supervisedTier } from '../../test/supervised-tier.ts';
import { type OversightBook, start, supervisor, type SupervisorDeps, type TierTerms } from '../index.ts';

type Act = Parameters<SampleTier['desk']['execute']>[0];

const act = async (
  tier: SampleTier,
  who: readonly ['approver' | 'leadCoordinator' | 'windowClerk', string],
  caseId: StreamName,
  command: object,
) =>
  must(
    await tier.desk.execute({
      ...staff(tier.tier, ...who),
      ...{ idempotencyKey: JSON.stringify(command), caseId, command },
    } as Act),
  );

/** A case that the city leads, on the county's desks since Monday 2 March 2026, under the county's strict rules. */
const underWay = async () => {
  const [clock, realClock] = [testClock(), testClock()];
  const [above, below] = [await sampleTier(city, clock), await sampleTier(county, clock)];
  const other = await sampleTier(township, clock);
  for (const tier of [above, below, other]) await foundTier(tier);
  for (const tier of [below, other]) await deliver(tier, above);
  const caseId = await opened(above);
  await act(above, ['windowClerk', '02'], caseId, { type: 'preAccept' });
  await act(above, ['windowClerk', '02'], caseId, { type: 'accept' });
  await act(above, ['leadCoordinator', '03'], caseId, { type: 'openStage', stage: 'site' });
  await supervisedTier(above).publish(2026);
  await deliver(above, below);
  const issuer = supervisedTier(below);
  await issuer.adopt(strict);
  await issuer.catchUp();
  const superior = overseeingTier(above, realClock);
  /** What the county has arrives at the city, which looks at it. */
  const reach = async () => {
    await deliver(below, above);
    await superior.catchUp();
    await superior.look();
  };
  return { clock, realClock, above, below, caseId, issuer, superior, reach };
};
type Network = Awaited<ReturnType<typeof underWay>>;

/** No centre has published its hours here. */
const strict = { ...strict2026, receipt: 'anyTime' } as const;

const expertReview = {
  type: 'startProcedure',
  step: 'soil',
  ground: 'expertReview',
  days: 3,
  notice: document(9),
};
const water = ['approver', '06'] as const;

const said = async ({ store }: SampleTier) =>
  (await store.readAll(start, 10_000))
    .filter(({ stream, type }) => stream.startsWith(`card-${city}.`) && /\.(dis)?agreed\.v1$/.test(type))
    .map(({ type, bytes }) => ({ type, data: decodeEvent(bytes).data as Readonly<Record<string, unknown>> }));

const statesIn = async (book: OversightBook, caseId: StreamName) =>
  (await book.overseenIn(caseId))
    .map(({ cause, state }) => `${cause.rule} of ${cause.step} ${state}`)
    .toSorted();

/** The supervision of a county that does not do as its events say. */
const manipulated = ({ below }: Network, change: Partial<SupervisorDeps>) => {
  const honest = supervisedTier(below, memorySupervisionBook());
  const signal = new AbortController();
  const { follower, watch } = supervisor({ ...honest.deps, ...change, wait: async () => signal.abort() });
  return {
    run: async () => {
      await follower.handle(await below.store.readAll(start, 10_000), new AbortController().signal);
      await watch(signal.signal);
    },
  };
};

const withoutSuspensions = (store: SupervisorDeps['store']): SupervisorDeps['store'] => ({
  ...store,
  read: async (stream, after) =>
    (await store.read(stream, after)).filter(({ type }) => !type.includes('procedureStarted')),
});

describe('a superior tier', () => {
  it('agrees with every card of an honest issuer, before, during and after a suspension', async () => {
    const net = await underWay();
    const { clock, issuer, above, below, superior, reach, caseId } = net;
    clock.advance(3);
    await act(below, water, caseId, expertReview);
    clock.advance(60);
    await issuer.catchUp();
    await issuer.look();
    await reach();
    const states = await statesIn(superior.book, caseId);
    expect(states).toEqual(expect.arrayContaining(['step.yellow of soil agreed', 'step.red of land agreed']));
    expect(states.filter((state) => !state.endsWith('agreed'))).toEqual([]);
    expect(await said(above)).toEqual([]);
    expect(superior.alarms.filter(({ code }) => code !== 'unsupervised')).toEqual([]);
  });

  it('does not hold against an issuer what came to light later, nor a calendar that was corrected', async () => {
    const net = await underWay();
    const { clock, issuer, above, below, superior, reach, caseId } = net;
    clock.advance(20);
    await issuer.catchUp();
    await issuer.look();
    // The county had begun a review before; the counter enters it late.
    await act(below, water, caseId, { ...expertReview, days: 30 });
    await supervisedTier(above).correctYear(2026, ['2026-03-04', '2026-03-05', '2026-03-06']);
    await deliver(above, below);
    await issuer.catchUp();
    await issuer.look();
    await issuer.catchUp();
    const corrected = (await issuer.book.cardsOf(caseId)).filter(({ state }) => state.corrections.length > 0);
    expect(corrected).not.toEqual([]);
    await reach();
    const cards = await issuer.book.cardsOf(caseId);
    expect(await superior.book.overseenIn(caseId)).toHaveLength(cards.length);
    expect((await statesIn(superior.book, caseId)).filter((state) => !state.endsWith(' agreed'))).toEqual([]);
    expect(await said(above)).toEqual([]);
  });

  it('disagrees once with an issuer that leaves out a suspension it had recorded itself', async () => {
    const net = await underWay();
    const { clock, above, below, superior, reach, caseId } = net;
    clock.advance(3);
    await act(below, water, caseId, expertReview);
    clock.advance(11);
    await manipulated(net, { store: withoutSuspensions(below.store) }).run();
    await reach();
    const found = (await said(above)).filter(
      ({ data }) => (data['cause'] as { step?: string }).step === 'soil',
    );
    expect(found).not.toEqual([]);
    for (const { type, data } of found) {
      expect(type).toBe('liandong.card.disagreed.v1');
      expect(data).toMatchObject({ issuer: county, matter: caseId });
      expect(data['found']).toMatch(/^(unfounded|differs)$/);
      expect(data['differences']).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ point: 'daysCounted' }),
          expect.objectContaining({ point: 'frontier' }),
        ]),
      );
    }
    expect(superior.alarms.filter(({ code }) => code === 'disagreed')).toHaveLength(found.length);
    expect(
      (await statesIn(superior.book, caseId)).filter((state) => state.endsWith('disagreed')),
    ).toHaveLength(found.length);
    // A restart that has forgotten everything says nothing twice.
    const again = overseeingTier(above, net.realClock);
    await again.catchUp();
    await again.look();
    expect(await said(above)).toEqual(found);
    expect(await again.book.overseenIn(caseId)).toEqual(await superior.book.overseenIn(caseId));
  });

  it('disagrees with an issuer that judges by rules it never adopted, once what it names had time to come', async () => {
    const net = await underWay();
    const { clock, realClock, above, superior, reach, caseId } = net;
    clock.advance(30);
    const pack = { ...strict, version: 99 };
    const lenient: AdoptedPack = {
      ...{ pack, pin: packPin(sha256, pack), convention: 'elapsed', effectiveFrom: '2018-01-01' },
    };
    const terms = net.issuer.deps.terms;
    const other = (by: TierTerms): TierTerms => {
      const theirs = { ...by.terms, adopted: [lenient] };
      return { ...by, terms: theirs, agendaOf: agendaUnder(theirs) };
    };
    await manipulated(net, {
      terms: {
        ...terms,
        now: async (tier) => other(await terms.now(tier)),
        pack: async () => lenient,
      },
    }).run();
    await reach();
    expect(await said(above)).toEqual([]);
    expect(new Set((await superior.book.overseenIn(caseId)).map(({ state }) => state))).toEqual(
      new Set(['waiting']),
    );
    realClock.advance(grace / 86_400_000);
    await superior.look();
    const found = (await said(above)).map(({ data }) => data).filter(({ matter }) => matter === caseId);
    expect(found).not.toEqual([]);
    for (const data of found)
      expect(data).toMatchObject({
        found: 'differs',
        differences: expect.arrayContaining([
          { point: 'rules', issued: lenient.pin, expected: packPin(sha256, strict) },
          { point: 'convention', issued: 'elapsed', expected: 'started' },
          { point: 'notHere', issued: lenient.pin },
        ]),
      });
  });

  it('misses the card of an issuer that is silent, after the grace and once, and agrees when it comes', async () => {
    const net = await underWay();
    const { clock, realClock, above, issuer, superior, reach, caseId } = net;
    await reach();
    clock.advance(30);
    await superior.look();
    const due = (await superior.book.overseenIn(caseId)).length;
    expect(due).toBeGreaterThan(0);
    realClock.advance((grace - 1) / 86_400_000);
    await superior.look();
    expect(await said(above)).toEqual([]);
    realClock.advance(1 / 86_400_000);
    await superior.look();
    const missed = await said(above);
    expect(missed.map(({ data }) => data['found'])).toEqual(Array.from({ length: due }, () => 'missing'));
    clock.advance(1);
    await superior.look();
    await reach();
    const again = overseeingTier(above, realClock, memoryOversightBook());
    await again.catchUp();
    realClock.advance(1);
    await again.look();
    expect(await said(above)).toEqual(missed);

    await issuer.look();
    await reach();
    const states = await statesIn(superior.book, caseId);
    expect(states.filter((state) => !state.endsWith(' agreed'))).toEqual([]);
    const settled = (await said(above)).slice(missed.length);
    expect(settled.map(({ type }) => type)).toEqual(missed.map(() => 'liandong.card.agreed.v1'));
    for (const { data } of settled) expect(data['issued']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes back what it missed of a tier that was cut off and had acted in time', async () => {
    const net = await underWay();
    const { clock, realClock, above, below, superior, reach, caseId } = net;
    await reach();
    clock.advance(2);
    for (const [number, step] of [
      ['04', 'land'],
      ['06', 'soil'],
    ] as const)
      await act(below, ['approver', number], caseId, {
        ...{ type: 'determine', step, result: 'agree', document: document(4) },
      });
    clock.advance(30);
    await superior.look();
    realClock.advance(1);
    await superior.look();
    const missed = await said(above);
    expect(missed).not.toEqual([]);
    await reach();
    expect((await said(above)).slice(missed.length)).toEqual(
      missed.map(() => expect.objectContaining({ type: 'liandong.card.agreed.v1' })),
    );
    expect(await superior.book.overseenIn(caseId)).toEqual([]);
  });

  it('tells the issuer, which sees it beside its card and is told once', async () => {
    const net = await underWay();
    const { clock, realClock, above, below, issuer, reach, caseId } = net;
    clock.advance(3);
    await act(below, water, caseId, expertReview);
    clock.advance(11);
    await manipulated(net, { store: withoutSuspensions(below.store) }).run();
    await reach();
    await deliver(above, below);
    const accused = overseeingTier(below, realClock);
    await accused.catchUp();
    await accused.look();
    const disputed = accused.alarms.filter(({ code }) => code === 'disputed');
    expect(disputed).not.toEqual([]);
    expect(disputed).toHaveLength((await said(above)).length);
    await issuer.catchUp();
    const cards = (await issuer.book.cardsOf(caseId)).map(({ card }) => card);
    const about = await accused.book.overseenOf(cards);
    expect(about.map(({ overseer, state }) => [overseer, state])).toEqual(
      disputed.map(() => [city, 'disagreed']),
    );
    const restarted = overseeingTier(below, realClock, accused.book);
    await restarted.catchUp();
    expect(restarted.alarms.filter(({ code }) => code === 'disputed')).toEqual([]);
  });

  it('says once that the clocks of a tier below cannot be judged, where it adopted no rules', async () => {
    const { superior, reach } = await underWay();
    await reach();
    await superior.catchUp();
    const unsupervised = superior.alarms.filter(({ code }) => code === 'unsupervised');
    expect(unsupervised).toEqual([
      expect.objectContaining({
        issuer: township,
        refusal: expect.objectContaining({ code: 'rules-not-adopted' }),
      }),
    ]);
  });
});
