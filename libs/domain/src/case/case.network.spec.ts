import type { TierCode } from '@liandong/kernel';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  act,
  emptyNetwork,
  type Event,
  type Network,
  sync,
  syncAll,
  tiers,
  viewOf,
} from '../../test/case/network.ts';
import {
  accepts,
  agrees,
  city,
  clerk,
  county,
  cityFollower,
  day,
  type Deed,
  deed,
  document,
  environmentAgrees,
  land,
  landAgrees,
  landRefuses,
  lead,
  mayor,
  opening,
  opensReview,
  organs,
  preAccepts,
  site,
  siteAgrees,
  township,
  withdraws,
} from '../../test/case/sample.ts';
import type { Actor, CaseCommand } from './commands.ts';
import { entriesOf } from './log.ts';
import type { CaseState } from './state.ts';

// Led by the county, which may pass it up to the city, which may also take it over

const countyLead: Actor = { ...land, roles: ['leadCoordinator', 'organHead'] };
const cityMayor: Actor = { ...mayor, department: 'development' };
const opened = deed(clerk, {
  ...opening,
  lead: organs.countyLand,
  route: { stages: [opening.route.stages[0]!] },
});

const asLead = (command: CaseCommand): readonly Deed[] => [deed(countyLead, command), deed(lead, command)];

const deeds: readonly Deed[] = [
  ...[opensReview, ...asLead({ type: 'openStage', stage: 'review' }), ...asLead({ type: 'file' })],
  ...[siteAgrees, landAgrees, landRefuses, environmentAgrees, withdraws, landRefuses, environmentAgrees],
  deed(site, { type: 'giveOpinion', ...agrees('site'), result: 'refuse', reasons: '不同意' }),
  ...asLead({ type: 'conclude', result: '0', document: document(30) }),
  ...asLead({
    type: 'conclude',
    result: '1',
    document: document(31),
    reasons: '不予批准',
    remedies: ['litigation'],
  }),
  deed(countyLead, { type: 'transferUp', to: organs.cityLead }, day(2)),
  deed(cityMayor, { type: 'takeOver', ground: 'inaction' }, day(2)),
  deed(clerk, { type: 'deliver', channel: '1', document: document(32) }),
  deed(cityFollower, { type: 'file' }),
];

/** Settles the first obligation the lead of a tier sees. */
const settles = (network: Network, by: Actor, outcome: 'upheld' | 'reopened'): Network => {
  const replica = network.get(by.tier);
  const cause = replica && viewOf(replica).state.matter?.obligations[0]?.cause;
  return cause === undefined
    ? network
    : act(network, deed(by, { type: 'settleObligation', cause, outcome, reasons: '经复核' }, day(3)));
};

const tier = fc.constantFrom<TierCode>(...tiers);
const move = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...deeds).map((one) => (network: Network) => act(network, one)) },
  {
    weight: 4,
    arbitrary: fc.tuple(tier, tier).map(
      ([a, b]) =>
        (network: Network) =>
          sync(network, a, b),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(countyLead, lead), fc.constantFrom('upheld' as const, 'reopened' as const))
      .map(
        ([by, outcome]) =>
          (network: Network) =>
            settles(network, by, outcome),
      ),
  },
);

const started = syncAll([opened, preAccepts, accepts].reduce(act, emptyNetwork));

const cutOff = syncAll(act(started, deed(countyLead, { type: 'openStage', stage: 'review' })));
const answered = act(act(cutOff, siteAgrees), environmentAgrees);
const beginnings = fc.constantFrom(started, cutOff, answered, syncAll(act(answered, landAgrees)));

const answerTypes = ['liandong.case.opinionGiven.v1', 'liandong.case.determined.v1'];

/** Answers that were said and do not count. */
const unheardAnswers = (events: readonly Event[], { matter }: CaseState): readonly Event[] => {
  const answers = Object.values(matter?.steps ?? {}).flatMap((step) => step.answers);
  const counted = new Set(answers.map(({ hash }) => hash));
  return events.filter(({ entry, fact }) => answerTypes.includes(fact.type) && !counted.has(entry.hash));
};

/** What the lead must look at, or has. */
const lookedAt = (events: readonly Event[], { matter }: CaseState): readonly string[] => [
  ...(matter?.obligations.map(({ cause }) => cause) ?? []),
  ...events.flatMap(({ fact }) =>
    fact.type === 'liandong.case.obligationSettled.v1' ? [fact.data.cause] : [],
  ),
];

describe('a case across tiers that are cut off and meet again', () => {
  it('is the same at every tier that holds the same events, with one lead, one answer a round, and no answer lost', () => {
    const seen = { takenOver: 0, transferred: 0, superseded: 0 };
    fc.assert(
      fc.property(beginnings, fc.array(move, { maxLength: 20, size: 'max' }), (beginning, moves) => {
        let network = beginning;
        for (const next of moves) network = next(network);
        for (const replica of network.values()) {
          const { state, order } = viewOf(replica);
          expect(state.matter?.lead).toEqual(order.current?.lead);
        }

        const views = [...syncAll(network).values()].map(viewOf);
        const [first] = views;
        for (const view of views) {
          expect(view.digest).toBe(first!.digest);
          expect(JSON.stringify(view.state)).toBe(JSON.stringify(first!.state));
        }
        const { state, order } = first!;
        const steps = Object.values(state.matter!.steps);
        for (const { answers } of steps)
          expect(new Set(answers.map(({ round }) => round)).size).toBe(answers.length);

        const events = [...syncAll(network).get(city)!.events.values()];
        for (const { entry } of unheardAnswers(events, state))
          expect(lookedAt(events, state)).toContain(entry.hash);

        seen.takenOver += state.matter!.takeovers.length;
        seen.transferred += state.matter!.transfers.length;
        seen.superseded += order.placed.filter(({ superseded }) => superseded).length;
      }),
      { numRuns: 100 },
    );
    // None of it is vacuous: every kind of trouble came up.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
  });

  it('with an answer to a stage that a lead opened when its mandate had passed on', () => {
    const takenOver = act(started, deed(cityMayor, { type: 'takeOver', ground: 'inaction' }, day(2)));
    const opened = act(takenOver, deed(countyLead, { type: 'openStage', stage: 'review' }));
    const { state, order } = viewOf(syncAll(act(opened, landAgrees)).get(township)!);
    expect(order.placed.filter(({ superseded }) => superseded)).toHaveLength(1);
    expect(state.matter).toMatchObject({
      lead: organs.cityLead,
      stages: [],
      obligations: [{ kind: 'lateOpinion', step: 'land' }],
    });
  });

  it('with a transfer that was back-dated to before the takeover it races: the date moves nothing', () => {
    const takenOver = act(started, deed(cityMayor, { type: 'takeOver', ground: 'inaction' }, day(3)));
    const transferredOn = (on: string) => {
      const raced = act(takenOver, deed(countyLead, { type: 'transferUp', to: organs.cityLead }, on));
      expect(raced).not.toBe(takenOver);
      return viewOf(syncAll(raced).get(township)!);
    };
    const [honest, backDated] = [transferredOn(day(4)), transferredOn(day(1))];
    expect(backDated.digest).toBe(honest.digest);
    expect(backDated.order.placed.filter(({ superseded }) => superseded)).toHaveLength(1);
    expect(backDated.state.matter).toEqual(honest.state.matter);
    expect(backDated.state.matter).toMatchObject({ takeovers: [{}], transfers: [] });
  });

  it('with a determination during the cut and a withdrawal racing it, in both directions', () => {
    for (const [first, second] of [
      [county, township],
      [township, county],
    ] as const) {
      const cut = act(act(answered, landAgrees), deed({ ...clerk }, { type: 'withdraw' }));
      const healed = syncAll(sync(sync(cut, first, second), second, first));
      const states = [...healed.values()].map((replica) => viewOf(replica));
      expect(new Set(states.map(({ digest }) => digest)).size).toBe(1);
      expect(states[0]?.state.matter).toMatchObject({ status: 'withdrawn', obligations: [] });
    }
  });

  it('with an environment determination at the city while the county withdraws: late, and the lead must look', () => {
    const withdrawnAtCounty = act(cutOff, withdraws);
    const filed = act(withdrawnAtCounty, deed(countyLead, { type: 'file' }));
    const decidedAtCity = act(filed, environmentAgrees);
    const states = [...syncAll(decidedAtCity).values()].map((replica) => viewOf(replica).state);
    for (const state of states) {
      expect(state.matter).toMatchObject({
        status: 'withdrawn',
        obligations: [{ kind: 'lateOpinion', step: 'environment' }],
      });
      expect(entriesOf(state.withoutEffect)).toMatchObject([{ reason: { code: 'case-ended' } }]);
    }
    expect(tiers).toContain(township);
  });
});
