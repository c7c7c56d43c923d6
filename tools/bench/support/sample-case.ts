import { sha256 } from '@liandong/adapters/crypto';
import type { NewEvent, Recorded } from '@liandong/application';
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
  eventId,
  joinParents,
  type Mandate,
  ok,
  sourceOf,
  type StreamName,
  type TierCode,
  twentyDigits,
} from '@liandong/kernel';
import { randomBytes, randomUUID } from 'node:crypto';

const at = '2026-03-02T02:00:00.000Z';
export const document = (n: number): string => n.toString(16).padStart(64, '0');

/** A city, one of its counties and one of its townships, by the first three digits of their codes. */
export type Place = {
  readonly city: TierCode;
  readonly county: TierCode;
  readonly township: TierCode;
  readonly opening: Open;
  /** The facts of a case until it is under review, as the decider makes them, each with its author. */
  readonly beginning: readonly (readonly [TierCode, CaseFact])[];
  readonly siteInspected: (n: number, digests?: readonly string[]) => CaseFact;
  readonly landInspected: (n: number, digests?: readonly string[]) => CaseFact;
  readonly filed: CaseFact;
};

const unreachable = (): never => {
  throw new Error('nothing was made');
};

/** A department of nobody, with a code as departments have them. */
const department = (tier: TierCode, n: number): string =>
  creditCode(`11${tier.slice(0, 6)}BENCH000${n}`) ?? unreachable();

export const placeOf = (prefix: string): Place => {
  const [city, county, township] = [`${prefix}000`, `${prefix}021`, `${prefix}021106`] as [
    TierCode,
    TierCode,
    TierCode,
  ];
  const lead = { tier: city, department: department(city, 1) };
  const counter = { tier: county, department: department(county, 2) };
  const land = { tier: county, department: department(county, 3) };
  const site = { tier: township, department: department(township, 4) };
  const opening = openingAt({ lead, counter, land, site });
  const inspected =
    (organ: typeof site, step: string): Place['siteInspected'] =>
    (n, digests) => ({
      type: 'liandong.case.inspected.v1',
      data: {
        by: { role: 'reviewer', department: organ.department },
        step,
        document: document(n),
        // Digests of what was withheld: what an event is mostly made of.
        ...(digests !== undefined && { _sd: digests.toSorted() }),
      },
    });
  return {
    ...{ city, county, township, opening },
    beginning: decidedFacts(
      [
        [county, { ...counterOf(counter), roles: ['windowClerk'] }, opening],
        [county, { ...counterOf(counter), roles: ['windowClerk'] }, { type: 'preAccept' }],
        [county, { ...counterOf(counter), roles: ['windowClerk'] }, { type: 'accept' }],
        [
          city,
          { department: lead.department, roles: ['leadCoordinator'] },
          { type: 'openStage', stage: 'review' },
        ],
      ],
      lead,
    ),
    siteInspected: inspected(site, 'site'),
    landInspected: inspected(land, 'land'),
    filed: {
      type: 'liandong.case.filed.v1',
      data: { by: { role: 'leadCoordinator', department: lead.department } },
    },
  };
};

const counterOf = ({ department }: Mandate) => ({ department, window: 'w-3' });

type Organs = Readonly<Record<'lead' | 'counter' | 'land' | 'site', Mandate>>;

const openingAt = ({ lead, counter, land, site }: Organs): Open => ({
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
  superiors: {
    [lead.tier]: [],
    [counter.tier]: [lead.tier],
    [site.tier]: [counter.tier, lead.tier],
  },
  pilot: false,
});

export const anyDay: LegalDay = (from, days) =>
  ok(new Date(Date.parse(from) + days * 86_400_000).toISOString());

type Deed = readonly [tier: TierCode, by: Omit<Actor, 'tier' | 'authid'>, command: CaseCommand];

const decidedFacts = (deeds: readonly Deed[], lead: Mandate): Place['beginning'] => {
  let state = caseDecider.initial;
  return deeds.map(([tier, who, command], n) => {
    const by = { ...who, tier, authid: `p-${tier}` };
    const decided = caseDecider.decide({ command, by, at, legalDay: anyDay }, state);
    if (!decided.ok) throw new Error(`${command.type} was refused: ${JSON.stringify(decided.refusal)}`);
    const [{ personal: _apart, ...fact } = unreachable()] = decided.value;
    const claim = {
      hash: document(n) as EventHash,
      tier,
      authid: by.authid,
      at,
      leadThen: state.matter?.lead ?? lead,
    };
    state = caseDecider.evolve(state, { fact, ...claim, superseded: false });
    return [tier, fact];
  });
};

export type Head = { readonly hash: EventHash; readonly height: number };

/** A case written by hand: every tier says what it likes, wherever it stands in the graph. */
export type CaseWriter = {
  readonly caseId: StreamName;
  readonly say: (tier: TierCode, fact: CaseFact, after?: Head) => NewEvent;
  /** Everything said so far. */
  readonly events: readonly NewEvent[];
};

export const benchNetwork = 'bench.example';
export const authorAt = (tier: TierCode): Author => ({ network: benchNetwork, tier, epoch: 1 });

const newId = (): string => eventId(sha256, 'bench', randomUUID(), 0);

/** `opener` is the tier that will say the opening first. */
export const caseWriter = (opener: TierCode): CaseWriter => {
  const id = newId();
  const caseId = caseStream(sha256, sourceOf(authorAt(opener)), id);
  const events: NewEvent[] = [];
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
        id: events.length === 0 ? id : newId(),
        source: sourceOf(authorAt(tier)),
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
      const event = { envelope, bytes, hash: eventHash(sha256, bytes) };
      events.push(event);
      head = { hash: event.hash, height };
      return event;
    },
  };
};

/** Opened, accepted, under review. */
export const beginReview = (place: Place): CaseWriter => {
  const writer = caseWriter(place.county);
  for (const [tier, fact] of place.beginning) writer.say(tier, fact);
  return writer;
};

/** The nth of what goes round in a case with much to inspect: the township, the county, then the lead files both. */
export const inTurn = (place: Place, writer: CaseWriter, n: number): NewEvent => {
  if (n % 3 === 0) return writer.say(place.township, place.siteInspected(n));
  return n % 3 === 1 ? writer.say(place.county, place.landInspected(n)) : writer.say(place.city, place.filed);
};

/** As a store would hold them. */
export const recorded = (events: readonly NewEvent[]): readonly Recorded[] =>
  events.map(({ envelope, hash, bytes }, n) => ({
    position: BigInt(n + 1) as Recorded['position'],
    stream: envelope.subject,
    revision: n + 1,
    source: envelope.source,
    id: envelope.id,
    type: envelope.type,
    hash,
    bytes,
  }));

/** Random digests, as many as make an event about one kibibyte. */
export const someDigests = (count = 5): readonly string[] =>
  Array.from({ length: count }, () => randomBytes(32).toString('base64url'));
