import { ok, refuse, type Result } from '@liandong/kernel';
import {
  countAfter,
  type CountRefusal,
  instantOf,
  millisecondsOf,
  reachedAt,
  restsOf,
  runningFor,
  type WorkingTime,
} from './clock.ts';
import type { Bilingual } from './codes.ts';
import type { Instant } from './facts.ts';
import type { ClockReckoning, FindingReckoning, Judgement } from './judgement.ts';
import { checkNames, clockNames, colourNames, conventionNames, groundNames, limitNames } from './names.ts';
import type { AdoptedPack, ClockRule, FindingRule, RuleSource } from './rule-pack.ts';

/** One day of the count: the number it shows, and since when. */
export type CountedDay = { readonly count: number; readonly date: string; readonly reachedAt: Instant };

export type ExplainedRest = {
  readonly ground: Bilingual;
  readonly from: Instant;
  readonly to?: Instant;
  readonly cause: string;
};

/** A card, so that anybody can count it again by hand. */
export type Explanation = {
  readonly title: Bilingual;
  readonly rule: { readonly id: string; readonly text: Bilingual; readonly source: RuleSource };
  readonly rules: string;
  readonly calendar: string;
  readonly convention: Bilingual;
  readonly days: readonly CountedDay[];
  readonly rests: readonly ExplainedRest[];
  /** The last day the law leaves, which excludes the day of receipt; it may differ from the count. */
  readonly legalEnd?: string;
  readonly evidence: readonly string[];
  readonly text: readonly Bilingual[];
};

export type ExplainRefusal =
  | CountRefusal
  | { readonly code: 'explain-other-rules'; readonly expected: string; readonly found: string }
  | { readonly code: 'explain-other-calendar'; readonly expected: string; readonly found: string }
  | { readonly code: 'explain-rule-unknown'; readonly rule: string };

export type Explaining = {
  readonly time: WorkingTime;
  readonly calendar: string;
  readonly rules: Pick<AdoptedPack, 'pack' | 'pin'>;
  /** The last day of a limit of law that begins at an instant, yyyy-mm-dd. */
  readonly legalDay: (receivedAt: Instant, days: number) => Result<string, CountRefusal>;
};

/** Tells how a card came about, by the calendar and the rules it names and by no others. */
export const explain = (card: Judgement, by: Explaining): Result<Explanation, ExplainRefusal> => {
  const { rules, calendar } = by;
  if (rules.pin !== card.rules) {
    return refuse({ code: 'explain-other-rules', expected: card.rules, found: rules.pin });
  }
  if (calendar !== card.calendar) {
    return refuse({ code: 'explain-other-calendar', expected: card.calendar, found: calendar });
  }
  const { reckoning, cause } = card;
  const rule = [...rules.pack.clockRules, ...rules.pack.findingRules].find(({ id }) => id === cause.rule);
  if (rule === undefined) return refuse({ code: 'explain-rule-unknown', rule: cause.rule });
  switch (reckoning.kind) {
    case 'clock':
      return explainClock(card, reckoning, rule, by);
    case 'finding':
      return ok(explainFinding(card, reckoning, rule));
  }
};

type Rule = ClockRule | FindingRule;

const common = ({ colour, rules, calendar, convention }: Judgement, about: Bilingual, rule: Rule) => ({
  title: {
    zh: `${colourNames[colour].zh}：${about.zh}`,
    en: `${colourNames[colour].en}: ${about.en}`,
  },
  rule: { id: rule.id, text: rule.text, source: rule.source },
  rules,
  calendar,
  convention: conventionNames[convention],
});

const ruleText = ({ id, text, source }: Rule): Bilingual => ({
  zh: `规则 ${id}：${text.zh}（${source.text.zh}${source.verified ? '' : '；出处未核实'}）`,
  en: `Rule ${id}: ${text.en} (${source.text.en}${source.verified ? '' : '; not verified'})`,
});

const pins = ({ rules, calendar, convention }: Judgement): Bilingual => ({
  zh: `规则包 ${rules}；日历 ${calendar}；计日口径：${conventionNames[convention].zh}`,
  en: `Rule pack ${rules}; calendar ${calendar}; counting: ${conventionNames[convention].en}`,
});

const whose = ({ accountable: { unit, step, person } }: Judgement): Bilingual => ({
  zh: `责任单位 ${unit.tier} ${unit.department}${step === undefined ? '' : `，环节 ${step}`}${person === undefined ? '' : `，经办人 ${person}`}`,
  en: `Accountable: unit ${unit.tier} ${unit.department}${step === undefined ? '' : `, step ${step}`}${person === undefined ? '' : `, person ${person}`}`,
});

const explainFinding = (card: Judgement, { check, evidence }: FindingReckoning, rule: Rule): Explanation => ({
  ...common(card, checkNames[check], rule),
  days: [],
  rests: [],
  evidence,
  text: [
    ruleText(rule),
    {
      zh: `由下列事件得出：${evidence.join('、')}`,
      en: `Shown by these events: ${evidence.join(', ')}`,
    },
    whose(card),
    pins(card),
  ],
});

const explainClock = (
  card: Judgement,
  reckoning: ClockReckoning,
  rule: Rule,
  { time, legalDay }: Explaining,
): Result<Explanation, ExplainRefusal> => {
  const { element, limit, limitDays, receivedAt, suspensions, extensions, count } = reckoning;
  const days = countedDays(time, card, reckoning);
  if (!days.ok) return days;
  const rests = explainedRests(time, reckoning);
  if (!rests.ok) return rests;
  const allowed = suspensions.reduce((sum, { allowedDays = 0 }) => sum + allowedDays, 0);
  const legalEnd = legalDay(receivedAt, limitDays + allowed);
  if (!legalEnd.ok) return legalEnd;
  const name = clockNames[element];
  return ok({
    ...common(card, name, rule),
    days: days.value,
    rests: rests.value,
    legalEnd: legalEnd.value,
    evidence: [
      card.cause.event,
      ...extensions.map(({ cause }) => cause),
      ...suspensions.map(({ cause }) => cause),
    ],
    text: [
      ruleText(rule),
      {
        zh: `${name.zh}自 ${receivedAt} 起，${limitNames[limit].zh} ${limitDays} 个工作日`,
        en: `${name.en} from ${receivedAt}, ${limitNames[limit].en} ${limitDays} working days`,
      },
      ...days.value.map(({ count: n, date, reachedAt: at }) => ({
        zh: `第 ${n} 日：${date}（${at} 起）`,
        en: `Day ${n}: ${date} (from ${at})`,
      })),
      ...rests.value.map(({ ground, from, to, cause }) => ({
        zh: `中止计时：${ground.zh}，${from} 至 ${to ?? '尚未结束'}，依据事件 ${cause}`,
        en: `Suspended: ${ground.en}, ${from} to ${to ?? 'still running'}, by event ${cause}`,
      })),
      {
        zh: `计至 ${count}，超过时限 ${count - limitDays} 日，于 ${card.dueAt} 达到规则`,
        en: `The count of ${count} is ${count - limitDays} over the limit and was reached at ${card.dueAt}`,
      },
      {
        zh: `法定期限（不含收件当日）至 ${legalEnd.value} 止`,
        en: `The limit of law, which excludes the day of receipt, ends on ${legalEnd.value}`,
      },
      whose(card),
      pins(card),
    ],
  });
};

const countedDays = (
  time: WorkingTime,
  { convention }: Judgement,
  { countsFrom, count, suspensions }: ClockReckoning,
): Result<readonly CountedDay[], CountRefusal> => {
  const rests = restsOf(time, suspensions);
  if (!rests.ok) return rests;
  const days: CountedDay[] = [];
  for (let n = countAfter(convention, 0); n <= count; n++) {
    const reached = reachedAt(time, millisecondsOf(countsFrom), rests.value, runningFor(convention, n));
    if (!reached.ok) return reached;
    if (reached.value === undefined) break;
    days.push({ count: n, date: time.dateOf(reached.value), reachedAt: instantOf(reached.value) });
  }
  return ok(days);
};

/** Every entry as it was made, with the end that counts. */
const explainedRests = (
  time: WorkingTime,
  { suspensions }: ClockReckoning,
): Result<readonly ExplainedRest[], CountRefusal> => {
  const rests: ExplainedRest[] = [];
  for (const suspension of suspensions) {
    const span = restsOf(time, [suspension]);
    if (!span.ok) return span;
    const to = span.value[0]?.to;
    const { ground, from, cause } = suspension;
    rests.push({ ground: groundNames[ground], from, ...(to !== undefined && { to: instantOf(to) }), cause });
  }
  return ok(rests);
};
