import {
  adoptedInForce,
  implementationCode,
  itemDecider,
  type ItemFact,
  itemHash,
  itemStream,
  type ItemVersion,
  type ResolvedRoute,
  resolveRoute,
  versionInForce,
} from '@liandong/domain/catalogue';
import { localDate } from '@liandong/domain/calendar';
import type { Actor, Intake, Limits, NumberCase, Open, Superiors } from '@liandong/domain/case';
import { ok, refuse, type Result, type StreamName, type TierCode } from '@liandong/kernel';
import type { Authoring } from '../authoring.ts';
import { type DecodeFact, readOwnStream } from '../own-streams.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { OpeningRefusal, OpenRequest } from './open-request.ts';

/** Turns what the counter says into the case's opening, from the item in force and the directory. */
export type ResolveOpening = (
  request: OpenRequest,
  by: Actor,
  caseId: StreamName,
  at: string,
) => Promise<Result<Open, OpeningRefusal>>;

export type OpeningSources = {
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly decodeItem: DecodeFact<ItemFact>;
  /** The department of a tier that answers for a public function. */
  readonly departmentFor: (tier: TierCode, role: string) => string | undefined;
  /** The superiors of a tier in this network, nearest first. */
  readonly superiorsOf: (tier: TierCode) => readonly TierCode[];
  readonly levelOf: (tier: TierCode) => 'city' | 'county' | 'township' | undefined;
  readonly numberCase: NumberCase;
  /** The next serial of an implementation code on a day; gaps are allowed, repetition is not. */
  readonly nextSerial: (implementation: string, day: string) => Promise<number>;
};

export const resolveOpening =
  (sources: OpeningSources): ResolveOpening =>
  async (request, by, caseId, at) => {
    const day = localDate(at);
    if (day === undefined) return refuse({ code: 'calendar-date-malformed', value: at });
    const version = await itemInForce(sources, by.tier, request.item, day);
    if (!version.ok) return version;
    const tiers = tiersOfPlace(sources, request, by.tier);
    if (!tiers.ok) return tiers;
    const route = resolveRoute(version.value, { tiers: tiers.value, departmentFor: sources.departmentFor });
    if (!route.ok) return route;
    const intake = intakeOf(route.value, by);
    if (intake === undefined)
      return refuse({ code: 'intake-not-provided', item: request.item, tier: by.tier });
    const implementation = implementationCode(
      route.value.lead.department,
      version.value.exerciseLevel,
      version.value.code,
    );
    const serial = await sources.nextSerial(implementation, day);
    const number = sources.numberCase(implementation, day, serial);
    return ok({
      ...openingFrom(sources, request, by, caseId, version.value, route.value, intake),
      number: { ...number, ...(request.ownNumber !== undefined && { own: request.ownNumber }) },
    });
  };

/** The item as this tier publishes or has adopted it, on a day. */
export const itemInForce = async (
  { store, authoring, decodeItem }: Pick<OpeningSources, 'store' | 'authoring' | 'decodeItem'>,
  tier: TierCode,
  item: string,
  day: string,
): Promise<Result<ItemVersion, OpeningRefusal>> => {
  const decider = itemDecider(authoring.sha256);
  const { state } = await readOwnStream(store, decider, decodeItem, itemStream(tier, item));
  switch (state.status) {
    case 'unknown':
      return refuse({ code: 'item-not-found', item });
    case 'published':
      return versionInForce(item, state.versions, day);
    case 'adopted': {
      const from = state.adoptions.at(-1)?.standard.tier ?? tier;
      const standard = await readOwnStream(store, decider, decodeItem, itemStream(from, item));
      const versions = standard.state.status === 'published' ? standard.state.versions : [];
      return adoptedInForce(item, state.adoptions, versions, day);
    }
  }
};

type Tiers = Partial<Record<'city' | 'county' | 'township', TierCode>>;

/** The tiers of the place by level: the opening tier, those above it, and where the applicant says the matter lies. */
const tiersOfPlace = (
  { superiorsOf, levelOf }: OpeningSources,
  { county, township }: OpenRequest,
  own: TierCode,
): Result<Tiers, OpeningRefusal> => {
  const named = { county, township };
  const tiers: Tiers = {};
  for (const field of ['county', 'township'] as const) {
    const tier = named[field];
    if (tier === undefined) continue;
    const isInside = tier === own || superiorsOf(tier).includes(own) || superiorsOf(own).includes(tier);
    if (levelOf(tier) !== field || !isInside) return refuse({ code: 'location-outside', field, tier });
  }
  const deepest = [township, county, own].find((tier) => tier !== undefined) ?? own;
  for (const tier of [...superiorsOf(own), own, ...superiorsOf(deepest), deepest]) {
    const level = levelOf(tier);
    if (level !== undefined) tiers[level] = tier;
  }
  return ok(tiers);
};

/** The door that takes the application in: the caller's own counter, or for a person the first of that tier. */
const intakeOf = ({ intake }: ResolvedRoute, by: Actor): Intake | undefined => {
  const here = intake.filter(({ tier }) => tier === by.tier);
  const door =
    here.find(({ department }) => department === by.department) ?? (isCounter(by) ? undefined : here[0]);
  return (
    door && {
      ...door,
      ...(by.window !== undefined && { window: by.window }),
      ...(by.agentPoint !== undefined && { agentPoint: by.agentPoint }),
    }
  );
};

const isCounter = ({ roles }: Actor): boolean => roles.includes('windowClerk');

const openingFrom = (
  { authoring, superiorsOf }: OpeningSources,
  request: OpenRequest,
  by: Actor,
  caseId: StreamName,
  version: ItemVersion,
  { lead, stages }: ResolvedRoute,
  intake: Intake,
): Omit<Open, 'number'> => ({
  type: 'open',
  item: {
    code: version.code,
    version: String(version.version),
    hash: itemHash(authoring.sha256, version),
    name: version.name.zh,
    agentable: version.agentable,
  },
  kind: version.kind,
  intake,
  lead,
  applicant: {
    kind: request.applicant.kind,
    creditworthy: request.applicant.creditworthy,
    reference: applicantReference(authoring, request, by, caseId),
  },
  route: { stages },
  materials: version.materials.map(({ code, name, required, tolerable, neededBy }) => ({
    code,
    name: name.zh,
    required,
    tolerable,
    ...(neededBy !== undefined && { neededBy }),
  })),
  supplied: request.supplied,
  limits: limitsOf(version),
  superiors: superiorsFor(superiorsOf, [lead, intake, ...stages.flatMap(({ steps }) => steps)]),
  ...(request.authorization !== undefined && { authorization: request.authorization }),
  ...(request.follows !== undefined && { follows: request.follows }),
  ...(request.details !== undefined && { details: request.details }),
  ...(request.offline === true && { offline: true }),
  pilot: request.pilot ?? false,
});

/** The pseudonym under which the applicant may act in person: their own, or that of the account they name. */
const applicantReference = (
  authoring: Authoring,
  { applicant, details }: OpenRequest,
  by: Actor,
  caseId: StreamName,
): string =>
  by.roles.includes('applicant')
    ? by.authid
    : authoring.pseudonym(applicant.account ?? `applicant:${details?.applicantIdentity ?? caseId}`, caseId);

const limitsOf = ({ limits, extension }: ItemVersion): Limits => ({
  ...(limits.statutoryDays !== null && {
    statutoryDays: limits.statutoryDays,
    promisedDays: limits.promisedDays,
  }),
  noticeDays: limits.noticeDays,
  correctionDays: limits.correctionDays,
  deliveryDays: limits.deliveryDays,
  ...(extension !== undefined && { extension: { days: extension.days, authority: extension.by } }),
});

const superiorsFor = (
  superiorsOf: OpeningSources['superiorsOf'],
  organs: readonly { readonly tier: TierCode }[],
): Superiors => {
  const tiers = new Set(organs.flatMap(({ tier }) => [tier, ...superiorsOf(tier)]));
  return Object.fromEntries([...tiers].sort().map((tier) => [tier, superiorsOf(tier)]));
};
