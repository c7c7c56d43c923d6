import { describe, expect, it } from '@jest/globals';
import { ok, refuse } from '@liandong/kernel';
import {
  adoptedOf,
  application,
  cardsAt,
  county,
  facts,
  hashOf,
  october,
  received,
  termsOf,
  year2018,
} from '../../test/supervision/sample.ts';
import { legalDay, workingDays } from '../calendar/index.ts';
import {
  checks,
  checkNames,
  clockKinds,
  clockNames,
  explain,
  type Explaining,
  groundNames,
  hunan2018,
  type Judgement,
  strict2026,
  suspensionGrounds,
} from './index.ts';

const terms = termsOf();
const days = workingDays([year2018]);
const by: Explaining = {
  time: terms.time,
  calendar: terms.calendar,
  rules: adoptedOf(hunan2018),
  legalDay: (from, limit) => {
    const end = legalDay(days, from, limit);
    if (end.ok) return ok(end.value.date);
    return refuse({ code: 'calendar-year-missing', year: 2019 });
  },
};

const fact = facts();
const suspended = [
  fact('applied', { ...application, stages: [] }),
  fact('accepted', { from: received, missing: [] }, received, { unit: county, authid: 'p-7' }),
  fact('procedureStarted', { ground: 'expertReview', days: 5 }, october(17)),
  fact('procedureEnded', { procedure: hashOf(3) }, october(18)),
];
const yellow = cardsAt('2018-11-01T00:00:00.000Z', suspended).find(
  ({ cause }) => cause.rule === 'case.yellow',
) as Judgement;

describe('the explanation of a card', () => {
  const explained = explain(yellow, by);
  const it1 = explained.ok ? explained.value : undefined;

  it('lists every counted day, and none of those that did not count', () => {
    expect(it1?.days.map(({ count, date }) => [count, date])).toEqual([
      [1, '2018-10-15'],
      [2, '2018-10-16'],
      [3, '2018-10-18'],
      [4, '2018-10-19'],
      [5, '2018-10-22'],
      [6, '2018-10-23'],
      [7, '2018-10-24'],
      [8, '2018-10-25'],
    ]);
    expect(it1?.days.at(-1)?.reachedAt).toBe(yellow.dueAt);
  });

  it('lists every suspension with its ground, its time and the event behind it', () => {
    expect(it1?.rests).toEqual([
      { ground: groundNames.expertReview, from: october(17), to: october(18), cause: hashOf(3) },
    ]);
  });

  it('names rule, source, rule pack, calendar and convention', () => {
    expect(it1?.rule.id).toBe('case.yellow');
    expect(it1?.rule.source.verified).toBe(false);
    expect([it1?.rules, it1?.calendar]).toEqual([yellow.rules, terms.calendar]);
    const last = it1?.text.at(-1);
    expect(last?.zh).toContain(yellow.rules);
    expect(last?.en).toContain(terms.calendar);
  });

  it('shows the limit of law beside the count, from which it differs', () => {
    expect(it1?.legalEnd).toBe('2018-10-31');
  });

  it('says it all in Chinese and in English', () => {
    for (const { zh, en } of it1?.text ?? []) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).not.toBe('');
    }
    expect(it1?.title).toEqual({ zh: '黄牌：办件', en: 'Yellow card: Case' });
    const zh = it1?.text.map((line) => line.zh).join('\n') ?? '';
    for (const words of [
      '第 8 日：2018-10-25',
      '中止计时：专家评审',
      '经办人 p-7',
      '超过时限 1 日',
      '出处未核实',
    ]) {
      expect(zh).toContain(words);
    }
  });

  it('counts on for a suspension that had no end yet', () => {
    const open = cardsAt('2018-11-20T00:00:00.000Z', suspended.slice(0, 3)).find(
      ({ cause }) => cause.rule === 'case.yellow',
    ) as Judgement;
    const whole = explain(open, by);
    expect(whole.ok && whole.value.rests[0]?.to).toBe(october(24));
    expect(whole.ok && whole.value.days.at(-1)?.reachedAt).toBe(open.dueAt);
  });

  it('of a finding names the events that show it', () => {
    const missing = [fact('applied', application), fact('accepted', { from: received, missing: ['deed'] })];
    const [card] = cardsAt(received, missing) as readonly [Judgement];
    const found = explain(card, by);
    expect(found.ok && found.value.evidence).toEqual([missing[1]?.hash]);
    expect(found.ok && found.value.title).toEqual({
      zh: '黄牌：材料不齐',
      en: 'Yellow card: Materials incomplete',
    });
  });

  it('is given by the rules and the calendar that the card names, and by no others', () => {
    const strict = adoptedOf(strict2026);
    expect(explain(yellow, { ...by, rules: strict })).toEqual(
      refuse({ code: 'explain-other-rules', expected: yellow.rules, found: strict.pin }),
    );
    expect(explain(yellow, { ...by, calendar: 'another' })).toEqual(
      refuse({ code: 'explain-other-calendar', expected: yellow.calendar, found: 'another' }),
    );
    const stranger = { ...yellow, cause: { ...yellow.cause, rule: 'case.pink' } };
    expect(explain(stranger, by)).toEqual(refuse({ code: 'explain-rule-unknown', rule: 'case.pink' }));
  });

  it('has a name for every clock, every ground and everything found', () => {
    for (const [codes, names] of [
      [clockKinds, clockNames],
      [suspensionGrounds, groundNames],
      [checks, checkNames],
    ] as const) {
      expect(Object.keys(names).toSorted()).toEqual([...codes].toSorted());
    }
  });
});
