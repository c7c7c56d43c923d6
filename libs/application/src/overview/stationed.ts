import { type DepartmentFact, departmentStream } from '@liandong/domain/directory';
import { streamOwner, type StreamName } from '@liandong/kernel';
import type { StaffOf } from '../assessment/deeds.ts';
import type { Authoring } from '../authoring.ts';
import type { DecodeFact } from '../own-streams.ts';
import type { EventStore } from '../ports/event-store.ts';

export type StationedDeps = Pick<Authoring, 'author' | 'pseudonym'> & {
  readonly store: Pick<EventStore, 'read'>;
  readonly decodeDepartment: DecodeFact<DepartmentFact>;
};

/** Everybody who was ever stationed in a department of this tier, those who have left included. */
export type Stationed = {
  /** Who acted; only a tier that holds the secret can tell, and only of its own people. */
  readonly staffOf: (departments: readonly string[]) => Promise<StaffOf>;
  /** Whether a stream says who is stationed. Then what was read of it is read again. */
  readonly touched: (stream: StreamName) => boolean;
};

export const stationed = ({ author, pseudonym, store, decodeDepartment }: StationedDeps): Stationed => {
  const { tier: own } = author;
  const known = new Map<StreamName, readonly string[]>();

  const everIn = async (department: string): Promise<readonly string[]> => {
    const stream = departmentStream(own, department);
    const kept = known.get(stream);
    if (kept !== undefined) return kept;
    const staff = new Set<string>();
    for (const recorded of await store.read(stream)) {
      const fact = decodeDepartment(recorded);
      if (fact?.type === 'liandong.department.staffStationed.v1') staff.add(fact.data.staff);
    }
    known.set(stream, [...staff]);
    return [...staff];
  };

  return {
    staffOf: async (departments) => {
      const staff = new Map<string, readonly string[]>();
      for (const each of new Set(departments)) staff.set(each, await everIn(each));
      return ({ tier, department }, authid, stream) =>
        tier === own ? staff.get(department)?.find((one) => pseudonym(one, stream) === authid) : undefined;
    },
    touched: (stream) => {
      if (!stream.startsWith('department-') || streamOwner(stream) !== own) return false;
      known.delete(stream);
      return true;
    },
  };
};
