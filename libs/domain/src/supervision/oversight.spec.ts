import { describe, expect, it } from '@jest/globals';
import { fold } from '@liandong/kernel';
import { givenFor } from '@liandong/testing';
import {
  application,
  cardsAt,
  city,
  county,
  facts,
  hashOf,
  matter,
  october,
  received,
  sha256,
  termsOf,
} from '../../test/supervision/sample.ts';
import {
  cardStreamAt,
  daysCountedFor,
  type Disagreement,
  disagreementOn,
  judgementHash,
  type Judgement,
  oversightDecider,
  type OversightFact,
  superviseAll,
} from './index.ts';

const fact = facts();
const seen = [
  fact('applied', { ...application, stages: [] }),
  fact('accepted', { from: received, missing: [] }),
];
const [warning, yellow] = cardsAt(october(24), seen) as readonly [Judgement, Judgement];
const at = october(25);

const on = (issued: Judgement, expected: Judgement | undefined) =>
  disagreementOn(sha256, { issued, expected }, at);

describe('a superior that judges the same clocks', () => {
  it('agrees with an issuer that did what was due', () => {
    for (const card of [warning, yellow]) expect(on(card, card)).toBeUndefined();
  });

  it('misses a card that should be there, and says what would have made it', () => {
    expect(disagreementOn(sha256, { issued: undefined, expected: yellow }, at)).toEqual({
      issuer: county.tier,
      cause: yellow.cause,
      matter,
      found: 'missing',
      expected: judgementHash(sha256, yellow),
      differences: expect.arrayContaining([
        { point: 'cause.rule', expected: 'case.yellow' },
        { point: 'dueAt', expected: october(24) },
        { point: 'reckoning.count', expected: '8' },
        { point: 'rules', expected: yellow.rules },
        { point: 'calendar', expected: yellow.calendar },
      ]),
      frontier: yellow.frontier,
      at,
    });
  });

  it('sees a card that says anything else than the issuer’s own frontier does, and in which point', () => {
    const reckoning = { ...yellow.reckoning, limitDays: 99 } as Judgement['reckoning'];
    const accountable = { ...yellow.accountable, person: 'somebody else' };
    for (const [point, change] of [
      ['dueAt', { dueAt: october(23) }],
      ['colour', { colour: 'red' as const }],
      ['judgedAt', { judgedAt: october(30) }],
      ['rules', { rules: 'lenient@1' }],
      ['calendar', { calendar: 'another' }],
      ['reckoning.limitDays', { reckoning }],
      ['accountable.person', { accountable }],
    ] as const) {
      const issued = { ...yellow, ...change };
      const found = on(issued, yellow);
      expect(found).toMatchObject({ found: 'differs', issued: judgementHash(sha256, issued) });
      expect(found?.expected).toBe(judgementHash(sha256, yellow));
      expect(found?.differences?.map((one) => one.point)).toEqual([point]);
    }
  });

  it('sees a card for which there is no cause', () => {
    const found = on(yellow, undefined);
    expect(found).toMatchObject({ found: 'unfounded', issued: judgementHash(sha256, yellow) });
    expect(found?.differences).toContainEqual({ point: 'cause.rule', issued: 'case.yellow' });
  });

  it('tells a long value by its beginning', () => {
    const evidence = Array.from({ length: 200 }, (_, n) => hashOf(n));
    const reckoning = { kind: 'finding', check: 'materialsIncomplete', evidence } as const;
    const long = on({ ...yellow, reckoning }, yellow)?.differences?.find(({ point }) =>
      point.endsWith('evidence'),
    );
    expect(long?.issued).toHaveLength(301);
  });
});

describe('the days of a clock', () => {
  const state = superviseAll(seen);
  const rested = superviseAll([
    ...seen,
    fact('procedureStarted', { ground: 'hearing', days: 2 }, october(16)),
  ]);

  it('are counted again up to the moment that a card names', () => {
    expect(daysCountedFor(termsOf(), state, yellow)).toBe(8);
    expect(daysCountedFor(termsOf(), rested, yellow)).toBe(6);
  });

  it('are not there for a clock that never was, or in a year that nobody published', () => {
    const other = { ...yellow, cause: { ...yellow.cause, event: hashOf(99) } };
    expect(daysCountedFor(termsOf(), state, other)).toBeUndefined();
    expect(daysCountedFor(termsOf(undefined, 'started', []), state, yellow)).toBeUndefined();
  });
});

describe('what a superior holds against an issuer', () => {
  const given = givenFor(oversightDecider((issuer) => issuer === county.tier));
  const missing: Disagreement = {
    issuer: county.tier,
    cause: yellow.cause,
    found: 'missing',
    expected: hashOf(1),
    frontier: [hashOf(2)],
    at,
  };
  const disagreed: OversightFact = { type: 'liandong.card.disagreed.v1', data: missing };
  const agreement = { issuer: county.tier, cause: yellow.cause, issued: hashOf(1), at: october(26) };
  const agreed: OversightFact = { type: 'liandong.card.agreed.v1', data: agreement };

  it('is said once, and again when it is another point or had been settled', () => {
    given().when({ type: 'recordDisagreement', disagreement: missing }).then(disagreed);
    const later = { ...missing, at: october(26), frontier: [hashOf(3)], expected: hashOf(4) };
    given(disagreed).when({ type: 'recordDisagreement', disagreement: later }).then();
    const differs = { ...missing, found: 'differs', issued: hashOf(5) } as const;
    given(disagreed)
      .when({ type: 'recordDisagreement', disagreement: differs })
      .then({ type: 'liandong.card.disagreed.v1', data: differs });
    const worse = { ...differs, expected: hashOf(6) };
    given({ type: 'liandong.card.disagreed.v1', data: differs })
      .when({ type: 'recordDisagreement', disagreement: worse })
      .then({ type: 'liandong.card.disagreed.v1', data: worse });
    given(disagreed, agreed).when({ type: 'recordDisagreement', disagreement: missing }).then(disagreed);
  });

  it('ends when the issuer does what was due', () => {
    given(disagreed).when({ type: 'recordAgreement', agreement }).then(agreed);
    given().when({ type: 'recordAgreement', agreement }).refused({ code: 'oversight-nothing-to-agree' });
    given(disagreed, agreed)
      .when({ type: 'recordAgreement', agreement })
      .refused({ code: 'oversight-nothing-to-agree' });
  });

  it('is held only against those below', () => {
    given()
      .when({ type: 'recordDisagreement', disagreement: { ...missing, issuer: city.tier } })
      .refused({ code: 'oversight-not-superior', tier: city.tier });
  });

  it('stands beside the urging of a card of theirs', () => {
    const card = cardStreamAt(sha256, county.tier, yellow.cause);
    const by = { ...city, role: 'supervisor' } as const;
    const urge = { type: 'urgeCard', by, card, until: october(26), at } as const;
    const urged: OversightFact = { type: 'liandong.card.urged.v1', data: { by, card, until: october(26) } };
    given().when(urge).then(urged);
    given()
      .when({ ...urge, note: '请于明日前办结' })
      .then({ ...urged, personal: { note: '请于明日前办结' } });
    given()
      .when({ ...urge, until: at })
      .refused({ code: 'card-urged-into-the-past' });
    const decider = oversightDecider(() => true);
    expect(fold(decider, [urged, disagreed])).toEqual({ open: missing, urged: 1 });
  });
});
