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
import type { EventStore, Recorded } from './ports/event-store.ts';
import { readingOn } from './read-on.ts';

/** The directory of the whole network as this tier's store holds it, kept current by following the store. */
export type RegionBook = {
  readonly directory: () => Directory;
  readonly departmentFor: (tier: TierCode, role: string) => string | undefined;
  /** Brings the book up to everything the store holds now. */
  readonly refresh: () => Promise<void>;
};

/** Small enough to live in memory: some thousand departments for a whole city. */
export const regionBook = (
  store: Pick<EventStore, 'readKinds'>,
  decode: DecodeFact<DirectoryFact>,
): RegionBook => {
  let directory = emptyDirectory;

  const take = (recorded: Recorded) => {
    const fact = decode(recorded);
    if (fact !== undefined) directory = evolveDirectory(directory, recorded.stream, fact);
  };

  return {
    directory: () => directory,
    departmentFor: (tier, role) => departmentFor(directory, tier, role as DepartmentRole),
    refresh: readingOn(store, ['tier', 'department'], take),
  };
};
