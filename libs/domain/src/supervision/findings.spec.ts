import { describe, expect, it } from '@jest/globals';
import {
  application,
  cardsAt,
  county,
  facts,
  october,
  received,
  rulesAt,
  termsOf,
  water,
} from '../../test/supervision/sample.ts';
import { hunan2018, type RulePack, type Seen } from './index.ts';

const late = '2018-12-20T00:00:00.000Z';

/** A case that does everything as it should, answered a day after each stage opens. */
const course = (change: Partial<typeof application> = {}) => {
  const fact = facts();
  const opened = [
    fact('applied', { ...application, ...change }),
    fact('accepted', { from: received, missing: [] }),
    fact('stageOpened', { stage: 'review' }),
    fact('answered', { step: 'site', round: 1 }, october(16), { unit: county }),
    fact('answered', { step: 'water', round: 1 }, october(16), { unit: water, authid: 'engineer' }),
    fact('stageOpened', { stage: 'decision' }, october(16)),
    fact('answered', { step: 'permit', round: 1 }, october(17), { unit: county }),
  ];
  return { fact, opened };
};
const ended = (facts: readonly Seen[], fact: ReturnType<typeof course>['fact'], at = october(17)) => [
  ...facts,
  fact('ended', { ending: '6', reasonsGiven: true }, at),
];

describe('a case as it should be', () => {
  it('draws no card', () => {
    const { fact, opened } = course();
    expect(rulesAt(late, ended(opened, fact))).toEqual([]);
  });
});

describe('a rule about the facts themselves', () => {
  it('closedWithoutReason: returned, voided, deleted or not accepted without one', () => {
    for (const ending of ['1', '2', '3', 'rejected'] as const) {
      const fact = facts();
      const seen = (reasonsGiven: boolean) => [
        fact('applied', application),
        fact('ended', { ending, reasonsGiven }),
      ];
      expect(rulesAt(late, seen(false))).toEqual(['closedWithoutReason']);
      expect(rulesAt(late, seen(true))).toEqual([]);
    }
    const fact = facts();
    const withdrawn = [
      fact('applied', application),
      fact('ended', { ending: 'withdrawn', reasonsGiven: false }),
    ];
    expect(rulesAt(late, withdrawn)).toEqual([]);
  });

  it('closedWithoutReason names the endings it is about', () => {
    const rules: RulePack = {
      ...hunan2018,
      findingRules: hunan2018.findingRules.map((rule) =>
        rule.check === 'closedWithoutReason' ? { ...rule, endings: ['2'] } : rule,
      ),
    };
    const fact = facts();
    const seen = [fact('applied', application), fact('ended', { ending: '1', reasonsGiven: false })];
    expect(rulesAt(late, seen, termsOf(rules))).toEqual([]);
  });

  it('materialsIncomplete: accepted although something was missing', () => {
    const fact = facts();
    const seen = [fact('applied', application), fact('accepted', { from: received, missing: ['map'] })];
    const [card] = cardsAt(october(15), seen);
    expect(card?.cause).toEqual({ event: seen[1]?.hash, rule: 'materialsIncomplete', round: 1 });
    expect(card?.reckoning).toEqual({
      kind: 'finding',
      check: 'materialsIncomplete',
      evidence: [seen[1]?.hash],
    });
  });

  it('chargedThoughFree and notChargedThoughChargeable: money against the catalogue', () => {
    const free = course();
    const paid = [...free.opened, free.fact('charged', { amount: 100 }, october(17))];
    expect(rulesAt(late, ended(paid, free.fact))).toEqual(['chargedThoughFree']);

    const { chargeable: _, ...silent } = application;
    const unknown = facts();
    const silence = [
      unknown('applied', { ...silent, stages: [] }),
      unknown('ended', { ending: '6', reasonsGiven: true }),
    ] as const;
    expect(rulesAt(late, silence)).toEqual([]);
    expect(rulesAt(late, [silence[0], unknown('charged', { amount: 100 }), silence[1]])).toEqual([]);

    const dear = course({ chargeable: true });
    expect(rulesAt(late, ended(dear.opened, dear.fact))).toEqual(['notChargedThoughChargeable']);
    const charged = [...dear.opened, dear.fact('charged', { amount: 100 }, october(17))];
    expect(rulesAt(late, ended(charged, dear.fact))).toEqual([]);
  });

  it('resultBeforeApplication: the end is dated before the beginning', () => {
    const { fact, opened } = course();
    expect(rulesAt(late, ended(opened, fact, october(14)))).toContain('resultBeforeApplication');
  });

  it('secondCorrection: a further notice demands something new, and not if it repeats', () => {
    const fact = facts();
    const first = [
      fact('applied', application),
      fact('correctionRequired', { demands: ['map', 'deed'] }, october(16)),
    ];
    const again = (demands: readonly string[]) => [
      ...first,
      fact('correctionRequired', { demands }, october(18)),
    ];
    expect(rulesAt(late, again(['map']))).toEqual([]);
    expect(rulesAt(late, again(['map', 'photo']))).toEqual(['secondCorrection']);
  });

  it('acceptedAfterClose: told by a joined system, recorded without effect, and seen all the same', () => {
    const { fact, opened } = course();
    const closed = ended(opened, fact);
    const accepted = fact('accepted', { from: received, missing: [] }, october(18), { withoutEffect: true });
    const [card, ...more] = cardsAt(late, [...closed, accepted]);
    expect(card?.cause.rule).toBe('acceptedAfterClose');
    expect(card?.reckoning).toMatchObject({ evidence: [accepted.hash, closed.at(-1)?.hash] });
    expect(more).toEqual([]);
  });

  it('stepCountUnlikeCatalogue: a step is missing, or is not of the catalogue', () => {
    const { fact, opened } = course();
    expect(rulesAt(late, ended(opened.slice(0, -1), fact))).toContain('stepCountUnlikeCatalogue');
    const extra = [...opened, fact('answered', { step: 'feast', round: 1 }, october(17))];
    expect(rulesAt(late, ended(extra, fact))).toEqual(['stepCountUnlikeCatalogue']);
  });

  it('stepOrderUnlikeCatalogue: a step comes before a stage that still waits', () => {
    const { fact, opened } = course();
    const [applied, accepted, stage, site, waterStep, decision, permit] = opened as [
      Seen,
      Seen,
      Seen,
      Seen,
      Seen,
      Seen,
      Seen,
    ];
    const hasty = [applied, accepted, stage, site, decision, permit, waterStep];
    const [card] = cardsAt(late, ended(hasty, fact));
    expect(card?.cause).toEqual({
      event: permit.hash,
      step: 'permit',
      rule: 'stepOrderUnlikeCatalogue',
      round: 1,
    });
  });

  it('stepTimesIllogical: answered before its stage opened, or begun after its answer', () => {
    const { fact, opened } = course();
    const before = [...opened.slice(0, 3), fact('answered', { step: 'site', round: 1 }, october(14))];
    expect(rulesAt(late, before)).toContain('stepTimesIllogical');
    const inverted = [
      ...opened.slice(0, 3),
      fact('answered', { step: 'site', round: 1, startedAt: october(17) }, october(16)),
    ];
    expect(rulesAt(october(16), inverted)).toEqual(['stepTimesIllogical']);
    const sound = [
      ...opened.slice(0, 3),
      fact('answered', { step: 'site', round: 1, startedAt: received }, october(16)),
    ];
    expect(rulesAt(october(16), sound)).toEqual([]);
  });

  it('stepLateTotalInTime: a step was late although the case was not', () => {
    const slow = course();
    const seen = [...slow.opened.slice(0, 3)];
    seen.push(slow.fact('answered', { step: 'site', round: 1 }, october(18), { unit: county }));
    seen.push(slow.fact('answered', { step: 'water', round: 1 }, october(18), { unit: water }));
    seen.push(slow.fact('stageOpened', { stage: 'decision' }, october(18)));
    seen.push(slow.fact('answered', { step: 'permit', round: 1 }, october(18), { unit: county }));
    const [card, ...more] = cardsAt(late, ended(seen, slow.fact, october(18)));
    // Three days from Monday ten: the fourth day of the count is over, at ten on Thursday.
    expect(card?.cause).toMatchObject({ step: 'site', rule: 'stepLateTotalInTime', round: 1 });
    expect(card?.accountable).toEqual({ unit: county, step: 'site', person: 'officer' });
    expect(more).toEqual([]);
  });

  it('stepLateTotalInTime keeps silent when the case itself was late', () => {
    const { fact, opened } = course();
    const rules = rulesAt(late, ended(opened, fact, october(29)));
    expect(rules).toContain('case.yellow');
    expect(rules).not.toContain('stepLateTotalInTime');
  });

  it('notEnteredOnline: handled outside the system', () => {
    const fact = facts();
    const seen = (entry: 'offline' | 'counter') => [fact('applied', { ...application, entry })];
    expect(rulesAt(late, seen('offline'))).toEqual(['notEnteredOnline']);
    expect(rulesAt(late, seen('counter'))).toEqual([]);
  });

  it('needs an application to hold the facts against', () => {
    const fact = facts();
    const stray = [
      fact('accepted', { from: received, missing: ['deed'] }, received, { recordedAt: october(25) }),
      fact('ended', { ending: '2', reasonsGiven: false }, october(15), { recordedAt: october(25) }),
      fact('charged', { amount: 1 }, october(15), { recordedAt: october(25) }),
    ];
    expect(rulesAt(late, stray)).toEqual([]);
  });

  it('is about the unit that acted, and about the lead where none is named', () => {
    const fact = facts();
    const accepted = (unit?: typeof county) =>
      fact('accepted', { from: received, missing: ['deed'] }, received, unit && { unit });
    const unitOf = (seen: Seen) =>
      cardsAt(received, [fact('applied', { ...application, lead: water }), seen])[0]?.accountable.unit;
    expect(unitOf(accepted(county))).toEqual(county);
    expect(unitOf(accepted())).toEqual(water);
  });

  it('backDatedEntry: enough facts entered too late make one card, from the last of them on', () => {
    const fact = facts();
    const entered = (recordedAt: string) => ({ recordedAt });
    const seen = [
      fact('applied', application, received, entered(october(16, 1))),
      fact('accepted', { from: received, missing: [] }, received, entered(october(16))),
      fact('stageOpened', { stage: 'review' }, received, entered(october(17))),
      fact('answered', { step: 'site', round: 1 }, october(16), entered(october(18))),
    ];
    expect(rulesAt(october(18, -1), seen)).toEqual([]);
    const [card, ...more] = cardsAt(october(18), seen);
    expect(card?.cause).toEqual({ event: seen[0]?.hash, rule: 'backDatedEntry', round: 1 });
    // What was entered exactly a day late is not late by more than a day.
    expect(card?.reckoning).toMatchObject({ evidence: [seen[0], seen[2], seen[3]].map((one) => one?.hash) });
    expect(more).toEqual([]);
  });
});

describe('a warning', () => {
  it('that nobody answers in time draws a card of its own', () => {
    const fact = facts();
    const warned = [fact('warned', { unit: county })];
    expect(rulesAt(october(17, -1), warned)).toEqual([]);
    expect(rulesAt(october(17), warned)).toEqual(['warningReply.yellow']);
    const replied = [...warned, fact('warningReplied', { warning: warned[0]!.hash }, october(16))];
    expect(rulesAt(late, replied)).toEqual([]);
  });
});
