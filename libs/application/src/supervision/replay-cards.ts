import { agendaUnder, causeKey, daysCountedFor, judge, type Judgement } from '@liandong/domain/supervision';
import {
  authorOf,
  canonicalJson,
  decodeEvent,
  type EventHash,
  parentsOf,
  type Sha256,
  type StreamName,
} from '@liandong/kernel';
import { type EventStore, type Recorded, start } from '../ports/event-store.ts';
import { cardFrom, cardFactOf, type DecodeCards, isCardStream } from './card-file.ts';
import { matterBook, type MatterDeps } from './matter.ts';
import type { TermsBook } from './terms-book.ts';

export type RejudgeDeps = Omit<MatterDeps, 'cardFactOf'> & {
  readonly sha256: Sha256;
  readonly store: Pick<EventStore, 'read'>;
  readonly terms: TermsBook;
  readonly decode: DecodeCards;
};

/** What a card's own frontier, moment, calendar and rules make of its cause. */
export type Rejudged =
  | {
      readonly kind: 'judged';
      readonly judgement: Judgement | undefined;
      /** The days counted up to the moment at which the card was due; `undefined` for a finding. */
      readonly daysCounted: number | undefined;
    }
  /** Something it names has not come here, so nobody here can tell. */
  | { readonly kind: 'incomplete'; readonly missing: readonly string[] };

/**
 * Judges the cause of a card again, from the events and the terms that it names and from
 * nothing else; `alsoKnown` are events that it should have named.
 */
export const rejudge = async (
  deps: RejudgeDeps,
  issued: Judgement,
  alsoKnown: readonly EventHash[] = [],
): Promise<Rejudged> => {
  const { store, terms, decode, sha256, caseFactOf } = deps;
  const { matter: stream, frontier, calendar, rules, judgedAt, cause, accountable } = issued;
  const past = pastOf(await store.read(stream), [...frontier, ...alsoKnown]);
  if (past.missing.length > 0) return { kind: 'incomplete', missing: past.missing };
  const { tier } = accountable.unit;
  const under = await terms.then(tier, calendar, rules);
  if (under === undefined) return { kind: 'incomplete', missing: [calendar] };
  if ((await terms.pack(tier, rules)) === undefined) return { kind: 'incomplete', missing: [rules] };
  const book = matterBook(stream, { sha256, caseFactOf, cardFactOf: cardFactOf(decode) });
  book.take(past.events);
  const { supervised } = book.matter();
  const judged = judge(supervised, agendaUnder(under.terms)(supervised), {
    matter: stream,
    frontier,
    calendar,
    at: judgedAt,
  });
  const key = causeKey(cause);
  return {
    kind: 'judged',
    judgement: judged.find((one) => causeKey(one.cause) === key),
    daysCounted: daysCountedFor(under.terms, supervised, issued),
  };
};

/** What takes this long to be recorded was perhaps not there yet when the issuer looked. */
const mayCross = 60_000;

/** The issuer's own events of the matter that it had well before it judged and that its card leaves out. */
export const heldBack = async (
  { store }: Pick<RejudgeDeps, 'store'>,
  { matter, frontier, judgedAt, accountable }: Judgement,
): Promise<readonly EventHash[]> => {
  const recorded = await store.read(matter);
  const past = new Set(pastOf(recorded, frontier).events.map(({ hash }) => hash));
  const before = new Date(Date.parse(judgedAt) - mayCross).toISOString();
  return recorded
    .filter(({ source }) => authorOf(source)?.tier === accountable.unit.tier)
    .filter(({ hash, bytes }) => !past.has(hash) && decodeEvent(bytes).recordedtime < before)
    .map(({ hash }) => hash);
};

/** The events of a frontier and everything behind them, in the order of the store. */
const pastOf = (
  recorded: readonly Recorded[],
  frontier: readonly EventHash[],
): { readonly events: readonly Recorded[]; readonly missing: readonly EventHash[] } => {
  const byHash = new Map(recorded.map((one) => [one.hash, one]));
  const wanted = new Set<EventHash>(frontier);
  const missing: EventHash[] = [];
  for (const hash of wanted) {
    const one = byHash.get(hash);
    if (one === undefined) missing.push(hash);
    else for (const parent of parentsOf(decodeEvent(one.bytes))) wanted.add(parent);
  }
  return { events: recorded.filter(({ hash }) => wanted.has(hash)), missing };
};

/** A card as it stands in the store, and whether its events give it again. */
export type ReplayedCard = {
  readonly card: StreamName;
  readonly judgement: Judgement;
  readonly found: 'same' | 'differs' | 'incomplete';
  readonly replayed?: Judgement;
};

/** Judges every card again that the store holds. `only`: the cards about one matter. */
export const replayCards = async function* (
  deps: RejudgeDeps & { readonly store: Pick<EventStore, 'read' | 'readAll'> },
  only?: StreamName,
): AsyncGenerator<ReplayedCard, undefined> {
  for (const card of await cardStreams(deps.store)) {
    const row = cardFrom(card, deps.decode, await deps.store.read(card));
    if (row === undefined) continue;
    const { judgement } = row.state;
    if (only !== undefined && judgement.matter !== only) continue;
    const again = await rejudge(deps, judgement);
    if (again.kind === 'incomplete') yield { card, judgement, found: 'incomplete' };
    else {
      const { judgement: replayed } = again;
      const same = replayed !== undefined && canonicalJson(replayed) === canonicalJson(judgement);
      yield { card, judgement, found: same ? 'same' : 'differs', ...(replayed && { replayed }) };
    }
  }
};

const cardStreams = async (store: Pick<EventStore, 'readAll'>): Promise<readonly StreamName[]> => {
  const streams = new Set<StreamName>();
  for (let at = start; ;) {
    const page = await store.readAll(at, 1_000);
    const end = page.at(-1);
    if (end === undefined) return [...streams].sort();
    for (const { stream } of page) if (isCardStream(stream)) streams.add(stream);
    at = end.position;
  }
};
