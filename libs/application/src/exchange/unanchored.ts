import { type Position, type Recorded, start } from '../ports/event-store.ts';
import type { RelayPlace } from '../ports/link-book.ts';
import type { ExchangeDeps } from './deps.ts';
import type { SealedSoFar } from './sealed-so-far.ts';

const pageSize = 500;

/** Own events that are recorded and not anchored, by their positions. The ledger takes them in that order. */
export type Unanchored = {
  readonly saw: (positions: readonly Position[]) => void;
  /** Everything up to this event of the ledger is anchored. */
  readonly anchored: (through: Position) => void;
  readonly count: () => number;
};

export const unanchored = async (
  store: ExchangeDeps['store'],
  sealed: Pick<SealedSoFar, 'entries'>,
  place: RelayPlace,
  leaving: (records: readonly Recorded[]) => Promise<ReadonlySet<string>>,
): Promise<Unanchored> => {
  const [last] = place.seq === 0 ? [] : await sealed.entries(place.seq - 1, place.seq);
  let through = last?.position ?? start;
  let waiting: Position[] = [];

  const saw: Unanchored['saw'] = (positions) =>
    waiting.push(...positions.filter((position) => position > through));

  for (let at = through; at < place.position;) {
    const records = (await store.readAll(at, pageSize)).filter(({ position }) => position <= place.position);
    const end = records.at(-1);
    if (end === undefined) break;
    const may = await leaving(records);
    saw(records.filter(({ hash }) => may.has(hash)).map(({ position }) => position));
    at = end.position;
  }

  return {
    saw,
    anchored: (position) => {
      through = position;
      waiting = waiting.filter((each) => each > position);
    },
    count: () => waiting.length,
  };
};
