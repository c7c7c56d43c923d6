import { describe, expect, it } from '@jest/globals';
import {
  adoptedOf,
  application,
  cardsAt,
  city,
  county,
  facts,
  october,
  received,
  termsOf,
  water,
  year2018,
  year2019,
} from '../../test/supervision/sample.ts';
import {
  type ClockKind,
  clockKinds,
  type ClockRule,
  type DefaultLimit,
  hunan2018,
  type LimitKind,
  packFlaw,
  type RulePack,
  type Seen,
  superviseAll,
} from './index.ts';

const source = { text: { zh: '示范', en: 'A model' }, verified: false };
const from = '2018-01-01';
const late = '2019-06-01T00:00:00.000Z';
const fact = facts();

/** One card for every clock and each of its limits, a working day over it. */
const rule = (element: ClockKind, limit: LimitKind): ClockRule => ({
  ...{ id: `${element}.${limit}`, element, limit, from, source, issue: 'automatic', colour: 'yellow' },
  ...{ over: { compare: 'atLeast', days: 1 }, text: { zh: '超时', en: 'Late' } },
});
const packWith = (...defaults: readonly DefaultLimit[]): RulePack => ({
  ...hunan2018,
  ...{ id: 'every-clock', findingRules: [], defaults },
  clockRules: clockKinds.flatMap((kind) => [rule(kind, 'promised'), rule(kind, 'statutory')]),
});
const byDefault = (element: ClockKind, limit: DefaultLimit['limit'], days: number, dated = {}) => ({
  ...{ element, limit, days, source, from, ...dated },
});

const applied = fact('applied', application);
const accepted = [applied, fact('accepted', { from: received, missing: [] })];
const staged = fact('applied', {
  ...application,
  stages: [{ id: 'review', days: 6, steps: [{ id: 'water', unit: water, days: 4 }] }],
});
const reviewing = [
  staged,
  fact('accepted', { from: received, missing: [] }),
  fact('stageOpened', { stage: 'review' }),
];
const answered = fact('answered', { step: 'water', round: 1 }, october(16));
const procedure = [...accepted, fact('procedureStarted', { ground: 'expertReview', days: 7 })];
const consulted = fact('consulted', { asked: city, days: 3 });
const concluded = [...accepted, fact('ended', { ending: '0', reasonsGiven: true })];
const complained = fact('complained', { about: county, days: 5 });
const requested = fact('informationRequested', { asked: county, days: 15 });
const warned = fact('warned', { unit: county });
const obliged = fact('obliged', { unit: county, step: 'water', days: 5 });

type Row = {
  readonly kind: ClockKind;
  readonly seen: readonly Seen[];
  /** The working days of each limit. */
  readonly days: { readonly [Limit in LimitKind]?: number };
  readonly ends: Seen;
};

/** Every clock there is: what starts it, its budgets, and what stops it. */
const clocks: readonly Row[] = [
  {
    ...{ kind: 'case', seen: accepted, days: { promised: 7, statutory: 10 } },
    ends: fact('ended', { ending: '6', reasonsGiven: true }, october(16)),
  },
  { kind: 'stage', seen: reviewing, days: { promised: 6 }, ends: answered },
  { kind: 'step', seen: reviewing, days: { promised: 4 }, ends: answered },
  {
    ...{ kind: 'procedure', seen: procedure, days: { promised: 7 } },
    ends: fact('procedureEnded', { procedure: procedure[2]!.hash }, october(16)),
  },
  {
    ...{ kind: 'preAcceptance', seen: [fact('applied', { ...application, entry: 'online' })] },
    ...{ days: { promised: 2 }, ends: fact('preAccepted', {}, october(16)) },
  },
  {
    ...{ kind: 'correctionNotice', seen: [applied], days: { statutory: 5 } },
    ends: fact('correctionRequired', { demands: ['survey'] }, october(16)),
  },
  {
    ...{ kind: 'consultation', seen: [...accepted, consulted], days: { promised: 3 } },
    ends: fact('consultationAnswered', { consultation: consulted.hash }, october(16)),
  },
  {
    ...{ kind: 'certificate', seen: concluded, days: { promised: 3, statutory: 10 } },
    ends: fact('delivered', {}, october(16)),
  },
  {
    ...{ kind: 'complaint', seen: [complained], days: { promised: 5 } },
    ends: fact('complaintAnswered', { complaint: complained.hash }, october(16)),
  },
  {
    ...{ kind: 'informationRequest', seen: [requested], days: { statutory: 15 } },
    ends: fact('informationAnswered', { request: requested.hash }, october(16)),
  },
  {
    ...{ kind: 'warningReply', seen: [warned], days: { promised: 2 } },
    ends: fact('warningReplied', { warning: warned.hash }, october(16)),
  },
  {
    ...{ kind: 'obligation', seen: [...accepted, obliged], days: { promised: 5 } },
    ends: fact('obligationMet', { obliged: obliged.hash }, october(16)),
  },
];

const defaults = [
  byDefault('preAcceptance', 'promised', 2),
  byDefault('certificate', 'promised', 3),
  byDefault('warningReply', 'promised', 2),
];
const terms = (pack = packWith(...defaults)) => ({
  ...termsOf(pack, 'started', [year2018, year2019]),
  adopted: [adoptedOf(pack)],
});
const limitsOf = (kind: ClockKind, seen: readonly Seen[], pack?: RulePack) =>
  Object.fromEntries(
    cardsAt(late, seen, terms(pack)).flatMap(({ cause, reckoning }) => {
      const [element, limit = ''] = cause.rule.split('.');
      return element === kind && reckoning.kind === 'clock' ? [[limit, reckoning.limitDays]] : [];
    }),
  );
const dueAt = (kind: ClockKind, seen: readonly Seen[], pack?: RulePack) =>
  cardsAt(late, seen, terms(pack)).find(({ cause }) => cause.rule.startsWith(`${kind}.`))?.dueAt;

describe('every clock', () => {
  it('has a row here, and the pack is sound', () => {
    expect(clocks.map(({ kind }) => kind).toSorted()).toEqual(clockKinds.toSorted());
    expect(packFlaw(packWith(...defaults))).toBeUndefined();
  });

  it.each(clocks)('$kind runs against its budgets side by side, until it is stopped', (row) => {
    const { kind, seen, days, ends } = row;
    expect(limitsOf(kind, seen)).toEqual(days);
    expect(superviseAll([...seen, ends]).clocks.find((clock) => clock.kind === kind)?.stopped?.at).toBe(
      october(16),
    );
    expect(limitsOf(kind, [...seen, ends])).toEqual({});
  });
});

describe('a clock whose facts name no limit', () => {
  const law = (element: ClockKind, limit: LimitKind) => [
    byDefault(element, limit, 4, { until: '2018-10-14' }),
    byDefault(element, limit, 2, { from: '2018-10-15' }),
  ];
  it.each<readonly [ClockKind, LimitKind, (at: string) => readonly Seen[]]>([
    ['preAcceptance', 'promised', (at) => [fact('applied', { ...application, entry: 'online' }, at)]],
    ['consultation', 'promised', (at) => [applied, fact('consulted', { asked: city }, at)]],
    ['certificate', 'promised', (at) => [applied, fact('ended', { ending: '0', reasonsGiven: true }, at)]],
    ['complaint', 'promised', (at) => [fact('complained', { about: county }, at)]],
    ['informationRequest', 'statutory', (at) => [fact('informationRequested', { asked: county }, at)]],
    ['warningReply', 'promised', (at) => [fact('warned', { unit: county }, at)]],
  ])('%s has that of the day on which it began', (kind, limit, seen) => {
    const pack = packWith(...law(kind, limit));
    expect(limitsOf(kind, seen(october(14)), pack)[limit]).toBe(4);
    expect(limitsOf(kind, seen(october(15)), pack)[limit]).toBe(2);
  });
});

describe('a clock that the law lets stand still', () => {
  const whole = fact('procedureStarted', { ground: 'hearing', days: 30 }, october(16));
  const ended = fact('procedureEnded', { procedure: whole.hash }, october(18));
  const third = fact('thirdPartyConsulted', { request: requested.hash }, october(16));
  const back = fact('thirdPartyAnswered', { consultation: third.hash }, october(18));
  it.each<readonly [ClockKind, readonly Seen[], readonly [Seen, Seen]]>([
    ['case', accepted, [whole, ended]],
    ['stage', reviewing, [whole, ended]],
    ['step', reviewing, [whole, ended]],
    ['informationRequest', [requested], [third, back]],
  ])('%s loses none of its days', (kind, seen, [rests, goesOn]) => {
    const plain = dueAt(kind, seen) ?? '';
    const rested = dueAt(kind, [...seen, rests, goesOn]) ?? '';
    const gained = terms().time.between(Date.parse(plain), Date.parse(rested));
    expect(gained).toEqual({ ok: true, value: 2 * 86_400_000 });
    const [clock] = superviseAll([...seen, rests, goesOn]).clocks.filter((one) => one.kind === kind);
    expect(clock?.suspensions).toMatchObject([{ from: october(16), endedAt: october(18) }]);
  });

  it.each<readonly [ClockKind, readonly Seen[]]>([
    ['complaint', [complained]],
    ['certificate', concluded],
    ['warningReply', [warned]],
    ['obligation', [...accepted, obliged]],
  ])('is not %s: nothing stops it but its end', (kind, seen) => {
    expect(dueAt(kind, [...seen, whole, ended])).toBe(dueAt(kind, seen));
  });
});

describe('a clock that may be extended', () => {
  it.each<readonly [ClockKind, readonly Seen[], Seen, number]>([
    ['case', accepted, fact('extended', { days: 10 }, october(16)), 17],
    ['step', reviewing, fact('extended', { step: 'water', days: 5 }, october(16)), 9],
    [
      'complaint',
      [complained],
      fact('complaintExtended', { complaint: complained.hash, days: 5 }, october(16)),
      10,
    ],
    [
      'informationRequest',
      [requested],
      fact('informationExtended', { request: requested.hash, days: 15 }, october(16)),
      30,
    ],
  ])('%s has the days of both', (kind, seen, extension, days) => {
    const [limit] = Object.values(limitsOf(kind, [...seen, extension]));
    expect(limit).toBe(days);
  });

  it('has, where the extension names none, the days that the rules of its own day allow', () => {
    const pack = packWith(byDefault('informationRequest', 'extension', 15));
    const extended = fact('informationExtended', { request: requested.hash }, october(16));
    expect(limitsOf('informationRequest', [requested, extended], pack)).toEqual({ statutory: 30 });
  });
});

describe('an obligation', () => {
  it('that reopens something is met by that', () => {
    const reopens = fact('reopened', { step: 'water', round: 2, obliged: obliged.hash }, october(17));
    expect(dueAt('obligation', [...reviewing, obliged, reopens])).toBeUndefined();
  });

  it('draws a card only where the rules have one for it', () => {
    expect(cardsAt(october(31), [obliged]).map(({ cause }) => cause.rule)).toEqual([]);
    expect(dueAt('obligation', [obliged])).toBe(october(22));
  });
});
