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
  water,
} from '../../test/supervision/sample.ts';
import {
  type Card,
  type CardActor,
  cardDecider,
  type CardFact,
  type CardFactName,
  type CardFacts,
  cardStream,
  cardStreamAt,
  countCards,
  isStanding,
  type Judgement,
  type RaiseCard,
  type Recipients,
  statusCodes,
} from './index.ts';

const given = givenFor(cardDecider);

const fact = facts();
const seen = [
  fact('applied', { ...application, stages: [] }),
  fact('accepted', { from: received, missing: [] }),
];
const [warning, yellow] = cardsAt(october(24), seen) as readonly [Judgement, Judgement];

const system: CardActor = { tier: county.tier, role: 'system' };
const unit: CardActor = { ...county, role: 'unit' };
const supervisor: CardActor = { ...water, role: 'supervisor' };
const to: Recipients = { handler: 'officer', approver: county, tiers: [city.tier] };
const document = hashOf(77);

const made = <Name extends CardFactName>(name: Name, data: CardFacts[Name]) =>
  ({ type: `liandong.card.${name}.v1`, data }) as CardFact;

const raise: RaiseCard = { type: 'raiseCard', by: system, judgement: yellow, issue: 'automatic', to };
const raised = made('raised', yellow);
const issued = made('issued', { by: system, to });
const appealed = made('appealed', { by: unit, ground: 'clockWrong', document });
const rejected = made('appealRejected', { by: supervisor, document, reasonsGiven: true });
const accepted = made('appealAccepted', { by: supervisor, document, reasonsGiven: true });
const cancelled = made('cancelled', { by: supervisor, ground: 'systemFault', reasonsGiven: true });
const reasons = '现场核查属实';
const personal = { reasons };

describe('a card', () => {
  it('is raised and issued at once where the rules let it', () => {
    given().when(raise).then(raised, issued);
  });

  it('waits for a supervisor where they do not', () => {
    given()
      .when({ ...raise, issue: 'confirmed' })
      .then(raised);
    given(raised)
      .when({ type: 'issueCard', by: supervisor, to })
      .then(made('issued', { by: supervisor, to }));
  });

  it('is one for its cause, however often its follower comes to it', () => {
    given(raised, issued).when(raise).then();
    const later = { ...yellow, judgedAt: october(30), frontier: [hashOf(9)], dueAt: october(25) };
    given(raised, issued)
      .when({ ...raise, judgement: later })
      .then();
    given(raised)
      .when({ ...raise, judgement: warning })
      .refused({ code: 'card-of-another-cause' });
  });

  it('is raised by the tier whose unit is late, and by nobody in person', () => {
    given()
      .when({ ...raise, by: { ...system, tier: city.tier } })
      .refused({ code: 'card-not-of-tier' });
    given()
      .when({ ...raise, by: supervisor })
      .refused({ code: 'card-wrong-role', allowed: ['system'] });
  });

  it('is answered and appealed by the unit that is accountable', () => {
    given(raised, issued)
      .when({ type: 'replyToCard', by: unit, document, note: '已加急' })
      .then({ ...made('replied', { by: unit, document }), personal: { note: '已加急' } });
    given(raised, issued)
      .when({ type: 'appealCard', by: unit, ground: 'clockWrong', document, reasons })
      .then({ ...appealed, personal });
    given(raised, issued)
      .when({ type: 'appealCard', by: { ...water, role: 'unit' }, ground: 'notOurs', document, reasons })
      .refused({ code: 'card-not-accountable' });
  });

  it('is appealed once, and with reasons', () => {
    given(raised, issued, appealed, rejected)
      .when({ type: 'appealCard', by: unit, ground: 'factWrong', document, reasons })
      .refused({ code: 'card-already-appealed' });
    given(raised, issued)
      .when({ type: 'appealCard', by: unit, ground: 'factWrong', document, reasons: ' ' })
      .refused({ code: 'card-reasons-missing' });
  });

  it('is withdrawn by a supervisor who accepts the appeal, or stands', () => {
    given(raised, issued, appealed)
      .when({ type: 'acceptAppeal', by: supervisor, document, reasons })
      .then({ ...accepted, personal });
    given(raised, issued, appealed)
      .when({ type: 'rejectAppeal', by: supervisor, document, reasons })
      .then({ ...rejected, personal });
    given(raised, issued)
      .when({ type: 'acceptAppeal', by: supervisor, document, reasons })
      .refused({ code: 'card-wrong-status', found: 'issued', allowed: ['appealed'] });
  });

  it('is judged by no one of the unit it is about', () => {
    const ours: CardActor = { ...county, role: 'supervisor' };
    given(raised, issued, appealed)
      .when({ type: 'acceptAppeal', by: ours, document, reasons })
      .refused({ code: 'card-judge-in-own-cause' });
    given(raised, issued)
      .when({ type: 'cancelCard', by: ours, ground: 'systemFault', reasons })
      .refused({ code: 'card-judge-in-own-cause' });
    given(raised, issued, appealed)
      .when({ type: 'rejectAppeal', by: unit, document, reasons })
      .refused({ code: 'card-wrong-role', allowed: ['supervisor'] });
  });

  it('is cancelled before or after it is issued, with a ground, and never after it was withdrawn', () => {
    for (const past of [[raised], [raised, issued]]) {
      given(...past)
        .when({ type: 'cancelCard', by: supervisor, ground: 'systemFault', reasons })
        .then({ ...cancelled, personal });
    }
    given(raised, issued, appealed, accepted)
      .when({ type: 'cancelCard', by: supervisor, ground: 'systemFault', reasons })
      .refused({ code: 'card-wrong-status', found: 'withdrawn', allowed: ['pending', 'issued'] });
  });

  it('is urged by the supervisors of its own tier, into the future', () => {
    const urge = {
      type: 'urgeCard',
      by: supervisor,
      card: cardStream(sha256, yellow),
      until: october(26),
    } as const;
    given(raised, issued)
      .when({ ...urge, at: october(25) })
      .then(made('urged', { by: supervisor, card: urge.card, until: october(26) }));
    given(raised, issued)
      .when({ ...urge, at: october(26) })
      .refused({ code: 'card-urged-into-the-past' });
    given(raised, issued)
      .when({ ...urge, by: { ...city, role: 'supervisor' }, at: october(25) })
      .refused({ code: 'card-not-of-tier' });
  });

  it('is added to when something else comes to light, once for each new word', () => {
    const correction = {
      finding: 'notDue',
      reason: 'lateFact',
      frontier: [hashOf(5)],
      calendar: 'c',
    } as const;
    const corrected = made('corrected', correction);
    given(raised, issued).when({ type: 'correctCard', by: system, correction }).then(corrected);
    const moved = { ...correction, frontier: [hashOf(6)] };
    given(raised, issued, corrected).when({ type: 'correctCard', by: system, correction: moved }).then();
    const other = { ...moved, finding: 'dueOtherwise', dueAt: october(26) } as const;
    given(raised, issued, corrected)
      .when({ type: 'correctCard', by: system, correction: other })
      .then(made('corrected', other));
    expect(fold(cardDecider, [raised, issued, corrected])?.judgement).toEqual(yellow);
  });

  it('is there before anything is done to it', () => {
    given().when({ type: 'issueCard', by: supervisor, to }).refused({ code: 'card-not-raised' });
    expect(fold(cardDecider, [issued])).toBeUndefined();
    expect(fold(cardDecider, [raised, made('raised', warning)])?.judgement).toEqual(yellow);
  });

  it('shows its status as the register codes it', () => {
    const after = (...past: readonly CardFact[]) => {
      const card = fold(cardDecider, past);
      return card && `${statusCodes[card.status]}${isStanding(card) ? '' : '-'}`;
    };
    expect(after(raised)).toBe('D-');
    expect(after(raised, issued)).toBe('Y');
    expect(after(raised, issued, appealed)).toBe('Y');
    expect(after(raised, issued, appealed, rejected)).toBe('Y');
    expect(after(raised, issued, appealed, accepted)).toBe('C-');
    expect(after(raised, issued, cancelled)).toBe('Q-');
  });

  it('has a stream that its cause and its tier name, and nothing else', () => {
    const stream = cardStream(sha256, yellow);
    expect(stream).toMatch(/^card-431021\.[0-9a-f]{32}$/);
    expect(cardStream(sha256, { ...yellow, accountable: { unit: water } })).toBe(stream);
    expect(cardStream(sha256, warning)).not.toBe(stream);
    expect(cardStreamAt(sha256, city.tier, yellow.cause)).toBe(stream.replace('431021', '431000'));
    const round = { ...yellow.cause, round: 2 };
    expect(cardStreamAt(sha256, county.tier, round)).not.toBe(stream);
  });
});

describe('the count of cards', () => {
  it('takes nothing away: what was withdrawn had been issued', () => {
    const histories = [
      [raised],
      [raised, cancelled],
      [raised, issued],
      [raised, issued, appealed],
      [raised, issued, appealed, rejected],
      [raised, issued, appealed, accepted],
      [raised, issued, cancelled],
    ];
    const cards = histories.map((past) => fold(cardDecider, past) as Card);
    expect(countCards(cards)).toEqual({ issued: 5, withdrawn: 2, standing: 3 });
  });
});
