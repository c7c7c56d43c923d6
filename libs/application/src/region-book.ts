import {
  departmentFor,
  type DepartmentRole,
  type Directory,
  type DirectoryFact,
  emptyDirectory,
  evolveDirectory,
} from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';
import type { DecodeFact } from './own-streams.ts';
import { type EventStore, type Position, type Recorded, start } from './ports/event-store.ts';

/** The directory of the whole network as this tier's store holds it, kept current by following the store. */
export type RegionBook = {
  readonly directory: () => Directory;
  readonly departmentFor: (tier: TierCode, role: string) => string | undefined;
  /** Brings the book up to everything the store holds now. */
  readonly refresh: () => Promise<void>;
};

const page = 1_000;

/** Small enough to live in memory: some thousand departments for a whole city. */
export const regionBook = (store: EventStore, decode: DecodeFact<DirectoryFact>): RegionBook => {
  let directory = emptyDirectory;
  let position: Position = start;

  const take = (recorded: Recorded) => {
    position = recorded.position;
    if (!/^(tier|department)-/.test(recorded.stream)) return;
    const fact = decode(recorded);
    if (fact !== undefined) directory = evolveDirectory(directory, recorded.stream, fact);
  };

  return {
    directory: () => directory,
    departmentFor: (tier, role) => departmentFor(directory, tier, role as DepartmentRole),
    refresh: async () => {
      for (;;) {
        const news = await store.readAll(position, page);
        for (const recorded of news) if (recorded.position > position) take(recorded);
        if (news.length < page) return;
      }
    },
  };
};
