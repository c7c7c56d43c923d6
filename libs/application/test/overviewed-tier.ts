import { sha256 } from '@liandong/adapters/crypto';
import { memoryOverviewBook } from '@liandong/adapters/memory';
import {
  decodeCardFact,
  decodeCaseFact,
  decodeDepartmentFact,
  decodeItemFact,
  decodeTierFact,
  decodeUniformityFact,
} from '@liandong/contracts';
import { superiorsOf } from '@liandong/domain/directory';
import { decodeEvent, type StreamName, type TierCode } from '@liandong/kernel';
import {
  catalogueBook,
  type EventStore,
  overviewDesk,
  overviewKeeper,
  type OverviewBook,
  type Position,
  ratesBook,
  regionBook,
  start,
  stationed,
  type Wait,
} from '../src/index.ts';
import { city, county, type SampleTier, township } from './sample-network.ts';
import { termsIn } from './supervised-tier.ts';

/** The overview of a sample tier, run by hand: `catchUp` follows the store. */
export const overviewedTier = (
  { tier, store: held, authoring }: SampleTier,
  {
    book = memoryOverviewBook(),
    store = held,
    members = [city, county, township],
    wait = async () => undefined,
  }: {
    readonly book?: OverviewBook;
    readonly store?: EventStore;
    readonly members?: readonly TierCode[];
    readonly wait?: Wait;
  } = {},
) => {
  const uncounted: StreamName[] = [];
  const counts = (of: TierCode) => of === tier || superiorsOf(of).includes(tier);
  const common = { ...authoring, tier, store, book, superiorsOf };
  const keeper = overviewKeeper({
    ...{ ...common, counts, terms: termsIn(store), interval: 1, build: 'test', wait },
    stationed: stationed({
      ...common,
      decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
    }),
    ...{ caseFactOf: decodeCaseFact, decode: decodeCardFact },
    uncounted: (stream) => uncounted.push(stream),
  });
  const directory = regionBook(store, ({ bytes }) => {
    const envelope = decodeEvent(bytes);
    return decodeTierFact(envelope) ?? decodeDepartmentFact(envelope);
  });
  const catalogue = catalogueBook({
    ...{ store, sha256 },
    decodeItem: ({ bytes }) => decodeItemFact(decodeEvent(bytes)),
    decodeUniformity: ({ bytes }) => decodeUniformityFact(decodeEvent(bytes)),
  });
  const rates = ratesBook({ catalogue, directory, superiorsOf });
  const desk = overviewDesk({ ...common, members, keeper, rates, wait });
  let position: Position = start;
  return {
    ...{ book, desk, keeper, uncounted },
    catchUp: async () => {
      for (;;) {
        const page = await store.readAll(position, 100);
        if (page.length === 0) return;
        await keeper.follower.handle(page, new AbortController().signal);
        position = page.at(-1)?.position ?? position;
      }
    },
  };
};
