import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ok, refuse, type Sha256, type TierCode } from '@liandong/kernel';
import { givenFor } from '@liandong/testing';
import { law, sampleItem } from '../../test/sample-item.ts';
import {
  adoptedInForce,
  type Adoption,
  type AdoptItem,
  flawOf,
  type ItemAdopted,
  itemDecider,
  type ItemFlaw,
  itemHash,
  itemStream,
  type ItemVersion,
  implementationCode,
  legalBasesOf,
  type Place,
  type PublishVersion,
  resolveRoute,
  type RouteStep,
  versionInForce,
  type VersionPublished,
} from './index.ts';

const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const given = givenFor(itemDecider(sha256));

const city = '431000' as TierCode;
const county = '431021' as TierCode;
const township = '431021106' as TierCode;

type Lineage = Pick<PublishVersion, 'from' | 'into'>;
const publish = (
  verb: PublishVersion['verb'],
  version: ItemVersion,
  lineage: Lineage = {},
): PublishVersion => ({ type: 'publishVersion', verb, version, ...lineage });
const published = (
  verb: PublishVersion['verb'],
  version: ItemVersion,
  lineage: Lineage = {},
): VersionPublished => ({
  type: 'liandong.item.versionPublished.v1',
  data: { verb, version, ...lineage },
});

const second: ItemVersion = { ...sampleItem, version: 2, effectiveFrom: '2019-01-01' };
const ended: ItemVersion = { ...second, status: 'cancelled' };
const first = published('add', sampleItem);

describe('an item', () => {
  it('is added with its first version and changed by the next', () => {
    given().when(publish('add', sampleItem)).then(first);
    given(first).when(publish('change', second)).then(published('change', second));
  });

  it('is suspended and taken up again by a change', () => {
    const pause: ItemVersion = { ...second, status: 'suspended' };
    const resumed: ItemVersion = { ...second, version: 3, effectiveFrom: '2020-01-01' };
    given(first).when(publish('suspend', pause)).then(published('suspend', pause));
    given(first, published('suspend', pause))
      .when(publish('change', resumed))
      .then(published('change', resumed));
  });

  it('is cancelled for good', () => {
    given(first).when(publish('cancel', ended)).then(published('cancel', ended));
    given(first, published('cancel', ended))
      .when(publish('change', { ...second, version: 3, effectiveFrom: '2020-01-01' }))
      .refused({ code: 'item-ended', since: '2019-01-01' });
  });

  it('is split into others, which begin by it', () => {
    const into = ['430100000007', '430100000008'];
    given(first)
      .when(publish('split', ended, { into }))
      .then(published('split', ended, { into }));
    const from = [sampleItem.code];
    const part: ItemVersion = { ...sampleItem, code: '430100000007' };
    given()
      .when(publish('split', part, { from }))
      .then(published('split', part, { from }));
  });

  it('is merged with others into one', () => {
    const into = ['430100000009'];
    given(first)
      .when(publish('merge', ended, { into }))
      .then(published('merge', ended, { into }));
    const from = [sampleItem.code, '430100000007'];
    const whole: ItemVersion = { ...sampleItem, code: '430100000009' };
    given()
      .when(publish('merge', whole, { from }))
      .then(published('merge', whole, { from }));
  });

  it('names where it comes from or goes to exactly where the verb needs it', () => {
    const wrong: readonly (readonly [PublishVersion['verb'], ItemVersion, Lineage])[] = [
      ['split', ended, { into: ['430100000007'] }],
      ['split', sampleItem, {}],
      ['split', sampleItem, { from: ['430100000007', '430100000008'] }],
      ['merge', ended, { into: ['430100000007', '430100000008'] }],
      ['merge', sampleItem, { from: ['430100000007'] }],
      ['merge', ended, { from: ['430100000007', '430100000008'], into: ['430100000009'] }],
      ['add', sampleItem, { from: ['430100000007'] }],
      ['cancel', ended, { into: ['430100000007'] }],
    ];
    for (const [verb, version, lineage] of wrong) {
      given(first)
        .when(publish(verb, version, lineage))
        .refused({ code: 'item-verb-lineage', verb });
    }
  });

  it('is added once', () => {
    given(first)
      .when(publish('add', sampleItem))
      .refused({ code: 'item-already-published', item: sampleItem.code });
  });

  it('is there before it changes', () => {
    given()
      .when(publish('change', sampleItem))
      .refused({ code: 'item-not-published', item: sampleItem.code });
  });

  it('counts its versions without a gap', () => {
    given().when(publish('add', second)).refused({ code: 'item-version-not-next', expected: 1, found: 2 });
    given(first)
      .when(publish('change', { ...second, version: 3 }))
      .refused({ code: 'item-version-not-next', expected: 2, found: 3 });
  });

  it('changes only forward in time', () => {
    given(first)
      .when(publish('change', { ...second, effectiveFrom: '2013-01-01' }))
      .refused({ code: 'item-not-later', after: '2013-01-01', found: '2013-01-01' });
  });

  it('keeps its code', () => {
    given(first)
      .when(publish('change', { ...second, code: '430100000099' }))
      .refused({ code: 'item-other-code', expected: sampleItem.code, found: '430100000099' });
  });

  it('has the status its verb gives it', () => {
    given(first)
      .when(publish('suspend', second))
      .refused({ code: 'item-verb-status', verb: 'suspend', status: 'inForce' });
    given(first)
      .when(publish('change', ended))
      .refused({ code: 'item-verb-status', verb: 'change', status: 'cancelled' });
  });
});

const adopt: AdoptItem = {
  type: 'adoptItem',
  tier: county,
  superiors: [city],
  standard: { tier: city, version: sampleItem },
  effectiveFrom: '2013-03-01',
};
const adopted = (version: ItemVersion, effectiveFrom: string): ItemAdopted => ({
  type: 'liandong.item.adopted.v1',
  data: {
    standard: { tier: city, code: version.code, version: version.version, hash: itemHash(sha256, version) },
    effectiveFrom,
  },
});

describe('adopting the regional standard', () => {
  const before = adopted(sampleItem, '2013-03-01');

  it('names the version and the hash of what it says', () => {
    given().when(adopt).then(before);
    const data = { ...before.data, promisedDays: 12 };
    given()
      .when({ ...adopt, promisedDays: 12 })
      .then({ ...before, data });
  });

  it('takes over the next version later', () => {
    given(before)
      .when({ ...adopt, standard: { tier: city, version: second }, effectiveFrom: '2019-01-01' })
      .then(adopted(second, '2019-01-01'));
  });

  it('is of a superior tier only', () => {
    given()
      .when({ ...adopt, superiors: [] })
      .refused({ code: 'item-standard-not-superior', tier: county, standard: city });
  });

  it('does not promise more time than the standard, nor less than the steps need', () => {
    given()
      .when({ ...adopt, promisedDays: 21 })
      .refused({ code: 'item-promise-exceeds-standard', standardDays: 20, promisedDays: 21 });
    given()
      .when({ ...adopt, promisedDays: 20 })
      .then({ ...before, data: { ...before.data, promisedDays: 20 } });
    given()
      .when({ ...adopt, promisedDays: -1 })
      .refused({ code: 'item-number-out-of-range', field: 'promisedDays', value: -1 });
    given()
      .when({ ...adopt, promisedDays: 9 })
      .refused({ code: 'item-steps-exceed-promise', stepDays: 10, promisedDays: 9 });
  });

  it('does not begin before the standard', () => {
    given()
      .when({ ...adopt, effectiveFrom: '2012-12-31' })
      .refused({ code: 'item-adopted-too-early', from: '2012-12-31', standardFrom: '2013-01-01' });
  });

  it('is of a standard in force', () => {
    given()
      .when({ ...adopt, standard: { tier: city, version: ended }, effectiveFrom: '2019-01-01' })
      .refused({ code: 'item-standard-not-in-force', status: 'cancelled' });
  });

  it('never goes back to a version or a day before', () => {
    given(before).when(adopt).refused({ code: 'item-version-already-adopted', version: 1 });
    given(adopted(sampleItem, '2020-01-01'))
      .when({ ...adopt, standard: { tier: city, version: second }, effectiveFrom: '2019-06-01' })
      .refused({ code: 'item-not-later', after: '2020-01-01', found: '2019-06-01' });
    given(adopted(sampleItem, '2020-01-01'))
      .when({ ...adopt, standard: { tier: city, version: second }, effectiveFrom: '2020-01-01' })
      .refused({ code: 'item-not-later', after: '2020-01-01', found: '2020-01-01' });
  });

  it('follows one item', () => {
    const other: ItemVersion = { ...second, code: '430100000099' };
    given(before)
      .when({ ...adopt, standard: { tier: city, version: other }, effectiveFrom: '2019-01-01' })
      .refused({ code: 'item-other-code', expected: sampleItem.code, found: '430100000099' });
  });

  it('and publishing an item of one’s own exclude each other', () => {
    given(first).when(adopt).refused({ code: 'item-published-here', item: sampleItem.code });
    given(before).when(publish('add', sampleItem)).refused({ code: 'item-owned-by-standard', tier: city });
  });

  it('is of a version without flaws', () => {
    given()
      .when({ ...adopt, standard: { tier: city, version: { ...sampleItem, legalBasis: [] } } })
      .refused({ code: 'item-legal-basis-missing', field: 'legalBasis' });
  });
});

describe('the version in force', () => {
  const { code } = sampleItem;
  const paused: ItemVersion = { ...second, version: 3, effectiveFrom: '2020-01-01', status: 'suspended' };
  const gone: ItemVersion = { ...second, version: 4, effectiveFrom: '2021-01-01', status: 'cancelled' };
  const all = [sampleItem, second, paused, gone];

  it('is the last that has begun', () => {
    expect(versionInForce(code, all, '2018-12-31')).toEqual(ok(sampleItem));
    expect(versionInForce(code, all, '2019-01-01')).toEqual(ok(second));
  });

  it('is none before the first, in a suspension or after the end', () => {
    expect(versionInForce(code, all, '2012-12-31')).toEqual(
      refuse({ code: 'item-not-yet-in-force', item: code, date: '2012-12-31' }),
    );
    expect(versionInForce(code, all, '2020-06-01')).toEqual(
      refuse({ code: 'item-suspended', item: code, since: '2020-01-01' }),
    );
    expect(versionInForce(code, all, '2021-01-01')).toEqual(
      refuse({ code: 'item-cancelled', item: code, since: '2021-01-01' }),
    );
  });

  it('ends with the last day its text names', () => {
    const dated: ItemVersion = { ...sampleItem, effectiveTo: '2016-11-30' };
    expect(versionInForce(code, [dated], '2016-11-30')).toEqual(ok(dated));
    expect(versionInForce(code, [dated], '2016-12-01')).toEqual(
      refuse({ code: 'item-expired', item: code, lastDay: '2016-11-30' }),
    );
  });

  const adoption = (version: ItemVersion, effectiveFrom: string, promisedDays?: number): Adoption => ({
    ...adopted(version, effectiveFrom).data,
    ...(promisedDays === undefined ? {} : { promisedDays }),
  });

  it('of an adopting tier is the one it adopted, with its own promise', () => {
    const applied = adoptedInForce(code, [adoption(sampleItem, '2013-03-01', 12)], all, '2019-06-01');
    expect(applied).toEqual(ok({ ...sampleItem, limits: { ...sampleItem.limits, promisedDays: 12 } }));
  });

  it('of an adopting tier is none before the adoption or while the standard rests', () => {
    const adoptions = [adoption(sampleItem, '2013-03-01')];
    expect(adoptedInForce(code, adoptions, all, '2013-03-01')).toEqual(ok(sampleItem));
    expect(adoptedInForce(code, adoptions, all, '2013-02-28')).toEqual(
      refuse({ code: 'item-not-yet-in-force', item: code, date: '2013-02-28' }),
    );
    expect(adoptedInForce(code, adoptions, all, '2020-06-01')).toEqual(
      refuse({ code: 'item-suspended', item: code, since: '2020-01-01' }),
    );
  });
});

describe('the hash of a version', () => {
  it('depends on what it says, not on how it is written down', () => {
    const { code, ...rest } = sampleItem;
    expect(itemHash(sha256, { ...rest, code })).toBe(itemHash(sha256, sampleItem));
    expect(itemHash(sha256, second)).not.toBe(itemHash(sha256, sampleItem));
  });
});

const [site, water, forest] = sampleItem.route.stages[0]?.steps ?? [];
const withSteps = (...steps: readonly (RouteStep | undefined)[]): ItemVersion => {
  const present = steps.filter((step) => step !== undefined);
  const stages = sampleItem.route.stages.map((stage) => ({ ...stage, steps: present }));
  return { ...sampleItem, materials: [], route: { ...sampleItem.route, stages } };
};
const withMaterial = (change: Partial<ItemVersion['materials'][number]>): ItemVersion => ({
  ...sampleItem,
  materials: sampleItem.materials.map((material, n) => (n === 0 ? { ...material, ...change } : material)),
});
const bent = (change: Partial<Record<keyof ItemVersion, unknown>>): ItemVersion =>
  ({ ...sampleItem, ...change }) as ItemVersion;

describe('the text of a version', () => {
  const { limits, name, route } = sampleItem;
  const flaws: readonly (readonly [string, ItemVersion, ItemFlaw])[] = [
    [
      'has a basic code of twelve digits',
      bent({ code: '4301' }),
      { code: 'item-code-malformed', item: '4301' },
    ],
    [
      'takes its item type from A.1',
      bent({ type: '99' }),
      { code: 'item-code-unlisted', field: 'type', value: '99' },
    ],
    [
      'takes its service objects from A.4',
      bent({ serviceObjects: ['7'] }),
      { code: 'item-code-unlisted', field: 'serviceObjects', value: '7' },
    ],
    [
      'does not take a property of every object for a code',
      bent({ channels: ['constructor'] }),
      { code: 'item-code-unlisted', field: 'channels', value: 'constructor' },
    ],
    [
      'has its name in both languages',
      bent({ name: { ...name, en: ' ' } }),
      { code: 'item-text-missing', field: 'name' },
    ],
    [
      'has its name in Chinese',
      bent({ name: { ...name, zh: '' } }),
      { code: 'item-text-missing', field: 'name' },
    ],
    [
      'has a code for every material',
      withMaterial({ code: '' }),
      { code: 'item-text-missing', field: 'code' },
    ],
    [
      'has a name that fits a form',
      bent({ name: { ...name, zh: '长'.repeat(101) } }),
      { code: 'item-text-too-long', field: 'name', length: 101 },
    ],
    [
      'has short codes for its materials',
      withMaterial({ code: 'm'.repeat(51) }),
      { code: 'item-text-too-long', field: 'm'.repeat(51), length: 51 },
    ],
    [
      'is dated by real days',
      bent({ effectiveFrom: '2013-02-30' }),
      { code: 'item-date-malformed', field: 'effectiveFrom', value: '2013-02-30' },
    ],
    [
      'does not end before it begins',
      bent({ effectiveTo: '2012-12-31' }),
      { code: 'item-period-empty', from: '2013-01-01', to: '2012-12-31' },
    ],
    [
      'names a material once',
      withMaterial({ code: 'report' }),
      { code: 'item-duplicate', field: 'materials', value: 'report' },
    ],
    [
      'names a step once',
      withSteps(site, water, site),
      { code: 'item-duplicate', field: 'steps', value: 'site' },
    ],
    [
      'counts in whole numbers',
      withMaterial({ copies: 1.5 }),
      { code: 'item-number-out-of-range', field: 'materials/application', value: 1.5 },
    ],
    [
      'gives every step of its own time',
      withSteps(site && { ...site, days: 0 }, water),
      { code: 'item-number-out-of-range', field: 'steps/site', value: 0 },
    ],
    ['rests on law', bent({ legalBasis: [] }), { code: 'item-legal-basis-missing', field: 'legalBasis' }],
    [
      'rests every determination on its own law',
      withSteps(site, water && { ...water, legalBasis: [] }),
      { code: 'item-legal-basis-missing', field: 'steps/water' },
    ],
    [
      'names the law of every determination',
      withSteps(site, water && withoutBasis(water)),
      { code: 'item-legal-basis-missing', field: 'steps/water' },
    ],
    [
      'cites a law by its name',
      bent({ legalBasis: [{ ...law, law: '' }] }),
      { code: 'item-text-missing', field: 'legalBasis' },
    ],
    [
      'cites an article',
      bent({ legalBasis: [{ ...law, article: '' }] }),
      { code: 'item-text-missing', field: 'legalBasis' },
    ],
    [
      'says where a verified citation was found, not that it was',
      bent({ legalBasis: [{ ...law, verified: true, source: '' }] }),
      { code: 'item-source-missing', law: '水法', article: '第四十八条' },
    ],
    [
      'has a statutory limit in whole days',
      bent({ limits: { ...limits, statutoryDays: 45.5 } }),
      { code: 'item-number-out-of-range', field: 'statutoryDays', value: 45.5 },
    ],
    [
      'has an extension in whole days',
      bent({ extension: { days: -1, by: 'governmentHead', basis: law } }),
      { code: 'item-number-out-of-range', field: 'extension', value: -1 },
    ],
    [
      'extends a step in whole days',
      withSteps(site, water && { ...water, extension: { days: -1, by: 'organHead', basis: law } }),
      { code: 'item-number-out-of-range', field: 'steps/water/extension', value: -1 },
    ],
    [
      'takes fees in whole fen',
      bent({ fees: [{ ...sampleItem.fees[0], amount: 0.5 }] }),
      { code: 'item-number-out-of-range', field: 'fees/0', value: 0.5 },
    ],
    [
      'names a stage once',
      bent({ route: { ...route, stages: [...route.stages, ...route.stages] } }),
      { code: 'item-duplicate', field: 'stages', value: 'review' },
    ],
    [
      'says where a verified citation was found',
      bent({ legalBasis: [{ ...law, verified: true }] }),
      { code: 'item-source-missing', law: '水法', article: '第四十八条' },
    ],
    [
      'promises no more time than the law gives',
      bent({ limits: { ...limits, statutoryDays: 19 } }),
      { code: 'item-promise-exceeds-law', statutoryDays: 19, promisedDays: 20 },
    ],
    [
      'has steps that fit into the promise',
      bent({ limits: { ...limits, promisedDays: 9 } }),
      { code: 'item-steps-exceed-promise', stepDays: 10, promisedDays: 9 },
    ],
    ['has stages', bent({ route: { ...route, stages: [] } }), { code: 'item-route-empty' }],
    ['has steps in every stage', withSteps(), { code: 'item-route-empty', stage: 'review' }],
    [
      'names what a determination decides',
      withSteps(site, water && withoutItem(water)),
      { code: 'item-step-without-item', step: 'water' },
    ],
    [
      'lets no opinion decide',
      withSteps(site && { ...site, item: { code: '1', name } }, water),
      { code: 'item-opinion-decides', step: 'site' },
    ],
    [
      'is joint only between organs',
      withSteps(water),
      { code: 'item-joint-steps', kind: 'joint', organs: 1 },
    ],
    [
      'tolerates the absence of required materials only',
      withMaterial({ required: false, tolerable: true }),
      { code: 'item-tolerable-not-required', material: 'application' },
    ],
    [
      'ties a material to steps it has',
      withMaterial({ neededBy: ['elsewhere'] }),
      { code: 'item-step-unknown', material: 'application', step: 'elsewhere' },
    ],
  ];

  it('is sound as it is', () => {
    expect(flawOf(sampleItem)).toBeUndefined();
  });

  it.each(flaws)('%s', (_, version, flaw) => {
    expect(flawOf(version)).toEqual(flaw);
    given().when(publish('add', version)).refused(flaw);
  });

  it('is sound at the edge of every limit', () => {
    const edge = bent({
      name: { ...name, zh: '长'.repeat(100) },
      effectiveTo: sampleItem.effectiveFrom,
      limits: { ...limits, statutoryDays: 10, promisedDays: 10 },
      materials: [{ ...sampleItem.materials[0], code: 'm'.repeat(50) }],
    });
    expect(flawOf(edge)).toBeUndefined();
  });

  it('promises what it likes where the law sets no limit', () => {
    expect(flawOf(bent({ limits: { ...limits, statutoryDays: null, promisedDays: 3 } }))).toBeUndefined();
  });

  it('needs no law for a public service', () => {
    expect(flawOf(bent({ type: '20', legalBasis: [] }))).toBeUndefined();
  });

  it('is joint from two organs on', () => {
    expect(flawOf(withSteps(site, water))).toBeUndefined();
  });

  it('counts the time of an external step against nobody', () => {
    expect(flawOf(withSteps(site, water, forest && { ...forest, days: 60 }))).toBeUndefined();
  });

  it('shows every citation it makes', () => {
    expect(legalBasesOf(sampleItem)).toHaveLength(5);
  });
});

function withoutBasis({ legalBasis: _, ...step }: RouteStep): RouteStep {
  return step;
}

function withoutItem({ item: _, ...step }: RouteStep): RouteStep {
  return step;
}

describe('the route of a case', () => {
  const place: Place = {
    tiers: { city, county, township },
    departmentFor: (tier, department) => `${tier}/${department}`,
  };

  it('names the organs of the place where it is opened', () => {
    expect(resolveRoute(sampleItem, place)).toEqual(
      ok({
        lead: { tier: city, department: '431000/developmentReform' },
        intake: [
          { tier: county, department: '431021/administrativeService' },
          { tier: township, department: '431021106/government' },
        ],
        stages: [
          {
            id: 'review',
            name: '审查',
            endsOnRefusal: false,
            steps: [
              {
                id: 'site',
                name: '现场意见',
                kind: 'opinion',
                tier: township,
                department: '431021106/government',
                days: 5,
                procedures: [],
              },
              {
                id: 'water',
                name: '取水审批',
                kind: 'determination',
                tier: county,
                department: '431021/water',
                itemCode: '430100000002',
                days: 10,
                procedures: ['expertReview'],
                extension: { days: 10, authority: 'organHead' },
              },
              {
                id: 'forest',
                name: '林地',
                kind: 'external',
                tier: county,
                department: '431021/forestry',
                itemCode: '430100000003',
                externalOrgan: '湖南省林业局',
                days: 0,
                procedures: [],
              },
            ],
          },
        ],
      }),
    );
  });

  it('needs a tier for every level it names', () => {
    expect(resolveRoute(sampleItem, { ...place, tiers: { city, county } })).toEqual(
      refuse({ code: 'route-tier-missing', level: 'township', place: 'site' }),
    );
    expect(resolveRoute(sampleItem, { ...place, tiers: { county, township } })).toEqual(
      refuse({ code: 'route-tier-missing', level: 'city', place: 'lead' }),
    );
  });

  it('needs a department for every function it names', () => {
    const departmentFor: Place['departmentFor'] = (tier, department) =>
      department === 'water' ? undefined : `${tier}/${department}`;
    expect(resolveRoute(sampleItem, { ...place, departmentFor })).toEqual(
      refuse({ code: 'route-department-missing', tier: county, department: 'water', place: 'water' }),
    );
  });

  it('has the doors that exist there', () => {
    const forestless: Place = {
      tiers: { city, county, township },
      departmentFor: (tier, department) =>
        department === 'administrativeService' ? undefined : `${tier}/${department}`,
    };
    expect(resolveRoute(sampleItem, forestless)).toMatchObject({
      value: { intake: [{ tier: township, department: '431021106/government' }] },
    });
  });
});

describe('the names of an item', () => {
  it('are one stream per tier and a code of 31 characters', () => {
    expect(itemStream(city, sampleItem.code)).toBe('item-431000.430100000001');
    expect(implementationCode('11440232MB2D06811W', '4', sampleItem.code)).toHaveLength(31);
  });
});
