import {
  bodyNatures,
  caseKinds,
  channels,
  exerciseLevels,
  itemTypes,
  serviceObjects,
  specialProcedures,
  trustLevels,
} from './code-lists.ts';
import type { Bilingual, ItemVersion, LegalBasis, RouteStep } from './item.ts';
import { isItemCode } from './item-code.ts';
import type { ItemFlaw } from './refusals.ts';

type Flaws = Iterable<ItemFlaw>;

/** The first thing wrong with a version's own text, or `undefined`. */
export const flawOf = (version: ItemVersion): ItemFlaw | undefined => {
  for (const check of checks) for (const flaw of check(version)) return flaw;
  return undefined;
};

function* codes(version: ItemVersion): Flaws {
  if (!isItemCode(version.code)) yield { code: 'item-code-malformed', item: version.code };
  yield* listed('type', itemTypes, [version.type]);
  yield* listed('kind', caseKinds, [version.kind]);
  yield* listed('exerciseLevel', exerciseLevels, [version.exerciseLevel]);
  yield* listed('bodyNature', bodyNatures, [version.bodyNature]);
  yield* listed('serviceObjects', serviceObjects, version.serviceObjects);
  yield* listed('channels', channels, version.channels);
  yield* listed(
    'trust',
    trustLevels,
    version.materials.map(({ trust }) => trust),
  );
  yield* listed(
    'procedures',
    specialProcedures,
    steps(version).flatMap(({ procedures }) => procedures),
  );
}

function* listed(field: string, list: object, values: readonly string[]): Flaws {
  for (const value of values) {
    if (!Object.hasOwn(list, value)) yield { code: 'item-code-unlisted', field, value };
  }
}

/** Names are read on a screen and printed on a form; codes are stored by others. */
const longestName = 100;
const longestCode = 50;

function* texts(version: ItemVersion): Flaws {
  const names: readonly (readonly [string, Bilingual])[] = [
    ['name', version.name],
    ...version.materials.map(({ code, name }) => [`materials/${code}`, name] as const),
    ...version.route.stages.map(({ id, name }) => [`stages/${id}`, name] as const),
    ...steps(version).map(({ id, name }) => [`steps/${id}`, name] as const),
    ...version.fees.map(({ name }, n) => [`fees/${n}`, name] as const),
  ];
  for (const [field, { zh, en }] of names) {
    if (zh.trim() === '' || en.trim() === '') yield { code: 'item-text-missing', field };
    if (zh.length > longestName) yield { code: 'item-text-too-long', field, length: zh.length };
  }
  const short = [...version.materials.map(({ code }) => code), ...steps(version).map(({ id }) => id)];
  for (const field of short) {
    if (field === '') yield { code: 'item-text-missing', field: 'code' };
    if (field.length > longestCode) yield { code: 'item-text-too-long', field, length: field.length };
  }
}

function* dates({ effectiveFrom, effectiveTo }: ItemVersion): Flaws {
  for (const [field, value] of Object.entries({ effectiveFrom, effectiveTo })) {
    if (value !== undefined && !isDate(value)) yield { code: 'item-date-malformed', field, value };
  }
  if (effectiveTo !== undefined && effectiveTo < effectiveFrom) {
    yield { code: 'item-period-empty', from: effectiveFrom, to: effectiveTo };
  }
}

const isDate = (text: string): boolean => {
  const milliseconds = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
};

function* duplicates(version: ItemVersion): Flaws {
  yield* once(
    'materials',
    version.materials.map(({ code }) => code),
  );
  yield* once(
    'stages',
    version.route.stages.map(({ id }) => id),
  );
  yield* once(
    'steps',
    steps(version).map(({ id }) => id),
  );
  yield* once('channels', version.channels);
  yield* once('serviceObjects', version.serviceObjects);
}

function* once(field: string, values: readonly string[]): Flaws {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) yield { code: 'item-duplicate', field, value };
    seen.add(value);
  }
}

function* numbers(version: ItemVersion): Flaws {
  const { statutoryDays, ...days } = version.limits;
  const all: readonly (readonly [string, number])[] = [
    ...Object.entries(days),
    ...(statutoryDays === null ? [] : [['statutoryDays', statutoryDays] as const]),
    ...version.materials.map(({ code, copies }) => [`materials/${code}`, copies] as const),
    ...version.fees.map(({ amount }, n) => [`fees/${n}`, amount] as const),
    ...steps(version).map(({ id, days }) => [`steps/${id}`, days] as const),
    ...steps(version).flatMap(({ id, extension }) =>
      extension === undefined ? [] : [[`steps/${id}/extension`, extension.days] as const],
    ),
    ...(version.extension === undefined ? [] : [['extension', version.extension.days] as const]),
  ];
  for (const [field, value] of all) {
    if (!Number.isSafeInteger(value) || value < 0) yield { code: 'item-number-out-of-range', field, value };
  }
  for (const { id, kind, days } of steps(version)) {
    if (kind !== 'external' && days === 0) {
      yield { code: 'item-number-out-of-range', field: `steps/${id}`, value: days };
    }
  }
}

function* law(version: ItemVersion): Flaws {
  const deciding = steps(version).filter(({ kind }) => kind !== 'opinion');
  if (version.type !== '20' && version.legalBasis.length === 0) {
    yield { code: 'item-legal-basis-missing', field: 'legalBasis' };
  }
  for (const { id, legalBasis } of version.type === '20' ? [] : deciding) {
    if (legalBasis === undefined || legalBasis.length === 0) {
      yield { code: 'item-legal-basis-missing', field: `steps/${id}` };
    }
  }
  for (const { law, article, verified, source } of legalBasesOf(version)) {
    if (law === '' || article === '') yield { code: 'item-text-missing', field: 'legalBasis' };
    if (verified && (source === undefined || source === '')) {
      yield { code: 'item-source-missing', law, article };
    }
  }
}

/** Every citation a version makes, wherever it stands. */
export const legalBasesOf = (version: ItemVersion): readonly LegalBasis[] => [
  ...version.legalBasis,
  ...version.fees.map(({ basis }) => basis),
  ...steps(version).flatMap(({ legalBasis, extension }) => [
    ...(legalBasis ?? []),
    ...(extension === undefined ? [] : [extension.basis]),
  ]),
  ...(version.extension === undefined ? [] : [version.extension.basis]),
];

function* limits({ limits: { statutoryDays, promisedDays }, route }: ItemVersion): Flaws {
  if (statutoryDays === null) return;
  if (promisedDays > statutoryDays) {
    yield { code: 'item-promise-exceeds-law', statutoryDays, promisedDays };
  }
  const longest = route.stages.map(({ steps }) =>
    Math.max(0, ...steps.map(({ kind, days }) => (kind === 'external' ? 0 : days))),
  );
  const stepDays = longest.reduce((sum, days) => sum + days, 0);
  if (stepDays > promisedDays) yield { code: 'item-steps-exceed-promise', stepDays, promisedDays };
}

function* routes(version: ItemVersion): Flaws {
  if (version.route.stages.length === 0) yield { code: 'item-route-empty' };
  for (const { id, steps } of version.route.stages) {
    if (steps.length === 0) yield { code: 'item-route-empty', stage: id };
  }
  for (const { id, kind, item } of steps(version)) {
    if (kind === 'opinion' && item !== undefined) yield { code: 'item-opinion-decides', step: id };
    if (kind !== 'opinion' && item === undefined) yield { code: 'item-step-without-item', step: id };
  }
  const organs = new Set(steps(version).map(({ level, department }) => `${level}/${department}`)).size;
  if (version.kind === 'joint' && organs < 2) yield { code: 'item-joint-steps', kind: version.kind, organs };
}

function* materials(version: ItemVersion): Flaws {
  const known = new Set(steps(version).map(({ id }) => id));
  for (const { code, required, tolerable, neededBy } of version.materials) {
    if (tolerable && !required) yield { code: 'item-tolerable-not-required', material: code };
    for (const step of neededBy ?? []) {
      if (!known.has(step)) yield { code: 'item-step-unknown', material: code, step };
    }
  }
}

const steps = ({ route }: ItemVersion): readonly RouteStep[] => route.stages.flatMap(({ steps }) => steps);

const checks = [codes, texts, dates, duplicates, numbers, law, limits, routes, materials];
