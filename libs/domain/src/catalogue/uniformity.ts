import {
  canonicalJson,
  type Decider,
  type Fact,
  ok,
  ownStream,
  type Sha256,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { itemHash } from './hash.ts';
import type { ItemVersion, LegalBasis } from './item.ts';

/** 依据、标准、程序、收费: what an item must have in common wherever it is handled. */
export const uniformityAspects = ['legalBasis', 'standard', 'procedure', 'fees'] as const;
export type UniformityAspect = (typeof uniformityAspects)[number];

export type DriftKind = 'missing' | 'added' | 'changed';

/** One place at which what is applied is not the standard, as `materials/map`. */
export type Drift = {
  readonly aspect: UniformityAspect;
  readonly place: string;
  readonly kind: DriftKind;
};

/** Where an item as a tier applies it differs from the standard. A shorter promise is no drift. */
export const driftOf = (standard: ItemVersion, applied: ItemVersion): readonly Drift[] =>
  uniformityAspects.flatMap((aspect) => {
    const [expected, found] = [partsOf[aspect](standard, standard), partsOf[aspect](applied, standard)];
    return [...new Set([...expected.keys(), ...found.keys()])].flatMap((place): readonly Drift[] => {
      const [then, now] = [expected.get(place), found.get(place)];
      if (then === now) return [];
      const kind = then === undefined ? 'added' : now === undefined ? 'missing' : 'changed';
      return [{ aspect, place, kind }];
    });
  });

type Parts = ReadonlyMap<string, string>;

/** Each part of an aspect by its place, as text that is equal only if the part is. */
const partsOf: Readonly<Record<UniformityAspect, (item: ItemVersion, standard: ItemVersion) => Parts>> = {
  legalBasis: ({ legalBasis, route }) =>
    partsFrom([
      ...legalBasis.map((basis) => basisPart('legalBasis', basis)),
      ...route.stages.flatMap(({ steps }) =>
        steps.flatMap(({ id, legalBasis: own = [] }) => own.map((basis) => basisPart(`steps/${id}`, basis))),
      ),
    ]),
  standard: (item, standard) =>
    partsFrom([
      ['conditions', item.conditions],
      ['serviceObjects', item.serviceObjects.toSorted()],
      ['limits', limitsAgainst(item, standard)],
      ['result', item.result ?? null],
      ...item.materials.map(({ code, ...material }) => [`materials/${code}`, material] as const),
    ]),
  procedure: ({ route, extension }) =>
    partsFrom([
      ['lead', route.lead],
      ['stages', route.stages.map(({ id, endsOnRefusal }) => ({ id, endsOnRefusal }))],
      ['extension', extension ?? null],
      ...route.stages.flatMap((stage) =>
        stage.steps.map(
          ({ id, legalBasis: _, ...step }) => [`steps/${id}`, { stage: stage.id, ...step }] as const,
        ),
      ),
    ]),
  fees: ({ fees }) => partsFrom(fees.map(({ name, ...fee }) => [`fees/${name.zh}`, fee])),
};

const partsFrom = (parts: readonly (readonly [string, unknown])[]): Parts =>
  new Map(parts.map(([place, part]) => [place, canonicalJson(part)]));

/** Which edition and article applies, not where somebody read it. */
const basisPart = (place: string, { law, edition, article, organ }: LegalBasis) =>
  [`${place}/${law}/${article}`, { edition, organ }] as const;

const limitsAgainst = ({ limits }: ItemVersion, standard: ItemVersion) => ({
  ...limits,
  promisedDays: Math.max(limits.promisedDays, standard.limits.promisedDays),
});

// Drift as events of the tier that sets the standard

/** What the tier of the standard says of one item in one tier. */
export const uniformityStream = (standard: TierCode, item: string, tier: TierCode): StreamName =>
  ownStream('uniformity', standard, `${item}.${tier}`);

type Compared = {
  readonly item: string;
  readonly standard: { readonly version: number; readonly hash: string };
  readonly applied: { readonly tier: TierCode; readonly version: number; readonly hash: string };
};
export type DriftFound = Fact<'liandong.item.driftFound.v1', Compared & { drifts: readonly Drift[] }>;
export type DriftEnded = Fact<'liandong.item.driftEnded.v1', Compared>;
export type UniformityFact = DriftFound | DriftEnded;

/** Follower: the standard or what a tier applies has changed. */
export type CompareItem = {
  readonly type: 'compareItem';
  readonly standard: ItemVersion;
  readonly applied: { readonly tier: TierCode; readonly version: ItemVersion };
};

/** The drift that stands. */
export type UniformityState = { readonly drifts: readonly Drift[] };

/** Speaks only when something changed, so that comparing again says nothing new. */
export const uniformityDecider = (
  sha256: Sha256,
): Decider<CompareItem, UniformityFact, UniformityState, never> => ({
  initial: { drifts: [] },
  decide: ({ standard, applied: { tier, version } }, state) => {
    const drifts = driftOf(standard, version);
    if (canonicalJson(drifts) === canonicalJson(state.drifts)) return ok([]);
    const data: Compared = {
      item: standard.code,
      standard: { version: standard.version, hash: itemHash(sha256, standard) },
      applied: { tier, version: version.version, hash: itemHash(sha256, version) },
    };
    return drifts.length === 0
      ? ok([{ type: 'liandong.item.driftEnded.v1', data }])
      : ok([{ type: 'liandong.item.driftFound.v1', data: { ...data, drifts } }]);
  },
  evolve: (_, event) => {
    switch (event.type) {
      case 'liandong.item.driftFound.v1':
        return { drifts: event.data.drifts };
      case 'liandong.item.driftEnded.v1':
        return { drifts: [] };
    }
  },
});

/** The rate that is published: how many of the compared items are uniform, as a whole and in each aspect. */
export type UniformityRate = {
  readonly compared: number;
  readonly uniform: number;
  readonly uniformIn: Readonly<Record<UniformityAspect, number>>;
};

export const uniformityRate = (items: readonly (readonly Drift[])[]): UniformityRate => {
  const without = (aspect: UniformityAspect) =>
    items.filter((drifts) => drifts.every((drift) => drift.aspect !== aspect)).length;
  return {
    compared: items.length,
    uniform: items.filter((drifts) => drifts.length === 0).length,
    uniformIn: {
      legalBasis: without('legalBasis'),
      standard: without('standard'),
      procedure: without('procedure'),
      fees: without('fees'),
    },
  };
};
