import type { StreamName, TierCode } from '@liandong/kernel';
import { streamOwner } from '@liandong/kernel';
import { departmentDecider, type DepartmentState, type Established } from './department.ts';
import type { Bilingual, DepartmentFact, DepartmentRole, DirectoryFact, TierFact } from './facts.ts';
import { tierDecider, type TierState } from './tier.ts';

/** Everything a tier knows about the tiers and departments of the network. */
export type Directory = {
  readonly tiers: ReadonlyMap<TierCode, TierState>;
  readonly departments: ReadonlyMap<StreamName, DepartmentEntry>;
};
export type DepartmentEntry = {
  readonly tier: TierCode;
  readonly name: Bilingual;
  readonly state: DepartmentState;
};

export const emptyDirectory: Directory = { tiers: new Map(), departments: new Map() };

const isTierFact = (fact: DirectoryFact): fact is TierFact => fact.type.startsWith('liandong.tier.');

/** Folds one fact of one stream in. Facts of a stream come in their order; streams in any. */
export const evolveDirectory = (directory: Directory, stream: StreamName, fact: DirectoryFact): Directory => {
  const tier = streamOwner(stream);
  if (tier === undefined) return directory;
  if (isTierFact(fact)) {
    const state = tierDecider.evolve(directory.tiers.get(tier) ?? tierDecider.initial, fact);
    return { ...directory, tiers: new Map([...directory.tiers, [tier, state]]) };
  }
  const known = directory.departments.get(stream);
  const state = departmentDecider.evolve(known?.state ?? departmentDecider.initial, fact);
  const name = nameIn(fact) ?? known?.name;
  if (name === undefined) return directory;
  return {
    ...directory,
    departments: new Map([...directory.departments, [stream, { tier, name, state }]]),
  };
};

const nameIn = (fact: DepartmentFact): Bilingual | undefined => {
  switch (fact.type) {
    case 'liandong.department.established.v1':
      return fact.data.name;
    case 'liandong.department.rolesChanged.v1':
      return fact.data.name;
    case 'liandong.department.approvalSectionFormed.v1':
    case 'liandong.department.windowOpened.v1':
    case 'liandong.department.windowClosed.v1':
    case 'liandong.department.staffStationed.v1':
    case 'liandong.department.authorityDelegated.v1':
    case 'liandong.department.authorityRevoked.v1':
    case 'liandong.department.staffLeft.v1':
      return undefined;
  }
};

/**
 * The department of a tier that answers for a function; the one with the lowest
 * credit code where several do, so that every reader names the same.
 */
export const departmentFor = (
  directory: Directory,
  tier: TierCode,
  role: DepartmentRole,
): string | undefined =>
  [...directory.departments.values()]
    .filter((entry) => entry.tier === tier)
    .map(({ state }) => state)
    .filter((state): state is Established => state.status === 'established' && state.roles.includes(role))
    .map(({ department }) => department)
    .sort()[0];
