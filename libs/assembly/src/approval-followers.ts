import { sha256 } from '@liandong/adapters/crypto';
import { postgresCheckpoints } from '@liandong/adapters/postgres';
import {
  type CaseDesk,
  caseReader,
  coordinator,
  type DeskRefusal,
  follow,
  keepDeadlines,
  projectViews,
} from '@liandong/application';
import {
  decodeCaseFact,
  decodeDepartmentFact,
  decodeItemFact,
  decodeTierFact,
  knownTypes,
  type TierConfig,
} from '@liandong/contracts';
import { decodeEvent, type StreamName } from '@liandong/kernel';
import type { Follower } from '@liandong/services/platform';
import type { LoggerService } from '@nestjs/common';
import { wait } from './pause.ts';
import type { Access } from './tier.ts';
import type { OpenedViews } from './views.ts';

/** Another version has the views made anew: a build that knows more types, or shows them otherwise. */
const viewsVersion = `1:${knownTypes.join()}`;

/** What goes on beside the doors: views, the lead's filing, limits that pass. */
export const followersOf = (
  { tier }: TierConfig,
  { store, clock, pool }: Access,
  desk: CaseDesk,
  { views, writer }: OpenedViews,
  logger: LoggerService | false,
): readonly Follower[] => {
  const refused = (caseId: StreamName, { code }: DeskRefusal) => {
    if (logger !== false) logger.warn(`${caseId}: ${code}`);
  };
  const checkpoints = postgresCheckpoints(pool);
  return [
    {
      name: 'views',
      run: (signal) =>
        projectViews(
          {
            ...{ store, views: writer, version: viewsVersion },
            cases: caseReader(store, decodeCaseFact, sha256),
            decodeItem: ({ bytes }) => decodeItemFact(decodeEvent(bytes)),
            decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
            decodeTier: ({ bytes }) => decodeTierFact(decodeEvent(bytes)),
          },
          signal,
        ),
    },
    {
      name: 'coordinator',
      run: (signal) => follow({ store, checkpoints }, coordinator({ tier, desk, refused }), signal),
    },
    {
      name: 'deadlines',
      run: (signal) =>
        keepDeadlines(
          {
            ...{ tier, clock, desk, wait, refused, interval: 1_000 },
            casesDue: (at, limit) => views.casesDue(tier, at, limit),
          },
          signal,
        ),
    },
  ];
};
