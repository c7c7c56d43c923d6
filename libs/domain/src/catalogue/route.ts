import { type Mandate, ok, refuse, type Result, type TierCode } from '@liandong/kernel';
import type { SpecialProcedure } from './code-lists.ts';
import type { ItemVersion, Level, OrganRole, RouteStep, StepKind } from './item.ts';
import type { RouteRefusal } from './refusals.ts';

export type StepExtension = { readonly days: number; readonly authority: 'organHead' | 'governmentHead' };

export type ResolvedStep = {
  readonly id: string;
  readonly name: string;
  readonly kind: StepKind;
  readonly tier: TierCode;
  readonly department: string;
  readonly itemCode?: string;
  readonly externalOrgan?: string;
  readonly days: number;
  readonly procedures: readonly SpecialProcedure[];
  readonly extension?: StepExtension;
};

export type ResolvedStage = {
  readonly id: string;
  readonly name: string;
  readonly endsOnRefusal: boolean;
  readonly steps: readonly ResolvedStep[];
};

export type ResolvedRoute = {
  readonly lead: Mandate;
  /** Who may take the application in. */
  readonly intake: readonly Mandate[];
  readonly stages: readonly ResolvedStage[];
};

/** Where a case is opened: its tiers by level, and who answers for a function there. */
export type Place = {
  readonly tiers: Readonly<Partial<Record<Level, TierCode>>>;
  readonly departmentFor: (tier: TierCode, department: string) => string | undefined;
};

/** The version's levels and functions turned into the organs of one place. */
export const resolveRoute = (
  { route, intake }: ItemVersion,
  place: Place,
): Result<ResolvedRoute, RouteRefusal> => {
  const lead = organ(place, route.lead, 'lead');
  if (!lead.ok) return lead;
  const stages: ResolvedStage[] = [];
  for (const { id, name, endsOnRefusal, steps } of route.stages) {
    const resolved: ResolvedStep[] = [];
    for (const step of steps) {
      const found = organ(place, step, step.id);
      if (!found.ok) return found;
      resolved.push(stepOf(step, found.value));
    }
    stages.push({ id, name: name.zh, endsOnRefusal, steps: resolved });
  }
  const doors = intake.map((door) => organ(place, door, 'intake'));
  return ok({
    lead: lead.value,
    intake: doors.flatMap((door) => (door.ok ? [door.value] : [])),
    stages,
  });
};

const organ = (
  { tiers, departmentFor }: Place,
  { level, department }: OrganRole,
  where: string,
): Result<Mandate, RouteRefusal> => {
  const tier = tiers[level];
  if (tier === undefined) return refuse({ code: 'route-tier-missing', level, place: where });
  const found = departmentFor(tier, department);
  return found === undefined
    ? refuse({ code: 'route-department-missing', tier, department, place: where })
    : ok({ tier, department: found });
};

const stepOf = (step: RouteStep, { tier, department }: Mandate): ResolvedStep => {
  const { id, name, kind, item, externalOrgan, days, procedures, extension } = step;
  return {
    id,
    name: name.zh,
    kind,
    tier,
    department,
    ...(item === undefined ? {} : { itemCode: item.code }),
    ...(externalOrgan === undefined ? {} : { externalOrgan: externalOrgan.zh }),
    days,
    procedures,
    ...(extension === undefined ? {} : { extension: { days: extension.days, authority: extension.by } }),
  };
};
