import type { CardFact } from '@liandong/domain/supervision';
import { decodeEvent, type Envelope, isCaseStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { CardRow } from '../ports/supervision-book.ts';
import { cardFactOf, cardFrom, type DecodeCards, isCardStream } from '../supervision/card-file.ts';
import { type MatterBook, matterBook, type MatterDeps } from '../supervision/matter.ts';
import type { TermsBook } from '../supervision/terms-book.ts';
import { type About, rowOfCard, rowsOfMatter, standingsBy, type ThingRow } from './rows.ts';
import type { Stationed } from './stationed.ts';

export type ReckonerDeps = Omit<MatterDeps, 'cardFactOf'> & {
  /** Whether a tier is this one or below it. */
  readonly counts: (tier: TierCode) => boolean;
  readonly store: Pick<EventStore, 'read'>;
  readonly terms: Pick<TermsBook, 'now'>;
  readonly stationed: Pick<Stationed, 'staffOf'>;
  readonly decode: DecodeCards;
};

/** What the streams of a store are counted as, from their events alone. */
export type OverviewReckoner = {
  /** The things of a case or a card; what was entered late is not yet held against others as a bulk. */
  readonly rowsOf: (stream: StreamName) => Promise<readonly ThingRow[]>;
  /** Has a stream read again from its beginning. */
  readonly forget: (stream: StreamName) => void;
};

const keptMatters = 1_000;
/** A card about the answer to a warning about a case: no chain is longer. */
const longestChain = 8;

export const overviewReckoner = (deps: ReckonerDeps): OverviewReckoner => {
  const { store, terms, stationed, decode } = deps;
  const matters = new Map<StreamName, MatterBook>();
  const standingOf = standingsBy(terms);

  const open = async (stream: StreamName) => {
    const known = matters.get(stream) ?? matterBook(stream, { ...deps, cardFactOf: cardFactOf(decode) });
    known.take(await store.read(stream, known.revision()));
    matters.delete(stream);
    matters.set(stream, known);
    const [oldest] = matters.keys();
    if (matters.size > keptMatters && oldest !== undefined) matters.delete(oldest);
    return known.matter().supervised;
  };

  /** The case that a card is about in the end, as far as the cards between are known here. */
  const rootOf = async (card: CardRow): Promise<About> => {
    let matter = card.state.judgement.matter;
    for (let n = 0; n < longestChain && isCardStream(matter); n++) {
      const about = cardFrom(matter, decode, await store.read(matter));
      if (about === undefined) break;
      matter = about.state.judgement.matter;
    }
    const supervised = await open(matter);
    return { stream: matter, matter, item: supervised.applied?.item, supervised };
  };

  const rowsOf = async (stream: StreamName): Promise<readonly ThingRow[]> => {
    const supervised = await open(stream);
    const departments = [
      ...supervised.clocks.map(({ unit }) => unit.department),
      ...supervised.lateEntries.map(({ unit }) => unit.department),
    ];
    const by = { ...deps, standingOf };
    if (isCaseStream(stream)) {
      const about = { stream, matter: stream, item: supervised.applied?.item, supervised };
      return rowsOfMatter({ ...by, staffOf: await stationed.staffOf(departments) }, about);
    }
    const recorded = await store.read(stream);
    const card = cardFrom(stream, decode, recorded);
    const said = lastOf(recorded, decode);
    if (card === undefined || said === undefined) return [];
    const root = await rootOf(card);
    const { department } = card.state.judgement.accountable.unit;
    const own = { ...by, staffOf: await stationed.staffOf([...departments, department]) };
    return [
      ...rowOfCard(own, card, said.hash, root),
      ...(await rowsOfMatter(own, { ...root, stream, supervised })),
    ];
  };

  return { rowsOf, forget: (stream) => void matters.delete(stream) };
};

/** The event by which a card stands as it does: the last that was said of it. */
const lastOf = (recorded: readonly Recorded[], decode: DecodeCards): Recorded | undefined => {
  const factOf: (envelope: Envelope) => CardFact | undefined = cardFactOf(decode);
  return recorded.findLast(({ bytes }) => factOf(decodeEvent(bytes)) !== undefined);
};
