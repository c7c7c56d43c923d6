import { keyedNames, newSalt, newTierSecret, sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore } from '@liandong/adapters/memory';
import { shippedItems } from '@liandong/adapters/reference';
import {
  checkOwnSchema,
  dataschemaOf,
  decodeDepartmentFact,
  decodeItemFact,
  decodeTierFact,
  decodeUniformityFact,
} from '@liandong/contracts';
import { type ItemCommand, itemDecider, itemStream, type ItemVersion } from '@liandong/domain/catalogue';
import { departmentDecider, departmentStream, levelOf, superiorsOf } from '@liandong/domain/directory';
import { decodeEvent, sourceOf, type StreamName, type TierCode } from '@liandong/kernel';
import { testSealer } from '@liandong/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  type Authoring,
  catalogueBook,
  type CatalogueBook,
  coverageOn,
  type EventStore,
  guideFile,
  guidePage,
  guideText,
  isPublicStream,
  ownStreamHandler,
  type Recorded,
  type RegionBook,
  regionBook,
  start,
  uniformityByTier,
  uniformityLook,
  uniformityRows,
} from '../index.ts';

const city = '431000' as TierCode;
const county = '431021' as TierCode;
const township = '431021106' as TierCode;
const author = (tier: TierCode) => ({ network: 'test.example', tier, epoch: 1 });
const bureau = '11440232MB2D06811W';

const shipped = shippedItems.find(({ publications }) => publications.length === 1)?.publications[0]?.version;
if (shipped === undefined) throw new Error('the first item is not shipped');
const first: ItemVersion = { ...shipped, effectiveFrom: '2020-01-01' };
const second: ItemVersion = {
  ...first,
  version: 2,
  effectiveFrom: '2026-03-10',
  conditions: [{ zh: '<b>须</b>有户籍', en: 'Registered here' }],
};
const { code } = first;

let store: EventStore;
let now: string;
let book: CatalogueBook;
let directory: RegionBook;

const clock = { now: () => new Date(now) };
const authoring = (tier: TierCode): Authoring => ({
  author: author(tier),
  clock,
  sha256,
  newSalt,
  checkOwnSchema,
  dataschemaOf,
  ...keyedNames(newTierSecret()),
});
const decodeItem = ({ bytes }: Recorded) => decodeItemFact(decodeEvent(bytes));
const decodeUniformity = ({ bytes }: Recorded) => decodeUniformityFact(decodeEvent(bytes));
const acting = () => ({ principal: 'someone', authtype: 'user' as const, idempotencyKey: randomUUID() });

const say = async (tier: TierCode, command: ItemCommand) => {
  const handle = ownStreamHandler(store, authoring(tier), itemDecider(sha256), decodeItem);
  const done = await handle({ ...acting(), stream: itemStream(tier, code), command });
  if (!done.ok) throw new Error(JSON.stringify(done.refusal));
};
const publish = (tier: TierCode, version: ItemVersion) =>
  say(tier, { type: 'publishVersion', verb: version.version === 1 ? 'add' : 'change', version });
const adopt = (version: ItemVersion, effectiveFrom: string, promisedDays?: number) =>
  say(county, {
    type: 'adoptItem',
    tier: county,
    superiors: [city],
    standard: { tier: city, version },
    effectiveFrom,
    ...(promisedDays !== undefined && { promisedDays }),
  });

const refusals: unknown[] = [];
const looker = (tier: TierCode) =>
  uniformityLook({
    ...{ tier, store, authoring: authoring(tier), book: books(), superiorsOf, decode: decodeUniformity },
    wait: async () => {},
    interval: 0,
    refused: (...refused) => refusals.push(refused),
  });
const books = () => catalogueBook({ store, sha256, decodeItem, decodeUniformity });
const region = () => ({ superiorsOf, levelOf, departmentFor: directory.departmentFor });
const rows = async (day = now.slice(0, 10)) => {
  await book.refresh();
  await directory.refresh();
  return uniformityRows(book, region(), day);
};
const saidOf = async () =>
  (await store.readAll(start, 1_000))
    .filter(({ stream }) => stream.startsWith('uniformity-'))
    .map(({ type, source }) => [type.split('.')[2], source.split('/').at(-2)]);

beforeEach(() => {
  store = memoryEventStore({ seal: testSealer('approval', sourceOf(author(city))).seal });
  now = '2026-03-02T02:00:00.000Z';
  book = books();
  directory = regionBook(store, ({ bytes }) => {
    const envelope = decodeEvent(bytes);
    return decodeTierFact(envelope) ?? decodeDepartmentFact(envelope);
  });
  refusals.length = 0;
});

describe('the follower that holds items against their standard', () => {
  it('says nothing of an item that is adopted word for word, or with a shorter promise', async () => {
    await publish(city, first);
    await adopt(first, '2026-01-01', 1);
    expect(await looker(city)()).toBe(0);
    expect(await rows()).toMatchObject([{ tier: county, item: code, drifts: [] }]);
  });

  it('says that it drifts from the day of the new standard, and that it no longer does', async () => {
    await publish(city, first);
    await adopt(first, '2026-01-01');
    await publish(city, second);
    const look = looker(city);
    expect(await look()).toBe(0);
    now = '2026-03-10T02:00:00.000Z';
    expect([await look(), await look(), await look()]).toEqual([1, 0, 0]);
    const [row] = await rows();
    expect(row?.drifts).toEqual([{ aspect: 'standard', place: 'conditions', kind: 'changed' }]);
    expect(uniformityByTier(await rows())).toMatchObject([
      { tier: county, compared: 1, uniform: 0, uniformIn: { standard: 0, fees: 1 } },
    ]);

    await adopt(second, '2026-03-11');
    now = '2026-03-11T02:00:00.000Z';
    expect(await look()).toBe(1);
    expect((await rows())[0]?.drifts).toEqual([]);
    expect(await saidOf()).toEqual([
      ['driftFound', city],
      ['driftEnded', city],
    ]);
    expect(refusals).toEqual([]);
  });

  it('says it once, however often it starts anew', async () => {
    await publish(city, first);
    await publish(county, { ...first, fees: [], conditions: second.conditions });
    expect([await looker(city)(), await looker(city)()]).toEqual([1, 0]);
    expect(await saidOf()).toHaveLength(1);
  });

  it('speaks for the tier of the standard alone', async () => {
    await publish(city, first);
    await publish(county, { ...first, conditions: second.conditions });
    expect([await looker(county)(), await looker(township)()]).toEqual([0, 0]);
    expect(await saidOf()).toEqual([]);
  });

  it('believes drift only in the stream of the tier it is about, and everyone around is told', async () => {
    await publish(city, first);
    await publish(county, { ...first, conditions: second.conditions });
    await looker(city)();
    const [said] = (await store.readAll(start, 1_000)).filter(({ stream }) =>
      stream.startsWith('uniformity-'),
    );
    expect(isPublicStream(said!.stream)).toBe(true);
    const moved: Pick<EventStore, 'readKinds'> = {
      readKinds: async (...asked) => {
        const { events, through } = await store.readKinds(...asked);
        const stream = said!.stream.replace(county, township) as StreamName;
        return { events: events.map((each) => (each === said ? { ...each, stream } : each)), through };
      },
    };
    const misled = catalogueBook({ store: moved, sha256, decodeItem, decodeUniformity });
    await misled.refresh();
    expect(misled.said(city, code, township)).toBeUndefined();
    expect(misled.items()).toHaveLength(2);
  });
});

describe('coverage of a tier', () => {
  it('comes from the events of its departments and its catalogue', async () => {
    await publish(city, first);
    await adopt(first, '2026-01-01');
    const role = first.route.stages[0]?.steps[0]?.department ?? first.route.lead.department;
    const level = first.route.stages[0]?.steps[0]?.level ?? first.route.lead.level;
    const at = level === 'city' ? city : level === 'county' ? county : township;
    const found = ownStreamHandler(store, authoring(at), departmentDecider, ({ bytes }) =>
      decodeDepartmentFact(decodeEvent(bytes)),
    );
    const done = await found({
      ...acting(),
      stream: departmentStream(at, bureau),
      command: {
        type: 'establishDepartment',
        department: bureau,
        kind: 'utility',
        name: { zh: '局', en: 'Bureau' },
        roles: [role as never],
      },
    });
    if (!done.ok) throw new Error(JSON.stringify(done.refusal));
    await book.refresh();
    await directory.refresh();
    const covered = coverageOn(book, directory.directory(), region(), at, '2026-03-02');
    expect(covered?.coverage.gathered).toEqual({ done: 0, of: 1 });
    expect(covered?.coverage.items.of).toBe(1);
    expect(covered?.departments.map(({ department }) => department)).toEqual([bureau]);
    expect(coverageOn(book, directory.directory(), region(), '99' as TierCode, '2026-03-02')).toBeUndefined();
  });
});

describe('the guide of an item', () => {
  beforeEach(async () => {
    await publish(city, first);
    await publish(city, second);
    await adopt(first, '2026-01-01', 1);
    await book.refresh();
  });

  it('is that of the version in force, with the promise of the tier', () => {
    const here = guideFile(book, county, code, { kind: 'inForce', day: '2026-03-02' });
    expect(here.ok && guideText(here.value)).toContain('承诺1个工作日');
    const there = guideFile(book, city, code, { kind: 'inForce', day: '2026-03-10' });
    expect(there.ok && there.value.guide.version).toBe(2);
  });

  it('says what changed between two versions in sentences', () => {
    const diff = guideFile(book, city, code, { kind: 'diff', from: 1, to: 2 });
    if (!diff.ok) throw new Error(diff.refusal.code);
    expect(diff.value.since).toMatchObject({ version: 1, changes: [{ section: 'who' }] });
    expect(guideText(diff.value)).toContain('新增：<b>须</b>有户籍');
    const page = guidePage(diff.value);
    expect(page).toContain('新增：<ins>&lt;b&gt;须&lt;/b&gt;有户籍</ins>');
    expect(page).not.toContain('<b>');
    expect(page).toContain('@media print');
    const back = guideFile(book, city, code, { kind: 'diff', from: 2, to: 1 });
    expect(back.ok && guideText(back.value)).toContain('不再要求：<b>须</b>有户籍');
  });

  it('names the version that is not there', () => {
    const missing = (tier: TierCode, asked: Parameters<typeof guideFile>[3]) =>
      guideFile(book, tier, code, asked);
    expect(missing(county, { kind: 'version', version: 2 })).toMatchObject({ refusal: { asked: '2' } });
    expect(missing(city, { kind: 'diff', from: 1, to: 7 })).toMatchObject({ refusal: { asked: '7' } });
    expect(missing(township, { kind: 'inForce', day: '2026-03-02' })).toMatchObject({
      refusal: { code: 'item-version-not-found' },
    });
  });
});
