import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import {
  type Adoption,
  adoptedInForce,
  flawOf,
  itemDecider,
  itemHash,
  type ItemVersion,
  legalBasesOf,
  type Place,
  resolveRoute,
  versionInForce,
} from '@liandong/domain/catalogue';
import type { ResolvedRoute as CaseRoute } from '@liandong/domain/case';
import { departmentFor, type DepartmentRole, departmentRoles } from '@liandong/domain/directory';
import { checkOwnSchema } from '@liandong/contracts';
import { canonicalJson, maxEventBytes, ok, refuse, type TierCode, utf8 } from '@liandong/kernel';
import { decided, directoryOf } from '../../../test/demo-network.ts';
import { constructionItemCode, constructionPartCodes, shippedItems, shippedVersions } from './index.ts';

const city = '431000' as TierCode;
const county = '431021' as TierCode;
const township = '431021106' as TierCode;
const today = '2026-03-02';

const versions = shippedItems.flatMap(({ publications }) => publications.map(({ version }) => version));
const labelled = versions.map((version) => [`${version.name.zh} ${version.effectiveFrom}`, version] as const);
const directory = directoryOf(city, county, township);
const place: Place = {
  tiers: { city, county, township },
  departmentFor: (tier, role) => departmentFor(directory, tier, role as DepartmentRole),
};

const inForce = (code: string, date: string): ItemVersion => {
  const version = versionInForce(code, shippedVersions(code), date);
  if (!version.ok) throw new Error(JSON.stringify(version.refusal));
  return version.value;
};
const named = (zh: string): string => {
  const code = versions.find(({ name }) => name.zh === zh)?.code;
  if (code === undefined) throw new Error(`no item ${zh}`);
  return code;
};

describe('every shipped item', () => {
  it('is published version by version through the rules of the catalogue', () => {
    for (const { code, publications } of shippedItems) {
      const facts = decided(itemDecider(sha256), publications);
      expect([code, facts.length]).toEqual([code, publications.length]);
      for (const { type, data } of facts) {
        expect([code, checkOwnSchema(type, data)]).toEqual([code, ok('known')]);
        expect(utf8(canonicalJson(data)).length).toBeLessThan(maxEventBytes / 2);
      }
    }
  });

  it('has a code of its own', () => {
    expect(new Set(shippedItems.map(({ code }) => code)).size).toBe(shippedItems.length);
  });

  it.each(labelled)('%s is without flaw', (_, version) => {
    expect(flawOf(version)).toBeUndefined();
  });

  it.each(labelled)('%s has a route that the demonstration network can walk', (_, version) => {
    const route = resolveRoute(version, place);
    expect(route).toMatchObject({ ok: true });
    expect(route.ok && route.value.intake.length).toBe(version.intake.length);
  });

  it.each(labelled)('%s names functions that departments have', (_, { route, intake }) => {
    const roles: readonly string[] = departmentRoles;
    const named = [route.lead, ...intake, ...route.stages.flatMap(({ steps }) => steps)];
    expect(named.filter(({ department }) => !roles.includes(department))).toEqual([]);
  });

  it('can be adopted by a county where it is in force', () => {
    for (const { code, publications } of shippedItems) {
      const version = publications.at(-1)?.version;
      if (version === undefined || version.status !== 'inForce') continue;
      const effectiveFrom = version.effectiveFrom;
      const standard = { tier: city, version };
      const [fact] = decided(itemDecider(sha256), [
        { type: 'adoptItem', tier: county, superiors: [city], standard, effectiveFrom },
      ]);
      expect(fact).toMatchObject({ data: { standard: { hash: itemHash(sha256, version) } } });
      const adoption = fact?.data as Adoption;
      expect(adoptedInForce(code, [adoption], shippedVersions(code), today)).toEqual({
        ok: true,
        value: version,
      });
    }
  });

  it('was there in 2013', () => {
    expect(
      shippedItems.filter(
        ({ publications }) => (publications[0]?.version.effectiveFrom ?? '') > '2013-12-31',
      ),
    ).toEqual([]);
  });
});

describe('the law behind the items', () => {
  const citations = versions.flatMap(legalBasesOf);

  it('says of every citation whether it was checked, and where', () => {
    expect(citations.filter(({ verified, source }) => verified !== (source !== undefined))).toEqual([]);
  });

  it('is one answer for one article of one edition', () => {
    const answers = new Map<string, Set<boolean>>();
    for (const { law, edition, article, verified } of citations) {
      const key = `${law} ${edition} ${article}`;
      answers.set(key, (answers.get(key) ?? new Set()).add(verified));
    }
    expect([...answers].filter(([, said]) => said.size > 1)).toEqual([]);
  });

  it('moved the homestead from the county to the township in 2020', () => {
    const code = named('农村村民住宅用地审批');
    const decider = (date: string) =>
      inForce(code, date)
        .route.stages.flatMap(({ steps }) => steps)
        .find(({ kind }) => kind === 'determination');
    expect(decider('2019-12-31')).toMatchObject({ level: 'county', department: 'government' });
    expect(decider('2020-01-01')).toMatchObject({ level: 'township', department: 'government' });
  });

  it('ended the approval of a further child and merged the tax registration', () => {
    const child = named('再生育审批');
    expect(versionInForce(child, shippedVersions(child), today)).toEqual(
      refuse({ code: 'item-cancelled', item: child, since: '2021-08-20' }),
    );
    const tax = named('个体税务登记');
    expect(versionInForce(tax, shippedVersions(tax), today)).toEqual(
      refuse({ code: 'item-cancelled', item: tax, since: '2016-12-01' }),
    );
    const into = shippedItems.find(({ code }) => code === tax)?.publications.at(-1)?.into;
    expect(into).toEqual([named('个体工商户登记')]);
  });

  it('gives a water abstraction forty-five days', () => {
    expect(inForce(named('取水许可（县级权限）'), today).limits.statutoryDays).toBe(45);
  });

  it('sets no administrative clock for the connections of utilities', () => {
    const connections = ['用水报装', '用电报装', '燃气报装', '通信报装', '有线电视报装'].map(named);
    expect(connections.map((code) => inForce(code, today).limits.statutoryDays)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('the joint approval of a construction project', () => {
  const joint = inForce(constructionItemCode, today);
  const [site, project] = joint.route.stages;
  const route = resolveRoute(joint, place);

  it('is taken in at a county window and led by the city', () => {
    expect(joint.kind).toBe('joint');
    expect(joint.intake).toContainEqual({ level: 'county', department: 'administrativeService' });
    expect(route.ok && route.value.lead.tier).toBe(city);
  });

  it('hears the township while county and city decide in parallel', () => {
    expect(site?.steps.map(({ id, kind, level }) => [id, kind, level])).toEqual([
      ['residents', 'opinion', 'township'],
      ['land', 'determination', 'county'],
      ['environment', 'determination', 'city'],
      ['soil', 'determination', 'county'],
      ['forest', 'external', 'county'],
    ]);
    expect(project?.steps.map(({ id, kind, level }) => [id, kind, level])).toEqual([
      ['project', 'determination', 'city'],
      ['fire', 'determination', 'county'],
    ]);
  });

  it('lets each organ decide an item of its own', () => {
    const decided = joint.route.stages
      .flatMap(({ steps }) => steps)
      .flatMap(({ item }) => (item === undefined ? [] : [item.code]));
    expect(new Set(decided).size).toBe(decided.length);
    const parts: readonly string[] = Object.values(constructionPartCodes);
    expect(decided.filter((code) => !parts.includes(code))).toEqual([]);
  });

  it('allows an expert review of the soil conservation plan', () => {
    const reviewed = joint.route.stages
      .flatMap(({ steps }) => steps)
      .filter(({ procedures }) => procedures.includes('expertReview'));
    expect(reviewed.map(({ id }) => id)).toEqual(['soil']);
  });

  it('tolerates that the topographic map comes later', () => {
    expect(joint.materials.filter(({ tolerable }) => tolerable).map(({ code }) => code)).toEqual([
      'topographic-map',
    ]);
  });

  it('may take the forty-five days of joint handling and fifteen more from the head of government', () => {
    expect(joint.limits.statutoryDays).toBe(45);
    expect(joint.extension).toMatchObject({ days: 15, by: 'governmentHead', basis: { verified: true } });
  });

  it('fits the route a case embeds', () => {
    if (!route.ok) throw new Error(JSON.stringify(route.refusal));
    const embedded: CaseRoute = { stages: route.value.stages };
    expect(embedded.stages).toHaveLength(2);
  });

  it('had land and siting decided apart in 2013, and fire by the police', () => {
    const then = inForce(constructionItemCode, '2013-06-01').route.stages.flatMap(({ steps }) => steps);
    expect(then.map(({ id }) => id)).toEqual(expect.arrayContaining(['land', 'siting']));
    expect(then.find(({ id }) => id === 'fire')?.legalBasis?.[0]).toMatchObject({
      edition: '2008',
      organ: '公安机关消防机构',
      verified: false,
    });
  });
});
