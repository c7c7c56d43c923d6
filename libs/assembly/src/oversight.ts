import { sha256 } from '@liandong/adapters/crypto';
import { postgresCheckpoints } from '@liandong/adapters/postgres';
import { postgresOversightBook } from '@liandong/adapters/postgres-supervision';
import {
  follow,
  networkTree,
  overseer,
  type OversightAlarm,
  type OversightBook,
} from '@liandong/application';
import { cardsWith, calendarCity, type TierConfig } from '@liandong/contracts';
import type { Follower } from '@liandong/services/platform';
import type { LoggerService } from '@nestjs/common';
import { realClock } from './clock.ts';
import { wait } from './pause.ts';
import { type Access, systemAuthoring } from './tier.ts';

/** How long a card, or what it names, may be on its way before it is missed. */
const grace = 3_600_000;

/** The tier's own count of the clocks below it, and what it hears from above about its own. */
export const oversightOf = (
  config: TierConfig,
  access: Access,
  logger: LoggerService | false,
): { readonly book: OversightBook; readonly followers: readonly Follower[] } => {
  const { tier, members } = config;
  const { store, pool } = access;
  const tree = networkTree(members);
  const book = postgresOversightBook(pool);
  const checkpoints = postgresCheckpoints(pool);
  const { follower, watch } = overseer({
    ...cardsWith(sha256, calendarCity(members))(store),
    ...{ tier, book, wait, realClock, grace },
    below: members.map((member) => member.tier).filter((each) => tree.superiors(each).includes(tier)),
    authoring: systemAuthoring(access),
    interval: 500,
    alarm: (alarm) => {
      if (logger !== false) logger.warn(alarmText(alarm));
    },
  });
  return {
    book,
    followers: [
      { name: 'oversight', run: (signal) => follow({ store, checkpoints }, follower, signal) },
      { name: 'oversight-due', run: watch },
    ],
  };
};

const alarmText = (alarm: OversightAlarm): string => {
  switch (alarm.code) {
    case 'disagreed':
      return `对 ${alarm.disagreement.issuer} 的监察牌有异议 disagrees with a card: ${JSON.stringify(alarm.disagreement)}`;
    case 'disputed':
      return `${alarm.overseer} 对本级监察牌有异议 a superior disagrees: ${JSON.stringify(alarm.disagreement)}`;
    case 'unsupervised':
      return `${alarm.issuer} 的时限无法复算 cannot be judged again: ${JSON.stringify(alarm.refusal)}`;
    case 'unjudged':
      return `${alarm.matter} 复算出错 failed to be judged again: ${alarm.reason}`;
  }
};
