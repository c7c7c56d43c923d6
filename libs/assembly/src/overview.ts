import { sha256 } from '@liandong/adapters/crypto';
import { postgresCheckpoints } from '@liandong/adapters/postgres';
import { postgresOverviewBook } from '@liandong/adapters/postgres-supervision';
import {
  catalogueBook,
  follow,
  networkTree,
  overviewDesk,
  overviewKeeper,
  ratesBook,
  regionBook,
  stationed,
} from '@liandong/application';
import {
  calendarCity,
  decodeCardFact,
  decodeCaseFact,
  decodeDepartmentFact,
  decodeItemFact,
  decodeTierFact,
  decodeUniformityFact,
  knownTypes,
  termsWith,
  type TierConfig,
} from '@liandong/contracts';
import { decodeEvent, toHex, utf8 } from '@liandong/kernel';
import type { Follower } from '@liandong/services/platform';
import type { OverviewDoors } from '@liandong/services/supervision';
import type { LoggerService } from '@nestjs/common';
import { wait } from './pause.ts';
import { type Access, authoringOf } from './tier.ts';

/** A token lives longer; a reader that comes back shows one that is still good. */
const longestStream = 300_000;

/** A build that knows more types counts everything anew. */
const build = toHex(sha256(utf8(knownTypes.join()))).slice(0, 16);

/** The overview of one tier and of those below it. It holds the tier's secret, or it could not tell who acted. */
export const overviewOf = (
  config: TierConfig,
  access: Access,
  logger: LoggerService | false,
): { readonly doors: OverviewDoors; readonly followers: readonly Follower[] } => {
  const { tier, members } = config;
  const { store, pool, clock } = access;
  const { superiors: superiorsOf } = networkTree(members);
  const { author, pseudonym } = authoringOf(config, access);
  const book = postgresOverviewBook(pool);
  const keeper = overviewKeeper({
    ...{ store, book, sha256, clock, wait, build, interval: 500 },
    counts: (of) => of === tier || superiorsOf(of).includes(tier),
    terms: termsWith(sha256, calendarCity(members), store),
    stationed: stationed({
      ...{ author, pseudonym, store },
      decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
    }),
    ...{ caseFactOf: decodeCaseFact, decode: decodeCardFact },
    uncounted: (stream, reason) => {
      if (logger !== false) logger.warn(`${stream} 未计入总览 is not counted: ${reason}`);
    },
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
  const desk = overviewDesk({
    ...{ tier, superiorsOf, members: members.map((member) => member.tier) },
    ...{ store, book, keeper, clock, wait },
    rates: ratesBook({ catalogue, directory, superiorsOf }),
  });
  const checkpoints = postgresCheckpoints(pool);
  return {
    doors: { tier, desk, longestStream },
    followers: [
      {
        name: 'overview',
        run: (signal) => follow({ store, checkpoints }, keeper.follower, signal),
      },
      { name: 'overview in time', run: keeper.watch },
    ],
  };
};
