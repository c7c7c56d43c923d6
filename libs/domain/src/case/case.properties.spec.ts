import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anything, command, instant, people, plausible } from '../../test/case/arbitrary.ts';
import { after, decide, said, stateAfter } from '../../test/case/given.ts';
import {
  accepted,
  clerk,
  concludes,
  type Deed,
  deed,
  delivers,
  environmentAgrees,
  inReview,
  landAgrees,
  landRefuses,
  lead,
  opens,
  opensAbove,
  opensReview,
  preAccepts,
  refuses,
  refusesAll,
  reviewed,
  site,
  siteAgrees,
  tolerating,
  withdraws,
  without,
} from '../../test/case/sample.ts';
import { caseDecider, emptyCase } from './case.ts';
import { dueDeadlines, passedDeadlines } from './deadlines.ts';
import { entriesOf } from './log.ts';
import type { CaseStatus } from './refusals.ts';
import { statusOf } from './rule.ts';
import type { CaseState, Happened } from './state.ts';
import { caseSummary } from './summary.ts';

const states: readonly CaseState[] = [
  emptyCase,
  stateAfter(opens),
  stateAfter(opens, preAccepts),
  stateAfter(deed(clerk, without('plan', 'survey')), preAccepts),
  stateAfter(deed(clerk, without('survey')), preAccepts, deed(clerk, tolerating), opensReview),
  stateAfter(...accepted),
  stateAfter(...inReview),
  stateAfter(...reviewed),
  stateAfter(...reviewed, concludes),
  stateAfter(...reviewed, concludes, delivers),
];
const somewhere = fc.constantFrom(...states);
const history = (length: number) =>
  fc.array(fc.oneof({ weight: 1, arbitrary: anything }, { weight: 5, arbitrary: plausible }), {
    maxLength: length,
    size: 'max',
  });

/** Freezes a value to its depths, so that a change in place throws. */
const frozen = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
};

const statusIn = ({ matter }: CaseState): CaseStatus | 'none' =>
  matter === undefined ? 'none' : statusOf(matter);

const next: Readonly<Record<CaseStatus | 'none', readonly (CaseStatus | 'none')[]>> = {
  none: ['draft'],
  draft: ['preAccepted', 'accepted', 'withdrawn', 'void'],
  preAccepted: ['accepted', 'inReview', 'rejected', 'concluded', 'closed', 'withdrawn', 'void'],
  accepted: ['inReview', 'suspended', 'concluded', 'withdrawn', 'void'],
  inReview: ['suspended', 'concluded', 'withdrawn', 'void'],
  suspended: ['accepted', 'inReview', 'concluded', 'withdrawn', 'void'],
  concluded: ['closed', 'preAccepted', 'accepted', 'inReview', 'suspended'],
  closed: ['preAccepted'],
  rejected: ['preAccepted'],
  withdrawn: [],
  void: [],
};

const expectLegalStep = (before: CaseState, now: CaseState) => {
  const [from, to] = [statusIn(before), statusIn(now)];
  if (from !== to) expect(next[from]).toContain(to);
};

const expectOneAnswerPerRound = ({ matter }: CaseState) => {
  for (const { answers } of Object.values(matter?.steps ?? {}))
    expect(new Set(answers.map(({ round }) => round)).size).toBe(answers.length);
};

/** A fact without effect changes at most who leads and what the lead must look at. */
const onlyBroughtToLight = ({ matter: before }: CaseState, { matter: now }: CaseState): boolean =>
  now === before ||
  (now !== undefined &&
    before !== undefined &&
    Object.entries(now).every(
      ([name, value]) =>
        ['lead', 'obligations'].includes(name) || value === before[name as keyof typeof before],
    ));

const foldChecked = (from: CaseState, happened: readonly Happened[]): CaseState => {
  let state = frozen(from);
  for (const one of happened) {
    const after = frozen(caseDecider.evolve(state, one));
    expectLegalStep(state, after);
    expectOneAnswerPerRound(after);
    state = after;
  }
  return state;
};

describe('the fold', () => {
  it('takes any facts by anybody in any order, changes nothing in place, and moves only along the legal states', () => {
    fc.assert(
      fc.property(somewhere, history(30), instant, (from, happened, at) => {
        const state = foldChecked(from, happened);
        caseSummary(state);
        dueDeadlines(state);
        for (const tier of state.matter?.audience ?? []) passedDeadlines(state, tier, at);
      }),
      { numRuns: 300 },
    );
  });

  it('forgets nothing: every fact has effect, or a reason why not, or waits for an upgrade', () => {
    let effects = 0;
    fc.assert(
      fc.property(somewhere, history(30), (from, happened) => {
        let state = from;
        for (const one of happened) {
          const before = state;
          state = caseDecider.evolve(state, one);
          const kept = state.withoutEffect.length - before.withoutEffect.length;
          const unread = state.unread - before.unread;
          expect(kept + unread).toBeLessThanOrEqual(1);
          if (kept + unread === 0 && one.fact?.type !== 'liandong.case.filed.v1')
            expect(state.matter).not.toBe(before.matter);
          if (kept === 1) expect(onlyBroughtToLight(before, state)).toBe(true);
          effects += 1 - kept - unread;
          if (one.fact === undefined) expect(unread).toBe(1);
          if (one.superseded && one.fact) expect(entriesOf(state.withoutEffect).at(-1)?.hash).toBe(one.hash);
        }
      }),
      { numRuns: 500 },
    );
    expect(effects).toBeGreaterThan(50);
  });

  it('is a function of the order alone', () => {
    fc.assert(
      fc.property(somewhere, history(20), (from, happened) => {
        expect(after(from, ...happened)).toEqual(after(from, ...structuredClone(happened)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('the door', () => {
  it('lets in only what then has effect, whatever is asked by whom', () => {
    const asked = fc.array(fc.tuple(command, instant, fc.nat(people.length)), {
      minLength: 1,
      maxLength: 25,
    });
    let letIn = 0;
    fc.assert(
      fc.property(somewhere, asked, (from, requests) => {
        let state = frozen(from);
        requests.forEach(([request, at, first], n) => {
          const wanted = [...people.slice(first), ...people]
            .map((by) => ({ by, command: request, at }))
            .find((deed) => decide(deed, state).ok);
          if (wanted === undefined) return;
          letIn += 1;
          const now = foldChecked(state, [said(state, wanted, n)]);
          expect(now.withoutEffect).toBe(state.withoutEffect);
          if (request.type !== 'file') expect(now.matter).not.toBe(state.matter);
          state = now;
        });
      }),
      { numRuns: 600 },
    );
    expect(letIn).toBeGreaterThan(200);
  });
});

describe('facts of tiers that did not know of each other', () => {
  const concurrent: readonly Deed[] = [
    siteAgrees,
    deed(site, { type: 'giveOpinion', ...refuses('site') }),
    landAgrees,
    landRefuses,
    environmentAgrees,
    withdraws,
  ];
  const laterOn: readonly Deed[] = [opensAbove, concludes, refusesAll, deed(lead, { type: 'file' })];
  const seen = stateAfter(...inReview);

  it('leave at most one effective determination in a round, whatever their order, and an obligation for each other one', () => {
    const facts = concurrent.map((one, n) => said(seen, one, 100 + n));
    const [, , agrees, refusesToo] = facts;
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: 2 }), (order) => {
        const state = foldChecked(seen, order);
        const both = order.filter((one) => one === agrees || one === refusesToo);
        const withdrawnAt = order.findIndex(({ fact }) => fact?.type === 'liandong.case.withdrawn.v1');
        if (both.length < 2 || withdrawnAt >= 0) return;
        expect(state.matter?.steps['land']?.answers.map(({ hash }) => hash)).toEqual([both[0]!.hash]);
        expect(state.matter?.obligations).toContainEqual({
          kind: 'reconcile',
          cause: both[1]!.hash,
          step: 'land',
        });
      }),
    );
  });

  it('and of a lead that goes on: one answer a round, and no late answer without an obligation', () => {
    const deeds = [...concurrent, ...laterOn];
    const steps = fc.array(fc.record({ deed: fc.constantFrom(...deeds), lag: fc.nat(4) }), { maxLength: 14 });
    let late = 0;
    fc.assert(
      fc.property(steps, (plan) => {
        const known = [seen];
        plan.forEach(({ deed: one, lag }, n) => {
          const view = known.at(-1 - Math.min(lag, known.length - 1))!;
          if (!decide(one, view).ok) return;
          const fact = said(view, one, 100 + n);
          const state = foldChecked(known.at(-1)!, [fact]);
          const [reason] = state.withoutEffect.last.filter(({ hash }) => hash === fact.hash);
          if (reason && ['giveOpinion', 'determine', 'recordExternal'].includes(one.command.type)) {
            late += 1;
            expect(state.matter?.obligations.at(-1)?.cause).toBe(fact.hash);
          }
          known.push(state);
        });
      }),
      { numRuns: 500 },
    );
    expect(late).toBeGreaterThan(20);
  });
});
