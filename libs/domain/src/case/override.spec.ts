import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { given, stateAfter } from '../../test/case/given.ts';
import { act, emptyNetwork, type Network, sync, syncAll, tiers, viewOf } from '../../test/case/network.ts';
import {
  accepted,
  accepts,
  clerk,
  concludes,
  deed,
  type Deed,
  document,
  environmentAgrees,
  forestAgrees,
  inReview,
  land,
  landAgrees,
  lead,
  mayor,
  opening,
  opens,
  opensAbove,
  opensReview,
  organs,
  preAccepts,
  reviewed,
  siteAgrees,
} from '../../test/case/sample.ts';
import { type Actor, caseCommandNames, isLeadAct, type LeadAct, type Override } from './commands.ts';
import { overrideGrounds } from './facts.ts';

const override: Override = { ground: 'statutoryLimit', reasons: '法定期限今日届满，见证无法连接' };
const stated = { beforeAnchoring: { ground: 'statutoryLimit', reasonsGiven: true } };
const countyLead: Actor = { ...land, roles: ['leadCoordinator', 'organHead'] };
const cityMayor: Actor = { ...mayor, department: 'development' };
const atCounty = [deed(clerk, { ...opening, lead: organs.countyLand }), preAccepts, accepts];

/** Every act of the lead, and what comes before it. */
const acts: readonly (readonly [readonly Deed[], Actor, LeadAct])[] = [
  [accepted, lead, { type: 'openStage', stage: 'review' }],
  [reviewed, lead, { type: 'conclude', result: '0', document: document(30), reasons: '同意' }],
  [atCounty, countyLead, { type: 'transferUp', to: organs.cityLead, reasons: '超出权限' }],
  [atCounty, cityMayor, { type: 'takeOver', ground: 'outage', reasons: '县级中断' }],
];

describe('an act of the lead before anchoring', () => {
  it.each(acts)('is stated by the fact itself: after %#', (past, by, command) => {
    const { decision } = given(...past).when(deed(by, { ...command, override }));
    expect(decision).toMatchObject({
      ok: true,
      value: [{ data: stated, personal: { overrideReasons: override.reasons } }],
    });
    expect(JSON.stringify(decision.ok && decision.value[0]?.data)).not.toContain('法定期限');
  });

  it.each(acts)('leaves no trace in a fact that needed none: after %#', (past, by, command) => {
    const { decision } = given(...past).when(deed(by, command));
    expect(decision).toMatchObject({ ok: true });
    expect(decision.ok && decision.value[0]?.data).not.toHaveProperty('beforeAnchoring');
    expect((decision.ok && decision.value[0]?.personal) || {}).not.toHaveProperty('overrideReasons');
  });

  it.each(acts)('needs reasons in words: after %#', (past, by, command) => {
    given(...past)
      .when(deed(by, { ...command, override: { ...override, reasons: ' \n' } }))
      .refused({ code: 'reasons-missing' });
  });

  it('gives nobody a right to act who has none', () => {
    given(...reviewed)
      .when(deed(land, { type: 'conclude', result: '0', document: document(30), override }))
      .refused({ code: 'not-entitled' });
    given(...inReview)
      .when(deed(lead, { type: 'conclude', result: '0', document: document(30), override }))
      .refused({ code: 'stage-still-open' });
  });

  it('is one that moves the case in the lead’s name, and no other command', () => {
    expect(caseCommandNames.filter((type) => isLeadAct({ type }))).toEqual(
      acts
        .map(([, , { type }]) => type)
        .sort((a, b) => caseCommandNames.indexOf(a) - caseCommandNames.indexOf(b)),
    );
  });

  it('changes nothing of the state', () => {
    const bare = stateAfter(...reviewed, concludes);
    expect(stateAfter(...reviewed, overriding('publicSafety')(concludes))).toEqual(bare);
  });

  it('changes neither the register order nor the digest, however often it is used', () => {
    const beginning = syncAll([opens, preAccepts, accepts].reduce(act, emptyNetwork));
    const deeds = [
      opensReview,
      siteAgrees,
      landAgrees,
      environmentAgrees,
      opensAbove,
      forestAgrees,
      concludes,
    ];
    const others = [
      deed(lead, { type: 'file' }),
      deed(cityMayor, { type: 'takeOver', ground: 'inaction' }),
      deed(countyLead, { type: 'transferUp', to: organs.cityLead }),
    ];
    const tier = fc.constantFrom(...tiers);
    const move = fc.oneof(
      fc.record({
        deed: fc.constantFrom(...deeds, ...others),
        ground: fc.option(fc.constantFrom(...overrideGrounds)),
      }),
      fc.record({ from: tier, to: tier }),
    );
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        const played = (withOverrides: boolean) =>
          moves.reduce((network: Network, each) => {
            if ('from' in each) return sync(network, each.from, each.to);
            const { ground } = each;
            return act(network, withOverrides && ground !== null ? overriding(ground)(each.deed) : each.deed);
          }, beginning);
        const [bare, overridden] = [played(false), played(true)].map((network) =>
          [...syncAll(network).values()].map(viewOf).map(({ order, state, digest }) => ({
            order: order.placed.map(({ entry, superseded }) => [entry.hash, superseded]),
            registered: order.registered,
            ...{ state, digest },
          })),
        );
        expect(overridden).toEqual(bare);
      }),
      { numRuns: 200 },
    );
  });
});

const overriding =
  (ground: Override['ground']) =>
  (one: Deed): Deed =>
    isLeadAct(one.command)
      ? { ...one, command: { ...one.command, override: { ground, reasons: '急' } } }
      : one;
