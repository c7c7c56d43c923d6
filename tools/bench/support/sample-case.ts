import { sha256 } from '@liandong/adapters/crypto';
import type { Recorded } from '@liandong/application';
import {
  type Actor,
  type CaseCommand,
  caseDecider,
  type CaseFact,
  implementationNumber,
  type LegalDay,
  type Open,
} from '@liandong/domain/case';
import { creditCode } from '@liandong/domain/directory';
import {
  type Author,
  caseStream,
  type Envelope,
  eventBytes,
  eventHash,
  type EventHash,
  joinParents,
  ok,
  sourceOf,
  type StreamName,
  type TierCode,
  twentyDigits,
} from '@liandong/kernel';
import { randomUUID } from 'node:crypto';

export const city = '431000' as TierCode;
export const county = '431021' as TierCode;
export const township = '431021106' as TierCode;
const at = '2026-03-02T02:00:00.000Z';
export const document = (n: number): string => n.toString(16).padStart(64, '0');

const unreachable = (): never => {
  throw new Error('nothing was made');
};

/** A department of nobody, with a code as departments have them. */
const department = (tier: TierCode, n: number): string =>
  creditCode(`11${tier.slice(0, 6)}BENCH000${n}`) ?? unreachable();

const lead = { tier: city, department: department(city, 1) };
const counter = { tier: county, department: department(county, 2) };
const land = { tier: county, department: department(county, 3) };
const site = { tier: township, department: department(township, 4) };

const opening: Open = {
  type: 'open',
  number: {
    profile: 'implementation31',
    value: implementationNumber('11431000006332876C4430100000001', '2026-03-02', 1),
  },
  item: {
    code: 'construction-joint',
    version: '1',
    hash: document(1),
    name: '建设项目联合审批',
    agentable: true,
  },
  kind: 'joint',
  intake: { ...counter, window: 'w-3' },
  lead,
  applicant: { kind: '2', reference: 'p-7f3a', creditworthy: true },
  route: {
    stages: [
      {
        id: 'review',
        name: '联合审查',
        endsOnRefusal: false,
        steps: [
          { id: 'site', name: '选址', kind: 'opinion', ...site, days: 5, procedures: [] },
          {
            id: 'land',
            name: '用地预审',
            kind: 'determination',
            ...land,
            itemCode: 'l-1',
            days: 8,
            procedures: [],
          },
        ],
      },
    ],
  },
  materials: [{ code: 'form', name: '申请表', required: true, tolerable: false }],
  supplied: [{ material: 'form', documents: [document(2)] }],
  limits: { statutoryDays: 45, promisedDays: 20, noticeDays: 5, correctionDays: 15, deliveryDays: 10 },
  superiors: { [city]: [], [county]: [city], [township]: [county, city] },
  pilot: false,
};

const anyDay: LegalDay = (from, days) => ok(new Date(Date.parse(from) + days * 86_400_000).toISOString());

type Deed = readonly [tier: TierCode, by: Omit<Actor, 'tier' | 'authid'>, command: CaseCommand];

const clerk = { ...{ department: counter.department, window: 'w-3' }, roles: ['windowClerk'] } as const;

const beginning: readonly Deed[] = [
  [county, clerk, opening],
  [county, clerk, { type: 'preAccept' }],
  [county, clerk, { type: 'accept' }],
  [city, { department: lead.department, roles: ['leadCoordinator'] }, { type: 'openStage', stage: 'review' }],
];

/** The facts of a case until it is under review, as the decider makes them. */
const beginningFacts = (): readonly (readonly [TierCode, CaseFact])[] => {
  let state = caseDecider.initial;
  return beginning.map(([tier, who, command], n) => {
    const by = { ...who, tier, authid: `p-${tier}` };
    const decided = caseDecider.decide({ command, by, at, legalDay: anyDay }, state);
    if (!decided.ok) throw new Error(`${command.type} was refused: ${JSON.stringify(decided.refusal)}`);
    const [{ personal: _apart, ...fact } = unreachable()] = decided.value;
    const leadThen = state.matter?.lead ?? lead;
    const hash = document(n) as EventHash;
    state = caseDecider.evolve(state, {
      fact,
      hash,
      tier,
      authid: by.authid,
      at,
      leadThen,
      superseded: false,
    });
    return [tier, fact];
  });
};

/** A case written by hand: every tier says what it likes, wherever it stands in the graph. */
export type CaseWriter = {
  readonly caseId: StreamName;
  readonly say: (tier: TierCode, fact: CaseFact, after?: Head) => Head;
  /** Everything said so far, as a store would hold it. */
  readonly events: readonly Recorded[];
};
export type Head = { readonly hash: EventHash; readonly height: number };

export const caseWriter = (): CaseWriter => {
  const id = randomUUID();
  const authorOf = (tier: TierCode): Author => ({ network: 'bench.example', tier, epoch: 1 });
  const caseId = caseStream(sha256, sourceOf(authorOf(county)), id);
  const events: Recorded[] = [];
  const sequences = new Map<TierCode, number>();
  let head: Head | undefined;

  return {
    caseId,
    events,
    say: (tier, fact, after = head) => {
      const sequence = (sequences.get(tier) ?? 0) + 1;
      sequences.set(tier, sequence);
      const height = 1 + (after?.height ?? 0);
      const envelope: Envelope = {
        specversion: '1.0',
        id: events.length === 0 ? id : randomUUID(),
        source: sourceOf(authorOf(tier)),
        type: fact.type,
        subject: caseId,
        time: at,
        recordedtime: at,
        datacontenttype: 'application/json',
        dataschema: `urn:liandong:schema:${fact.type}`,
        sequence: twentyDigits(sequence),
        parents: joinParents(after === undefined ? [] : [after.hash]),
        height: twentyDigits(height),
        term: '0.0',
        authtype: 'user',
        authid: `p-${tier}`,
        data: fact.data,
      };
      const bytes = eventBytes(envelope);
      const hash = eventHash(sha256, bytes);
      events.push({
        position: BigInt(events.length + 1) as Recorded['position'],
        stream: caseId,
        revision: events.length + 1,
        source: envelope.source,
        id: envelope.id,
        type: fact.type,
        hash,
        bytes,
      });
      head = { hash, height };
      return head;
    },
  };
};

const facts = beginningFacts();

/** Opened, accepted, under review: what every sample case begins with. */
export const beginReview = ({ say }: CaseWriter): Head => {
  const heads = facts.map(([tier, fact]) => say(tier, fact));
  return heads.at(-1) ?? unreachable();
};

export const siteInspected = (n: number): CaseFact => ({
  type: 'liandong.case.inspected.v1',
  data: { by: { role: 'reviewer', department: site.department }, step: 'site', document: document(n) },
});

export const landInspected = (n: number): CaseFact => ({
  type: 'liandong.case.inspected.v1',
  data: { by: { role: 'reviewer', department: land.department }, step: 'land', document: document(n) },
});

export const filed: CaseFact = {
  type: 'liandong.case.filed.v1',
  data: { by: { role: 'leadCoordinator', department: lead.department } },
};

/** The nth of what goes round in a case with much to inspect: the township, the county, then the lead files both. */
export const inTurn = (writer: CaseWriter, n: number): Head => {
  if (n % 3 === 0) return writer.say(township, siteInspected(n));
  return n % 3 === 1 ? writer.say(county, landInspected(n)) : writer.say(city, filed);
};
