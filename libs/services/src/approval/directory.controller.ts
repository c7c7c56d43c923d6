import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { Directory } from '@liandong/domain/directory';
import type { TierCode } from '@liandong/kernel';
import { type z } from 'zod';
import { Allow, TheCaller } from '../identity/caller.guard.ts';
import type { Caller } from '../identity/caller.ts';
import { Refused } from '../platform/refused.ts';
import { valid } from '../platform/valid.ts';
import { departmentListQuery } from './requests.ts';

/** The directory of the network as this tier knows it now. */
export type ReadDirectory = () => Promise<Directory>;
export const READ_DIRECTORY = Symbol('ReadDirectory');

@Controller('v1')
@Allow('directory.read')
export class DirectoryController {
  readonly #read: ReadDirectory;

  constructor(@Inject(READ_DIRECTORY) read: ReadDirectory) {
    this.#read = read;
  }

  @Get('tier')
  async own(@TheCaller() { tier }: Caller) {
    const own = tiersIn(await this.#read()).find((each) => each.tier === tier);
    if (own === undefined) throw new Refused({ code: 'not-found', what: 'tier' });
    return own;
  }

  @Get('tiers')
  async tiers() {
    return { items: tiersIn(await this.#read()) };
  }

  @Get('departments')
  async departments(@Query(valid(departmentListQuery)) { tier }: z.infer<typeof departmentListQuery>) {
    const departments = departmentsIn(await this.#read());
    return { items: tier === undefined ? departments : departments.filter((each) => each.tier === tier) };
  }
}

const tiersIn = ({ tiers }: Directory) =>
  [...tiers.values()]
    .flatMap((state) => (state.status === 'founded' ? [state] : []))
    .map(({ network, tier, level, name, parent, demonstration, hasCenter, agentPoints }) => ({
      network,
      tier,
      level,
      name,
      ...(parent !== undefined && { parent }),
      demonstration,
      hasCenter,
      agentPoints: [...agentPoints].sort(),
    }))
    .sort(byTier);

const departmentsIn = ({ departments }: Directory) =>
  [...departments.values()]
    .flatMap(({ tier, name, state }) => (state.status === 'established' ? [{ tier, name, state }] : []))
    .map(({ tier, name, state: { department, kind, roles, section, windows, staff } }) => ({
      tier,
      department,
      name,
      kind,
      roles,
      ...(section !== undefined && { section }),
      windows: [...windows].sort(),
      staff: staff.size,
    }))
    .sort((a, b) => byTier(a, b) || (a.department < b.department ? -1 : 1));

const byTier = (a: { readonly tier: TierCode }, b: { readonly tier: TierCode }): number =>
  a.tier < b.tier ? -1 : Number(a.tier > b.tier);
