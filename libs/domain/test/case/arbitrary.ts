import type { EventHash, Mandate, TierCode } from '@liandong/kernel';
import fc from 'fast-check';
import {
  acceptanceBases,
  applicantKinds,
  type By,
  type CaseCommand,
  type CaseFact,
  caseFactName,
  caseFactNames,
  type CaseFacts,
  caseFactType,
  channels,
  conclusionResults,
  deadlineKinds,
  type CaseFactName,
  defects,
  entitlements,
  type Happened,
  procedureGrounds,
  rejectionGrounds,
  remedies,
  type Role,
  roles,
  settlements,
  stepResults,
  takeoverGrounds,
  voidGrounds,
} from '../../src/case/index.ts';
import { hash } from './given.ts';
import * as sample from './sample.ts';

export const people = [
  ...[sample.clerk, sample.lead, sample.leadHead, sample.mayor, sample.environment, sample.environmentHead],
  ...[
    sample.forestry,
    sample.land,
    sample.site,
    sample.applicant,
    sample.countyFollower,
    sample.cityFollower,
  ],
  { ...sample.land, roles: ['leadCoordinator', 'organHead'] as const },
  { ...sample.mayor, department: 'development' },
];
export const somebody = fc.constantFrom(...people);

/** Names that an object answers to without holding them. */
const traps = ['__proto__', 'constructor', 'toString', ''];
const trapped = (...names: readonly string[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: fc.constantFrom(...traps) },
  );
const step = trapped('site', 'land', 'environment', 'forest');
const stage = trapped('review', 'above');
const material = trapped('form', 'plan', 'survey', 'photos');
const document = fc.integer({ min: 0, max: 9 }).map(sample.document);
const instant = fc.integer({ min: -5, max: 60 }).map((days) => sample.day(days));
const days = fc.integer({ min: 0, max: 60 });
const tier = fc.constantFrom(
  sample.city,
  sample.county,
  sample.township,
  '431022' as TierCode,
  '__proto__' as TierCode,
);
const mandate: fc.Arbitrary<Mandate> = fc.constantFrom(
  ...Object.values(sample.organs),
  { tier: sample.city, department: 'land' },
  { tier: '__proto__' as TierCode, department: 'constructor' },
);
/** Mostly of facts that are there. */
const aHash: fc.Arbitrary<EventHash> = fc.integer({ min: 0, max: 40 }).map(hash);
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(arbitrary, { maxLength: 3 });
const decisionDue = fc.record({ promised: instant, statutory: instant }, { requiredKeys: [] });
const tolerance = fc.record({ materials: some(material), days, due: instant, promise: document });
const supplied = some(fc.record({ material, documents: some(document) }));
const dues = some(fc.record({ step, due: instant }));
const answer = fc.record({
  step,
  round: fc.integer({ min: 0, max: 3 }),
  result: fc.constantFrom(...stepResults),
  document,
  reasonsGiven: fc.boolean(),
  remedies: some(fc.constantFrom(...remedies)),
});

type Said<Data> = Data extends unknown ? Omit<Data, 'by'> : never;

const yes = fc.constant(true as const);
const nothing = fc.record({});
const bases = fc.constantFrom(...acceptanceBases.filter((basis) => basis !== 'tolerated'));

/** What anybody might say, sense or nonsense, for every fact. */
const sayings: { readonly [Name in CaseFactName]: fc.Arbitrary<Said<CaseFacts[Name]>> } = {
  opened: fc
    .record({
      kind: fc.constantFrom(...applicantKinds),
      reference: fc.constant('p-1'),
      creditworthy: fc.boolean(),
    })
    .map((applicant) => {
      const { type: _type, details: _details, ...opening } = sample.opening;
      return {
        ...opening,
        applicant,
        audience: [sample.city, sample.county, sample.township],
        noticeDue: sample.endOf(7),
      };
    }),
  filed: nothing,
  preAccepted: nothing,
  correctionRequired: fc.record({
    demands: some(fc.record({ material, defect: fc.constantFrom(...defects) })),
    due: instant,
  }),
  materialSupplied: fc.record({ supplied, noticeDue: instant }, { requiredKeys: ['supplied'] }),
  accepted: fc.oneof(
    fc.record({ from: instant, decisionDue, basis: bases }),
    fc.record({ from: instant, decisionDue, basis: fc.constant('tolerated' as const), tolerance }),
  ),
  preReviewOpened: fc.record({ tolerance }),
  rejected: fc.record({
    ground: fc.constantFrom(...rejectionGrounds),
    reasonsGiven: yes,
    remedies: some(fc.constantFrom(...remedies)),
  }),
  stageOpened: fc.record({ stage, due: dues }),
  opinionGiven: answer,
  determined: answer,
  externalRecorded: answer,
  inspected: fc.record({ step, document }),
  consulted: fc.record({ step, asked: mandate, days, due: instant }, { requiredKeys: ['asked', 'due'] }),
  consultationAnswered: fc.record({ consultation: aHash, document }),
  procedureStarted: fc.record(
    {
      ...{ step, ground: fc.constantFrom(...procedureGrounds), days, due: instant },
      ...{ notice: document, decisionDue, stepDue: instant },
    },
    { requiredKeys: ['ground', 'days', 'due', 'notice', 'decisionDue'] },
  ),
  procedureEnded: fc.record({ procedure: aHash, document }),
  heard: fc.record({ step, document }, { requiredKeys: ['document'] }),
  extended: fc.record(
    { step, days, reasonsGiven: yes, decisionDue, stepDue: instant },
    { requiredKeys: ['days', 'reasonsGiven', 'decisionDue'] },
  ),
  concluded: fc.record({
    result: fc.constantFrom(...conclusionResults),
    document,
    deliveryDue: instant,
    reasonsGiven: fc.boolean(),
    remedies: some(fc.constantFrom(...remedies)),
  }),
  delivered: fc.record({ channel: fc.constantFrom(...channels), document }),
  withdrawn: nothing,
  transferred: fc.record({ to: mandate, from: instant, decisionDue, due: dues }),
  takenOver: fc.record({ ground: fc.constantFrom(...takeoverGrounds) }),
  voided: fc.record({ ground: fc.constantFrom(...voidGrounds), reasonsGiven: yes }),
  toleranceLapsed: fc.record({ deliveryDue: instant }),
  correctionLapsed: nothing,
  shared: fc.record({ tiers: some(tier) }),
  obligationSettled: fc.record(
    { cause: aHash, outcome: fc.constantFrom(...settlements), reasonsGiven: yes, due: instant },
    { requiredKeys: ['cause', 'outcome', 'reasonsGiven'] },
  ),
  obligationNoted: fc.record({ cause: aHash, days, due: instant }),
  deadlinesMoved: fc.record({
    calendar: fc.constant(`431000@1#${'a'.repeat(64)}`),
    reason: fc.constant({ zh: '更正', en: 'Corrected' }),
    moved: some(
      fc.record(
        { kind: fc.constantFrom(...deadlineKinds), step, cause: aHash, before: instant, due: instant },
        { requiredKeys: ['kind', 'before', 'due'] },
      ),
    ),
  }),
  remedyNoted: fc.record({ remedy: fc.constantFrom(...remedies), document }),
};

const by: fc.Arbitrary<By> = fc
  .tuple(somebody, fc.constantFrom(undefined, ...roles))
  .map(([person, other]) => ({
    role: other ?? person.roles[0]!,
    ...(person.department !== undefined && { department: person.department }),
  }));

const someFact: fc.Arbitrary<CaseFact> = fc
  .constantFrom(...caseFactNames)
  .chain((name) =>
    fc
      .tuple(by, sayings[name])
      .map(([who, said]) => ({ type: caseFactType(name), data: { by: who, ...said } }) as CaseFact),
  );

/** Any fact by anybody, at any place, with any idea of who leads. */
export const anything: fc.Arbitrary<Happened> = fc.record({
  fact: fc.option(someFact, { nil: undefined, freq: 20 }),
  hash: aHash,
  tier,
  authid: fc.constantFrom('p-7f3a', 'p-1', 'x'),
  at: instant,
  leadThen: fc.option(mandate, { nil: undefined }),
  superseded: fc.boolean(),
});

/** Facts that have a chance: said by somebody in a role that may say such a thing, who knows the lead. */
export const plausible: fc.Arbitrary<Happened> = fc
  .tuple(anything, fc.nat(), fc.constantFrom(sample.organs.cityLead, sample.organs.countyLand))
  .map(([happened, n, leadThen]) => {
    const able = people.filter(({ roles: [role] }) => happened.fact && mayPlay(happened.fact, role!));
    const person = able[n % able.length];
    return person === undefined || happened.fact === undefined
      ? happened
      : {
          ...happened,
          ...{ tier: person.tier, authid: person.authid, leadThen, superseded: false },
          fact: attributed(happened.fact, person),
        };
  });

const mayPlay = (fact: CaseFact, role: Role): boolean =>
  entitlements[caseFactName(fact.type)!].some(({ roles: able }) => able.includes(role));

const attributed = (fact: CaseFact, { roles: [role], department }: (typeof people)[number]): CaseFact =>
  ({
    ...fact,
    data: { ...fact.data, by: { role: role!, ...(department !== undefined && { department }) } },
  }) as CaseFact;

// Commands

const words = fc.constantFrom('理由', '');
const told = some(fc.constantFrom(...remedies));
const answering = fc.record({
  ...{
    step: fc.constantFrom('site', 'land', 'environment', 'forest'),
    result: fc.constantFrom(...stepResults),
  },
  ...{ document, reasons: words, remedies: told },
});
const tolerating = fc.record({
  ...{ materials: fc.constantFrom(['survey'], ['plan', 'survey'], ['form']), days, promise: document },
});

/** What anybody might ask for at the door. */
export const command: fc.Arbitrary<CaseCommand> = fc.oneof(
  ...(
    [
      ...['file', 'preAccept', 'accept', 'recordDeemedAcceptance', 'withdraw'],
      ...['recordToleranceLapse', 'recordCorrectionLapse'],
    ] as ('file' | 'preAccept' | 'accept' | 'recordDeemedAcceptance' | 'withdraw' | 'recordToleranceLapse')[]
  ).map((type) => fc.constant({ type })),
  fc.constantFrom(sample.opening, sample.without('survey'), sample.without('plan', 'survey')),
  fc.constantFrom('review', 'above').map((named) => ({ type: 'openStage' as const, stage: named })),
  some(
    fc.record({ material: fc.constantFrom('plan', 'survey', 'photos'), defect: fc.constantFrom(...defects) }),
  ).map((demands) => ({ type: 'requireCorrection' as const, demands })),
  supplied.map((given) => ({ type: 'supplyMaterial' as const, supplied: given })),
  tolerating.map((terms) => ({ type: 'acceptTolerating' as const, ...terms })),
  tolerating.map((terms) => ({ type: 'openPreReview' as const, ...terms })),
  answering.map((given) => ({ type: 'giveOpinion' as const, ...given })),
  answering.map((given) => ({ type: 'determine' as const, ...given })),
  answering.map((given) => ({ type: 'recordExternal' as const, ...given })),
  fc.record({
    type: fc.constant('startProcedure' as const),
    step,
    ground: fc.constantFrom(...procedureGrounds),
    days,
    notice: document,
  }),
  fc.record({
    type: fc.constant('startProcedure' as const),
    ground: fc.constantFrom('hearing' as const),
    days,
    notice: document,
  }),
  fc.record({ type: fc.constant('endProcedure' as const), procedure: aHash, document }),
  fc.record({ type: fc.constant('consult' as const), asked: mandate, days }),
  fc.record({ type: fc.constant('answerConsultation' as const), consultation: aHash, document }),
  fc.record({ type: fc.constant('extend' as const), days, reasons: words }),
  fc.record({
    type: fc.constant('conclude' as const),
    result: fc.constantFrom(...conclusionResults),
    document,
    reasons: words,
    remedies: told,
  }),
  fc.record({ type: fc.constant('deliver' as const), channel: fc.constantFrom(...channels), document }),
  fc.record({ type: fc.constant('transferUp' as const), to: mandate }),
  fc.record({ type: fc.constant('takeOver' as const), ground: fc.constantFrom(...takeoverGrounds) }),
  fc.record({ type: fc.constant('void' as const), ground: fc.constantFrom(...voidGrounds), reasons: words }),
  fc.record({
    type: fc.constant('reject' as const),
    ground: fc.constantFrom(...rejectionGrounds),
    reasons: words,
    remedies: told,
  }),
  fc.record({
    type: fc.constant('settleObligation' as const),
    cause: aHash,
    outcome: fc.constantFrom(...settlements),
    reasons: words,
  }),
  fc.record({ type: fc.constant('share' as const), tiers: some(tier) }),
);

export { instant };
