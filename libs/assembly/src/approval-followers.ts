import { sha256 } from '@liandong/adapters/crypto';
import { postgresCheckpoints } from '@liandong/adapters/postgres';
import {
  type Authoring,
  calendarKeeper,
  caseReader,
  coordinator,
  type DeadlineKeeperDeps,
  type DeskRefusal,
  eraser,
  type EventStore,
  follow,
  type IdleErasure,
  keepDeadlines,
  keepUniformity,
  networkTree,
  type ProjectionDeps,
  projectViews,
  type Redrive,
  redriver,
  retryCalendar,
  retryCoordinator,
  retryDeadlines,
  retryViews,
  type Trying,
  type UniformityKeeperDeps,
  type WorkingDaysBook,
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
import { type Counter, decodeUniformity } from './counter.ts';
import { wait } from './pause.ts';
import type { Access } from './tier.ts';
import type { OpenedViews } from './views.ts';

/** Another version has the views made anew: a build that knows more types, or shows them otherwise. */
const viewsVersion = `1:${knownTypes.join()}`;

export type ApprovalFollowers = {
  readonly followers: readonly Follower[];
  /** Tries again what they have parked. */
  readonly redrive: Redrive;
};

/** What goes on beside the doors: views, the lead's filing, limits that pass, items held against their standard. */
export const followersOf = (
  { tier, members }: TierConfig,
  { store, disclosures, clock, pool }: Access,
  authoring: Authoring,
  { desk, items, workingDays }: Pick<Counter, 'desk' | 'items'> & { readonly workingDays: WorkingDaysBook },
  { views, writer, parking }: OpenedViews,
  logger: LoggerService | false,
  storeForViews: EventStore = store,
): ApprovalFollowers => {
  const warn = (text: string) => {
    if (logger !== false) logger.warn(text);
  };
  const trying: Trying = {
    clock,
    wait,
    parked: (handler, { stream, reason }) => warn(`${stream} is parked for ${handler}: ${reason}`),
  };
  const common = {
    ...{ tier, desk, store, parking, trying },
    refused: (caseId: StreamName, { code }: DeskRefusal) => warn(`${caseId}: ${code}`),
  };
  const projection: ProjectionDeps = {
    ...{ store: storeForViews, views: writer, parking, trying, version: viewsVersion },
    cases: caseReader(store, decodeCaseFact, sha256),
    decodeItem: ({ bytes }) => decodeItemFact(decodeEvent(bytes)),
    decodeDepartment: ({ bytes }) => decodeDepartmentFact(decodeEvent(bytes)),
    decodeTier: ({ bytes }) => decodeTierFact(decodeEvent(bytes)),
  };
  const limits: DeadlineKeeperDeps = {
    ...common,
    interval: 1_000,
    casesDue: (at, limit) => views.casesDue(tier, at, limit),
  };
  const calendar = { ...common, book: workingDays };
  const uniformity: UniformityKeeperDeps = {
    ...{ tier, store, authoring, wait, book: items, decode: decodeUniformity, interval: 5_000 },
    superiorsOf: networkTree(members).superiors,
    refused: ({ applied }, { code }) => warn(`${applied.tier}: ${applied.version.code}: ${code}`),
  };
  const checkpoints = postgresCheckpoints(pool);
  const idle = ({ event: { stream, hash }, digests }: IdleErasure) =>
    warn(`${stream}: ${hash} would erase ${digests.length} fields that its author did not write`);
  return {
    followers: [
      { name: 'views', run: (signal) => projectViews(projection, signal) },
      {
        name: 'calendar',
        run: (signal) => follow({ store, checkpoints }, calendarKeeper(calendar), signal),
      },
      {
        name: 'coordinator',
        run: (signal) => follow({ store, checkpoints }, coordinator(common), signal),
      },
      {
        name: 'erasure',
        run: (signal) => follow({ store, checkpoints }, eraser({ store, disclosures, idle }), signal),
      },
      { name: 'deadlines', run: (signal) => keepDeadlines(limits, signal) },
      { name: 'uniformity', run: (signal) => keepUniformity(uniformity, signal) },
    ],
    redrive: redriver({
      ...{ parking, clock },
      retries: {
        views: retryViews(projection),
        coordinator: retryCoordinator(common),
        deadlines: retryDeadlines(limits),
        calendar: retryCalendar(calendar),
      },
    }),
  };
};
