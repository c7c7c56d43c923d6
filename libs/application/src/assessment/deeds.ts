import type { Deed, Indicator, Period } from '@liandong/domain/assessment';
import { caseDecider, type CaseFact, type CaseState } from '@liandong/domain/case';
import { type Colour, isStanding } from '@liandong/domain/supervision';
import {
  decodeEvent,
  emptyOrder,
  type EventHash,
  extend,
  isCaseStream,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { entryOf, type FactOf, happened, type Known } from '../cases/case-book.ts';
import { type EventStore, type Position, type Recorded, start } from '../ports/event-store.ts';
import { cardFrom, type DecodeCards, isCardStream } from '../supervision/card-file.ts';
import { unitOf } from '../supervision/seen-case.ts';

/** The member of staff behind a pseudonym; `undefined` where this tier cannot tell. */
export type StaffOf = (
  unit: { readonly tier: TierCode; readonly department: string },
  authid: string,
  stream: StreamName,
) => string | undefined;

export type DeedsDeps = {
  readonly store: Pick<EventStore, 'read' | 'readAll'>;
  readonly caseFactOf: FactOf;
  readonly decodeCards: DecodeCards;
  /** Knows everybody who is stationed by then. */
  readonly staffNow: () => Promise<StaffOf>;
};

type Reading = Pick<DeedsDeps, 'caseFactOf' | 'decodeCards'> & { readonly staffOf: StaffOf };

const page = 1_000;

/** What the events of a period show of everybody's work. Streams in which nothing happened then are not read. */
export const deedsIn = async (deps: DeedsDeps, period: Period): Promise<readonly Deed[]> => {
  const staffOf = await deps.staffNow();
  const deeds: Deed[] = [];
  for (const stream of await streamsOf(deps, period)) {
    const recorded = await deps.store.read(stream);
    const found = isCaseStream(stream)
      ? deedsOfCase({ ...deps, staffOf }, stream, recorded)
      : deedsOfCard({ ...deps, staffOf }, stream, recorded);
    deeds.push(...found.filter(({ at }) => at >= period.from && at < period.until));
  }
  return deeds;
};

const streamsOf = async ({ store }: DeedsDeps, { from, until }: Period): Promise<ReadonlySet<StreamName>> => {
  const streams = new Set<StreamName>();
  for (let after: Position = start; ;) {
    const news = await store.readAll(after, page);
    for (const { stream, bytes } of news) {
      if (streams.has(stream) || !(isCaseStream(stream) || isCardStream(stream))) continue;
      const { time } = decodeEvent(bytes);
      if (time >= from && time < until) streams.add(stream);
    }
    const last = news.at(-1);
    if (last === undefined || news.length < page) return streams;
    after = last.position;
  }
};

const deedsOfCase = (
  { caseFactOf, staffOf }: Reading,
  stream: StreamName,
  recorded: readonly Recorded[],
): readonly Deed[] => {
  const known = new Map<EventHash, Known>();
  const entries = recorded.flatMap(({ hash, bytes }) => {
    const envelope = decodeEvent(bytes);
    const fact = caseFactOf(envelope);
    known.set(hash, { envelope, fact });
    return entryOf(hash, envelope, fact);
  });
  const deeds: Deed[] = [];
  let state = caseDecider.initial;
  for (const placed of extend(emptyOrder(), entries).order.placed) {
    const before = state;
    const told = known.get(placed.entry.hash);
    state = caseDecider.evolve(state, happened(placed, told));
    if (told?.fact === undefined || state.withoutEffect.length > before.withoutEffect.length) continue;
    const { fact, envelope } = told;
    const { hash: event, tier } = placed.entry;
    const indicator = placed.superseded ? undefined : shownBy(fact, before, envelope.time);
    const unit = indicator === 'noticeMissed' ? before.matter?.opening.intake : unitOf({ fact, tier });
    if (indicator === undefined || unit === undefined) continue;
    const { window } = fact.data.by;
    const staff = staffOf(unit, envelope.authid, stream);
    deeds.push({
      ...{ indicator, event, at: envelope.time, tier: unit.tier, department: unit.department },
      ...(window !== undefined && { window }),
      ...(staff !== undefined && { staff }),
    });
  }
  return deeds;
};

/** What a fact that had its effect shows, against the limits as they stood before it. Most show nothing. */
const shownBy = (fact: CaseFact, { matter }: CaseState, at: string): Indicator | undefined => {
  if (matter === undefined) return undefined;
  switch (fact.type) {
    case 'liandong.case.accepted.v1':
      return fact.data.basis === 'deemed' ? 'noticeMissed' : undefined;
    case 'liandong.case.opinionGiven.v1':
    case 'liandong.case.determined.v1':
      return againstLimit(at, matter.steps[fact.data.step]?.due, 'answerOnTime', 'answerLate');
    case 'liandong.case.concluded.v1': {
      const { promised, statutory } = matter.clock?.due ?? {};
      if (statutory !== undefined && at > statutory) return 'decisionOverdue';
      return againstLimit(at, promised, 'decisionOnTime', 'decisionLate');
    }
    case 'liandong.case.delivered.v1':
      return againstLimit(at, matter.conclusion?.deliveryDue, 'deliveryOnTime', 'deliveryLate');
    case 'liandong.case.opened.v1':
    case 'liandong.case.filed.v1':
    case 'liandong.case.preAccepted.v1':
    case 'liandong.case.correctionRequired.v1':
    case 'liandong.case.materialSupplied.v1':
    case 'liandong.case.preReviewOpened.v1':
    case 'liandong.case.rejected.v1':
    case 'liandong.case.stageOpened.v1':
    case 'liandong.case.externalRecorded.v1':
    case 'liandong.case.inspected.v1':
    case 'liandong.case.consulted.v1':
    case 'liandong.case.consultationAnswered.v1':
    case 'liandong.case.procedureStarted.v1':
    case 'liandong.case.procedureEnded.v1':
    case 'liandong.case.heard.v1':
    case 'liandong.case.extended.v1':
    case 'liandong.case.withdrawn.v1':
    case 'liandong.case.transferred.v1':
    case 'liandong.case.takenOver.v1':
    case 'liandong.case.voided.v1':
    case 'liandong.case.toleranceLapsed.v1':
    case 'liandong.case.correctionLapsed.v1':
    case 'liandong.case.shared.v1':
    case 'liandong.case.obligationSettled.v1':
    case 'liandong.case.obligationNoted.v1':
    case 'liandong.case.deadlinesMoved.v1':
    case 'liandong.case.remedyNoted.v1':
      return undefined;
  }
};

const againstLimit = (
  at: string,
  due: string | undefined,
  onTime: Indicator,
  late: Indicator,
): Indicator | undefined => (due === undefined ? undefined : at > due ? late : onTime);

/** A card counts while it stands: one that was withdrawn or cancelled since shows nothing. */
const deedsOfCard = (
  { decodeCards, staffOf }: Reading,
  stream: StreamName,
  recorded: readonly Recorded[],
): readonly Deed[] => {
  const row = cardFrom(stream, decodeCards, recorded);
  const issued = recorded.find(({ type }) => type === 'liandong.card.issued.v1');
  if (row?.issuedAt === undefined || issued === undefined || !isStanding(row.state)) return [];
  const { colour, accountable, matter } = row.state.judgement;
  const indicator = indicatorOf[colour];
  const { unit, person } = accountable;
  const staff = person === undefined ? undefined : staffOf(unit, person, matter);
  return indicator === undefined
    ? []
    : [
        {
          ...{ indicator, event: issued.hash, at: row.issuedAt },
          ...{ tier: unit.tier, department: unit.department, ...(staff !== undefined && { staff }) },
        },
      ];
};

const indicatorOf: Readonly<Record<Colour, Indicator | undefined>> = {
  warning: undefined,
  yellow: 'yellowCard',
  red: 'redCard',
};
