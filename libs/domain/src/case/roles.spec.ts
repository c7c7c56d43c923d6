import { describe, expect, it } from '@jest/globals';
import { decide, hash, openedWith, race, stateAfter } from '../../test/case/given.ts';
import {
  accepts,
  agrees,
  applicant,
  cityFollower,
  clerk,
  concludes,
  countyFollower,
  day,
  type Deed,
  deed,
  delivers,
  document,
  endOf,
  environment,
  environmentAgrees,
  environmentHead,
  forestry,
  inReview,
  land,
  landAgrees,
  landRefuses,
  lead,
  leadHead,
  mayor,
  opening,
  opens,
  opensAbove,
  organs,
  preAccepts,
  reviewed,
  site,
  siteAgrees,
  tolerating,
  without,
} from '../../test/case/sample.ts';
import { type Actor, type CaseCommand, caseCommandNames } from './commands.ts';
import { emptyCase } from './case.ts';
import type { CaseState } from './state.ts';

const people = {
  applicant,
  clerk,
  countyFollower,
  cityFollower,
  lead,
  leadHead,
  leadFollower: { ...cityFollower, department: 'development' },
  leadMayor: { ...mayor, department: 'development' },
  countyMayor: { ...mayor, tier: land.tier },
  site,
  land,
  landHead: { ...land, roles: ['organHead'] },
  environment,
  environmentHead,
  forestry,
  stranger: { ...applicant, authid: 'p-0000' },
  clerkElsewhere: { ...clerk, tier: site.tier },
  clerkOfLand: { ...clerk, department: 'land' },
} satisfies Record<string, Actor>;
type Person = keyof typeof people;

const lacking = [deed(clerk, without('survey')), preAccepts] as const;
const demands = {
  type: 'requireCorrection',
  demands: [{ material: 'survey', defect: 'missing' }],
} as const;
const ledByCounty = { ...opening, lead: organs.countyLand };
const survey = [{ material: 'survey', documents: [document(4)] }];
const inquiry = deed(environment, {
  type: 'consult',
  asked: organs.countyLand,
  days: 3,
  step: 'environment',
});
const procedure = {
  type: 'startProcedure',
  step: 'environment',
  ground: 'expertReview',
  days: 7,
  notice: document(50),
} as const;
const wholeCase = { type: 'startProcedure', ground: 'hearing', days: 5, notice: document(51) } as const;

const leaders = ['lead', 'leadHead'] as const;
const counter = ['clerk', ...leaders] as const;
const above = [...inReview, siteAgrees, landAgrees, environmentAgrees, opensAbove] as const;

/** Its notice ends a day too early, by a calendar that was corrected since. */
const countedOtherwise = openedWith({ noticeDue: endOf(4) });

/** In this state, asked for this, exactly these people are entitled. */
const table: readonly (readonly [CaseState, CaseCommand, readonly Person[], at?: string])[] = [
  [emptyCase, opening, ['applicant', 'clerk']],
  [stateAfter(opens), { type: 'file' }, ['lead', 'leadFollower']],
  [stateAfter(opens), { type: 'preAccept' }, counter],
  [stateAfter(...lacking), demands, counter],
  [stateAfter(opens), { type: 'supplyMaterial', supplied: survey }, ['applicant', ...counter]],
  [stateAfter(opens, preAccepts), { type: 'accept' }, counter],
  [stateAfter(...lacking), tolerating, counter],
  [stateAfter(...lacking), { ...tolerating, type: 'openPreReview' }, counter],
  [
    stateAfter(opens),
    { type: 'recordDeemedAcceptance' },
    ['countyFollower', 'cityFollower', 'leadFollower'],
    day(8),
  ],
  [
    stateAfter(...lacking, deed(clerk, demands)),
    { type: 'recordCorrectionLapse' },
    ['countyFollower', 'cityFollower', 'leadFollower'],
    day(22),
  ],
  [
    stateAfter(...lacking, deed(clerk, tolerating)),
    { type: 'recordToleranceLapse' },
    ['countyFollower', 'cityFollower', 'leadFollower'],
    day(15),
  ],
  [
    stateAfter(opens, preAccepts),
    { type: 'reject', ground: 'noPermitNeeded', reasons: '无需许可', remedies: ['litigation'] },
    counter,
  ],
  [stateAfter(opens, preAccepts, accepts), { type: 'openStage', stage: 'review' }, leaders],
  [stateAfter(...inReview), { type: 'giveOpinion', ...agrees('site') }, ['site']],
  [stateAfter(...inReview), { type: 'determine', ...agrees('land') }, ['land', 'landHead']],
  [
    stateAfter(...inReview),
    { type: 'determine', ...agrees('environment') },
    ['environment', 'environmentHead'],
  ],
  [stateAfter(...above), { type: 'recordExternal', ...agrees('forest') }, ['forestry', ...leaders]],
  [
    stateAfter(...inReview),
    { type: 'recordInspection', step: 'land', document: document(71) },
    ['land', 'landHead'],
  ],
  [
    stateAfter(...inReview),
    { type: 'consult', step: 'land', asked: organs.townshipSite, days: 3 },
    ['land', 'landHead', ...leaders],
  ],
  [stateAfter(...inReview), { type: 'consult', asked: organs.townshipSite, days: 3 }, leaders],
  [
    stateAfter(...inReview, inquiry),
    { type: 'answerConsultation', consultation: hash(4), document: document(70) },
    ['land', 'landHead'],
  ],
  [stateAfter(...inReview), procedure, ['environment', 'environmentHead']],
  [stateAfter(...inReview), wholeCase, leaders],
  [
    stateAfter(...inReview, deed(environment, procedure)),
    { type: 'endProcedure', procedure: hash(4), document: document(52) },
    ['environment', 'environmentHead'],
  ],
  [
    stateAfter(...inReview, deed(lead, wholeCase)),
    { type: 'endProcedure', procedure: hash(4), document: document(52) },
    leaders,
  ],
  [
    stateAfter(...inReview),
    { type: 'recordHearing', step: 'land', document: document(72) },
    ['land', 'landHead', ...leaders],
  ],
  [stateAfter(...inReview), { type: 'extend', days: 15, reasons: '情况复杂' }, ['leadMayor']],
  [
    stateAfter(...inReview),
    { type: 'extend', step: 'environment', days: 5, reasons: '补充监测' },
    ['environmentHead'],
  ],
  [stateAfter(...reviewed), { type: 'conclude', result: '0', document: document(30) }, leaders],
  [stateAfter(...reviewed, concludes), { type: 'deliver', channel: '1', document: document(32) }, counter],
  [stateAfter(...inReview), { type: 'withdraw' }, ['applicant', 'clerk']],
  [
    stateAfter(deed(clerk, ledByCounty), preAccepts, accepts),
    { type: 'transferUp', to: organs.cityLead },
    ['land', 'landHead'],
  ],
  [
    stateAfter(deed(clerk, ledByCounty), preAccepts, accepts),
    { type: 'takeOver', ground: 'inaction' },
    ['lead', 'leadHead', 'leadMayor', 'environmentHead'],
  ],
  [stateAfter(...inReview), { type: 'void', ground: 'duplicate', reasons: '重复申请' }, leaders],
  [stateAfter(...inReview), { type: 'share', tiers: ['431022' as typeof site.tier] }, leaders],
  [
    race(stateAfter(...inReview), landAgrees, landRefuses),
    { type: 'settleObligation', cause: hash(101), outcome: 'upheld', reasons: '经复核' },
    leaders,
  ],
  [
    race(stateAfter(...inReview), landAgrees, landRefuses),
    { type: 'noteObligation', cause: hash(101) },
    ['leadFollower'],
  ],
  [
    countedOtherwise,
    {
      type: 'moveDeadlines',
      calendar: `431000@2#${'a'.repeat(64)}`,
      reason: { zh: '更正', en: 'Corrected' },
    },
    ['countyFollower'],
  ],
  [
    stateAfter(...reviewed, concludes, delivers),
    { type: 'noteRemedy', remedy: 'litigation', document: document(60) },
    counter,
  ],
];

describe('who may do what', () => {
  it.each(table.map(([state, command, able, at]) => ({ name: nameOf(command), state, command, able, at })))(
    '$name: $able',
    ({ state, command, able, at }) => {
      const may = Object.entries(people)
        .filter(([, by]) => decide({ by, command, ...(at !== undefined && { at }) } satisfies Deed, state).ok)
        .map(([name]) => name);
      expect(may.toSorted()).toEqual([...able].toSorted());
    },
  );

  it('names every command there is', () => {
    const named = new Set(table.map(([, { type }]) => type));
    expect([...named].toSorted()).toEqual(caseCommandNames.toSorted());
  });
});

function nameOf(command: CaseCommand): string {
  return 'step' in command && command.step !== undefined ? `${command.type} ${command.step}` : command.type;
}
