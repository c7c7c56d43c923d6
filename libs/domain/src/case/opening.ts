import { ok, type TierCode } from '@liandong/kernel';
import { validCaseNumber } from './case-number.ts';
import type { Open } from './commands.ts';
import { unlessEntitled } from './entitlement.ts';
import type { Opened } from './facts.ts';
import { unknownMaterials, withSupplied } from './materials.ts';
import type { CaseRefusal } from './refusals.ts';
import type { Limits } from './route.ts';
import { type Claim, type Door, type Made, made, no, own, type Verdict } from './rule.ts';
import type { Matter, StepState } from './state.ts';

/** The tiers of the route, its intake and its lead, and all their superiors, in order of code. */
export const audienceOf = (
  opening: Pick<Opened, 'route' | 'intake' | 'lead' | 'superiors'>,
): readonly TierCode[] => {
  const tiers = tiersOf(opening);
  return [...new Set([...tiers, ...tiers.flatMap((tier) => own(opening.superiors, tier) ?? [])])].toSorted();
};

const tiersOf = ({ route, intake, lead }: Pick<Opened, 'route' | 'intake' | 'lead'>): readonly TierCode[] => [
  intake.tier,
  lead.tier,
  ...route.stages.flatMap(({ steps }) => steps.map(({ tier }) => tier)),
];

export const open = ({ type: _type, details, ...opening }: Open, { by, at, legalDay }: Door): Made => {
  const noticeDue = legalDay(at, opening.limits.noticeDays);
  if (!noticeDue.ok) return noticeDue;
  const audience = audienceOf(opening);
  return made('opened', { ...opening, by, audience, noticeDue: noticeDue.value }, { ...details });
};

/** A case is opened once, by the counter that took it in. */
export const opened = (before: Matter | undefined, opening: Opened, claim: Claim): Verdict => {
  if (before !== undefined) return no({ code: 'case-already-opened' });
  const refusal = refuseOpening(opening);
  if (refusal) return no(refusal);
  const matter = matterOf(opening, claim);
  return unlessEntitled('opened', matter, opening.by, claim) ?? ok(matter);
};

/** Why a case must not be opened like this. */
const refuseOpening = (opening: Opened): CaseRefusal | undefined => {
  const number = validCaseNumber(opening.number);
  if (!number.ok) return number.refusal;
  const unknown = unknownMaterials(
    { opening },
    opening.supplied.map(({ material }) => material),
  );
  if (unknown.length > 0) return { code: 'material-unknown', materials: unknown };
  return refuseTiers(opening) ?? refuseRoute(opening) ?? refuseLimits(opening) ?? refuseAgent(opening);
};

const refuseTiers = (opening: Opened): CaseRefusal | undefined => {
  const outside = audienceOf(opening).filter((tier) => !opening.audience.includes(tier));
  const unplaced = tiersOf(opening).filter((tier) => own(opening.superiors, tier) === undefined);
  const tiers = [...new Set([...outside, ...unplaced])];
  return tiers.length > 0 ? { code: 'tier-outside-case', tiers } : undefined;
};

const refuseRoute = ({ route, materials }: Opened): CaseRefusal | undefined => {
  const stages = route.stages.map(({ id }) => id);
  const steps = route.stages.flatMap((stage) => stage.steps.map(({ id }) => id));
  const stageTwice = repeated(stages);
  if (stageTwice !== undefined) return { code: 'route-invalid', problem: 'stage-twice', id: stageTwice };
  const empty = route.stages.find((stage) => stage.steps.length === 0);
  if (empty) return { code: 'route-invalid', problem: 'stage-without-steps', id: empty.id };
  const stepTwice = repeated(steps);
  if (stepTwice !== undefined) return { code: 'route-invalid', problem: 'step-twice', id: stepTwice };
  const materialTwice = repeated(materials.map(({ code }) => code));
  if (materialTwice !== undefined)
    return { code: 'route-invalid', problem: 'material-twice', id: materialTwice };
  const stray = materials.flatMap(({ neededBy }) => neededBy ?? []).find((step) => !steps.includes(step));
  return stray === undefined
    ? undefined
    : { code: 'route-invalid', problem: 'material-for-unknown-step', id: stray };
};

const repeated = (ids: readonly string[]): string | undefined => ids.find((id, n) => ids.indexOf(id) !== n);

const refuseLimits = ({ limits, route }: Opened): CaseRefusal | undefined => {
  const named = { ...daysOf(limits), ...Object.fromEntries(route.stages.flatMap(stepDaysOf)) };
  const wrong = Object.entries(named).find(([, days]) => !Number.isInteger(days) || days < 1 || days > 1000);
  if (wrong) return { code: 'route-invalid', problem: 'limit-out-of-range', id: wrong[0] };
  const { promisedDays, statutoryDays } = limits;
  return promisedDays !== undefined && statutoryDays !== undefined && promisedDays > statutoryDays
    ? { code: 'route-invalid', problem: 'promised-beyond-statutory', id: 'promisedDays' }
    : undefined;
};

const daysOf = ({ extension, ...days }: Limits): Record<string, number> => ({
  ...days,
  ...(extension && { extension: extension.days }),
});

const stepDaysOf = ({ steps }: Opened['route']['stages'][number]) =>
  // No clock of this network runs for what an outside organ decides, unless the route sets one.
  steps.flatMap(({ id, kind, days }) => (kind === 'external' && days === 0 ? [] : [[id, days] as const]));

/** An agent acts on items open to agents, at an agent point, under a written authorization. */
const refuseAgent = ({ by, item, intake, authorization }: Opened): CaseRefusal | undefined => {
  if (by.role !== 'agent') return undefined;
  if (!item.agentable) return { code: 'item-not-agentable', item: item.code };
  return authorization === undefined || intake.agentPoint === undefined
    ? { code: 'authorization-missing' }
    : undefined;
};

/** The case as its opening makes it. */
const matterOf = (opening: Opened, { hash, tier, at }: Claim): Matter => ({
  opening,
  openedBy: tier,
  openedAt: at,
  hash,
  status: 'draft',
  lead: opening.lead,
  audience: opening.audience,
  supplied: withSupplied(
    {},
    opening.supplied.filter(({ documents }) => documents.length > 0),
  ),
  receivedAt: at,
  noticeDue: opening.noticeDue,
  noticeFrom: at,
  correction: undefined,
  tolerance: undefined,
  preReviewed: false,
  acceptedAt: undefined,
  clock: undefined,
  stages: [],
  steps: Object.fromEntries(
    opening.route.stages.flatMap((stage) =>
      stage.steps.map((step): [string, StepState] => [
        step.id,
        {
          step,
          stage: stage.id,
          organ: { tier: step.tier, department: step.department },
          formerOrgans: [],
          round: 1,
          answers: [],
          from: undefined,
          due: undefined,
          added: 0,
          addedBefore: 0,
          extended: false,
          inspections: 0,
        },
      ]),
    ),
  ),
  procedures: [],
  consultations: [],
  hearings: 0,
  conclusion: undefined,
  closing: undefined,
  transfers: [],
  takeovers: [],
  obligations: [],
  remediesNoted: [],
});
