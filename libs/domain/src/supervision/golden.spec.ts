import { describe, expect, it } from '@jest/globals';
import {
  application,
  cardsAt,
  city,
  county,
  facts,
  october,
  received,
  rulesAt,
  termsOf,
} from '../../test/supervision/sample.ts';
import type { Seen } from './index.ts';

const fact = facts();
const accepted = [fact('applied', application), fact('accepted', { from: received, missing: [] })];
const promisedOnly = [
  fact('applied', { ...application, statutoryDays: 10 }),
  fact('accepted', { from: received, missing: [] }),
];
const procedure = [...accepted, fact('procedureStarted', { ground: 'expertReview', days: 7 })];
const online = [fact('applied', { ...application, entry: 'online' })];
const concluded = [...accepted, fact('ended', { ending: '0', reasonsGiven: true })];
const complaint = [fact('complained', { about: county, days: 5 })];
const consultation = [...accepted, fact('consulted', { asked: city, days: 5 })];

/** Everything received Monday 2018-10-15 at 10:00:00: the day in October, at 10:00:00, at which each card is due. */
const table: readonly (readonly [string, string, number, readonly Seen[]])[] = [
  ['a case, promised 7 days', 'case.warning', 19, promisedOnly],
  ['a case, promised 7 days', 'case.yellow', 24, promisedOnly],
  ['a case, statutory 10 days', 'case.red', 29, accepted],
  ['a special procedure of 7 days', 'procedure.warning', 19, procedure],
  ['a special procedure of 7 days', 'procedure.yellow', 24, procedure],
  ['a special procedure of 7 days', 'procedure.red', 25, procedure],
  ['an online pre-acceptance', 'preAcceptance.warning', 17, online],
  ['an online pre-acceptance', 'preAcceptance.yellow', 22, online],
  ['an online pre-acceptance', 'preAcceptance.red', 24, online],
  ['the issue of a certificate', 'certificate.yellow', 18, concluded],
  ['a complaint with 5 days', 'complaint.warning', 17, complaint],
  ['a complaint with 5 days', 'complaint.yellow', 22, complaint],
  ['a complaint with 5 days', 'complaint.red', 23, complaint],
  ['a consultation with 5 days', 'consultation.warning', 17, consultation],
  ['a consultation with 5 days', 'consultation.yellow', 22, consultation],
  ['a consultation with 5 days', 'consultation.red', 23, consultation],
];

describe('hunan-2018, counted as started', () => {
  it.each(table)('gives %s the card %s on October %i at ten and not before', (_, rule, day, seen) => {
    expect(rulesAt(october(day, -1000), seen)).not.toContain(rule);
    expect(rulesAt(october(day, -1), seen)).not.toContain(rule);
    const [card, ...more] = cardsAt(october(day), seen).filter(({ cause }) => cause.rule === rule);
    expect(more).toEqual([]);
    expect(card?.dueAt).toBe(october(day));
    expect(card?.colour).toBe(rule.split('.')[1]);
  });

  it('knows no further card of these elements', () => {
    const all = [promisedOnly, procedure, online, concluded, complaint, consultation];
    const rules = new Set(all.flatMap((seen) => rulesAt('2018-12-20T00:00:00.000Z', seen)));
    const unsaid = [...rules].filter((rule) => !table.some(([, known]) => known === rule));
    // What a certificate lacks here are its answers and steps, which are other rules.
    expect(unsaid).toEqual(['stepCountUnlikeCatalogue']);
  });

  it('counts a day less where only elapsed days count', () => {
    const elapsed = termsOf(undefined, 'elapsed');
    expect(rulesAt(october(22, -1), promisedOnly, elapsed)).toEqual([]);
    expect(rulesAt(october(22), promisedOnly, elapsed)).toEqual(['case.warning']);
    expect(cardsAt(october(25), promisedOnly, elapsed).map(({ dueAt }) => dueAt)).toEqual([
      october(22),
      october(25),
    ]);
  });

  it('adds the days of a special procedure to both limits of the case', () => {
    const ended = [...procedure, fact('procedureEnded', { procedure: procedure[2]!.hash }, october(17))];
    const [yellow] = cardsAt('2018-12-01T00:00:00.000Z', ended).filter(
      ({ cause }) => cause.rule === 'case.yellow',
    );
    const [red] = cardsAt('2018-12-01T00:00:00.000Z', ended).filter(({ cause }) => cause.rule === 'case.red');
    expect(yellow?.dueAt).toBe(october(26));
    expect(red?.dueAt).toBe(october(31));
  });
});
