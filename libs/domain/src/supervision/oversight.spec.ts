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
  october,
  received,
  sha256,
} from '../../test/supervision/sample.ts';
import {
  cardStreamAt,
  type Disagreement,
  disagreementsWith,
  judgementHash,
  type Judgement,
  oversightDecider,
  type OversightFact,
} from './index.ts';

const fact = facts();
const seen = [
  fact('applied', { ...application, stages: [] }),
  fact('accepted', { from: received, missing: [] }),
];
const [warning, yellow] = cardsAt(october(24), seen) as readonly [Judgement, Judgement];
const hour = 3_600_000;
const at = october(25);

const against = (
  issued: readonly Judgement[],
  expected: readonly (Judgement | undefined)[],
  due: readonly Judgement[],
  grace = hour,
) =>
  disagreementsWith(
    sha256,
    county.tier,
    issued.map((one, n) => ({ issued: one, expected: expected[n] })),
    due,
    { at, grace },
  );

describe('a superior that judges the same clocks', () => {
  it('agrees with an issuer that did what was due', () => {
    expect(against([warning, yellow], [warning, yellow], [warning, yellow])).toEqual([]);
  });

  it('misses a card that should be there, after the grace and not before', () => {
    expect(against([warning], [warning], [warning, yellow], 24 * hour + 1)).toEqual([]);
    expect(against([warning], [warning], [warning, yellow], 24 * hour)).toEqual([
      {
        issuer: county.tier,
        cause: yellow.cause,
        found: 'missing',
        expected: judgementHash(sha256, yellow),
        frontier: yellow.frontier,
        at,
      },
    ]);
  });

  it('does not ask one tier for the card of another', () => {
    const elsewhere = { ...yellow, accountable: { unit: city } };
    expect(against([warning], [warning], [warning, elsewhere])).toEqual([]);
  });

  it('sees a card that says anything else than the issuer’s own frontier does', () => {
    for (const change of [{ dueAt: october(23) }, { colour: 'red' as const }, { judgedAt: october(30) }]) {
      const issued = { ...yellow, ...change };
      const [difference] = against([warning, issued], [warning, yellow], [warning, yellow]);
      expect(difference).toMatchObject({ found: 'differs', issued: judgementHash(sha256, issued) });
      expect(difference?.expected).toBe(judgementHash(sha256, yellow));
    }
  });

  it('sees a card for which there is no cause', () => {
    expect(against([warning, yellow], [warning, undefined], [warning]).map(({ found }) => found)).toEqual([
      'unfounded',
    ]);
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
