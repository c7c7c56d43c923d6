import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Sha256, TierCode } from '@liandong/kernel';
import { givenFor } from '@liandong/testing';
import { law, sampleItem } from '../../test/sample-item.ts';
import {
  type CompareItem,
  type Drift,
  driftOf,
  itemHash,
  type ItemVersion,
  uniformityAspects,
  uniformityDecider,
  type UniformityFact,
  uniformityRate,
  uniformityStream,
} from './index.ts';

const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const given = givenFor(uniformityDecider(sha256));
const county = '431021' as TierCode;
const standard = sampleItem;
const [stage] = standard.route.stages as readonly [ItemVersion['route']['stages'][number]];
const withSteps = (steps: typeof stage.steps): ItemVersion => ({
  ...standard,
  route: { ...standard.route, stages: [{ ...stage, steps }] },
});

describe('an item against its standard', () => {
  it('is uniform if it is the same, or promises more', () => {
    expect(driftOf(standard, standard)).toEqual([]);
    expect(driftOf(standard, { ...standard, limits: { ...standard.limits, promisedDays: 5 } })).toEqual([]);
  });

  it.each<readonly [string, Partial<ItemVersion>, Drift]>([
    [
      'another article',
      { legalBasis: [{ ...law, article: '第七条' }, law] },
      { aspect: 'legalBasis', place: 'legalBasis/水法/第七条', kind: 'added' },
    ],
    [
      'another edition',
      { legalBasis: [{ ...law, edition: '2002' }] },
      { aspect: 'legalBasis', place: 'legalBasis/水法/第四十八条', kind: 'changed' },
    ],
    [
      'a further material',
      { materials: [...standard.materials, { ...standard.materials[0]!, code: 'photo' }] },
      { aspect: 'standard', place: 'materials/photo', kind: 'added' },
    ],
    [
      'a material that is not asked for',
      { materials: standard.materials.slice(1) },
      { aspect: 'standard', place: 'materials/application', kind: 'missing' },
    ],
    [
      'a condition of its own',
      { conditions: [{ zh: '本地户籍', en: 'Locals only' }] },
      { aspect: 'standard', place: 'conditions', kind: 'changed' },
    ],
    [
      'a longer promise',
      { limits: { ...standard.limits, promisedDays: 21 } },
      { aspect: 'standard', place: 'limits', kind: 'changed' },
    ],
    [
      'a step left out',
      withSteps(stage.steps.slice(0, 2)),
      { aspect: 'procedure', place: 'steps/forest', kind: 'missing' },
    ],
    [
      'another lead',
      { route: { ...standard.route, lead: { level: 'county', department: 'water' } } },
      { aspect: 'procedure', place: 'lead', kind: 'changed' },
    ],
    ['no fee', { fees: [] }, { aspect: 'fees', place: 'fees/工本费', kind: 'missing' }],
    [
      'a higher fee',
      { fees: [{ ...standard.fees[0]!, amount: 900 }] },
      { aspect: 'fees', place: 'fees/工本费', kind: 'changed' },
    ],
  ])('drifts by %s', (_, change, drift) => {
    expect(driftOf(standard, { ...standard, ...change })).toEqual(
      // The basis of a step goes with the step.
      drift.place === 'steps/forest'
        ? [{ aspect: 'legalBasis', place: 'steps/forest/水法/第四十八条', kind: 'missing' }, drift]
        : [drift],
    );
  });

  it('does not drift by where somebody read the same article', () => {
    const read = { ...law, verified: true, source: 'elsewhere', note: '见原文' };
    expect(driftOf(standard, { ...standard, legalBasis: [read] })).toEqual([]);
  });
});

describe('drift', () => {
  const dear: ItemVersion = { ...standard, version: 2, fees: [{ ...standard.fees[0]!, amount: 900 }] };
  const compare = (version: ItemVersion): CompareItem => ({
    type: 'compareItem',
    standard,
    applied: { tier: county, version },
  });
  const compared = (version: ItemVersion) => ({
    item: standard.code,
    standard: { version: 1, hash: itemHash(sha256, standard) },
    applied: { tier: county, version: version.version, hash: itemHash(sha256, version) },
  });
  const drifts: readonly Drift[] = [{ aspect: 'fees', place: 'fees/工本费', kind: 'changed' }];
  const found: UniformityFact = {
    type: 'liandong.item.driftFound.v1',
    data: { ...compared(dear), drifts },
  };
  const ended: UniformityFact = { type: 'liandong.item.driftEnded.v1', data: compared(standard) };

  it('is said when it is found, when it changes and when it ends, and not again', () => {
    given().when(compare(standard)).then();
    given().when(compare(dear)).then(found);
    given(found).when(compare(dear)).then();
    given(found).when(compare(standard)).then(ended);
    given(found, ended).when(compare(standard)).then();
    given(found, ended).when(compare(dear)).then(found);
    const free = { ...dear, fees: [] };
    given(found)
      .when(compare(free))
      .then({
        type: 'liandong.item.driftFound.v1',
        data: { ...compared(free), drifts: [{ aspect: 'fees', place: 'fees/工本费', kind: 'missing' }] },
      });
  });

  it('stands in a stream of the tier that sets the standard', () => {
    expect(uniformityStream('431000' as TierCode, standard.code, county)).toBe(
      'uniformity-431000.430100000001.431021',
    );
  });

  it('makes a rate of what was compared, as a whole and in each aspect', () => {
    const basis: Drift = { aspect: 'legalBasis', place: 'x', kind: 'added' };
    const rate = uniformityRate([[], drifts, [...drifts, basis], []]);
    expect(rate).toEqual({
      compared: 4,
      uniform: 2,
      uniformIn: { legalBasis: 3, standard: 4, procedure: 4, fees: 2 },
    });
    expect(Object.keys(rate.uniformIn)).toEqual([...uniformityAspects]);
  });
});
