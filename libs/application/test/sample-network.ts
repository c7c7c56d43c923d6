import { keyedNames, newSalt, newTierSecret, sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore } from '@liandong/adapters/memory';
import {
  constructionItemCode,
  demoTier,
  publishedCalendar,
  shippedItems,
} from '@liandong/adapters/reference';
import {
  decodeCaseFact,
  decodeDepartmentFact,
  decodeItemFact,
  decodeTierFact,
  checkOwnSchema,
  dataschemaOf,
} from '@liandong/contracts';
import { legalDay as endOfLimit } from '@liandong/domain/calendar';
import { itemDecider, itemStream } from '@liandong/domain/catalogue';
import { type LegalDay, numberByImplementation, type Role } from '@liandong/domain/case';
import {
  departmentDecider,
  departmentStream,
  levelOf,
  superiorsOf,
  tierDecider,
  tierStream,
} from '@liandong/domain/directory';
import {
  type Author,
  type CommitSeal,
  decodeEvent,
  ok,
  refuse,
  sourceOf,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { nothingToAwait, testSealer } from '@liandong/testing';
import {
  type AnchoredFirst,
  type Authoring,
  type CaseDesk,
  caseDesk,
  caseReader,
  type EventStore,
  ownStreamHandler,
  type Recorded,
  regionBook,
  resolveOpening,
} from '../src/index.ts';

export const city = '431000' as TierCode;
export const county = '431021' as TierCode;
export const township = '431021106' as TierCode;
export const document = (n: number): string => n.toString(16).padStart(64, '0');

const network = 'test.example';
const calendar = publishedCalendar(2025, 2026);

/** Ten in the morning of Monday 2 March 2026 in Shanghai, and what a test adds to it. */
export const testClock = () => {
  let time = Date.parse('2026-03-02T02:00:00.000Z');
  return { now: () => new Date(time), advance: (days: number) => (time += days * 86_400_000) };
};

const legalDay: LegalDay = (from, days) => {
  const end = endOfLimit(calendar, from, days);
  if (end.ok) return ok(new Date(Date.parse(end.value.expiresAt) - 1).toISOString());
  return refuse(
    end.refusal.code === 'calendar-year-missing'
      ? end.refusal
      : { code: 'calendar-year-missing', year: Number(from.slice(0, 4)) },
  );
};

export type SampleTier = {
  readonly tier: TierCode;
  readonly store: EventStore;
  readonly desk: CaseDesk;
  readonly authoring: Authoring;
};

/** One tier on a store of its own, founded like the demonstration's, with the shipped items. */
export const sampleTier = async (
  tier: TierCode,
  clock = testClock(),
  store: EventStore = memoryEventStore({ seal: testSealer('approval', sourceOf(authorOf(tier))).seal }),
  first: AnchoredFirst = nothingToAwait,
  counting: LegalDay = legalDay,
): Promise<SampleTier> => {
  const authoring: Authoring = {
    author: authorOf(tier),
    clock,
    sha256,
    newSalt,
    checkOwnSchema,
    dataschemaOf,
    ...keyedNames(newTierSecret()),
  };
  const book = regionBook(store, (recorded) => {
    const envelope = decodeEvent(recorded.bytes);
    return decodeTierFact(envelope) ?? decodeDepartmentFact(envelope);
  });
  const decodeItem = ({ bytes }: Recorded) => decodeItemFact(decodeEvent(bytes));
  const found = async () => {
    await book.refresh();
    return book;
  };
  const desk = caseDesk({
    store,
    authoring,
    legalDay: counting,
    anchoredFirst: first,
    cases: caseReader(store, decodeCaseFact, sha256),
    resolveOpening: async (...asked) =>
      resolveOpening({
        store,
        authoring,
        decodeItem,
        departmentFor: (await found()).departmentFor,
        superiorsOf,
        levelOf,
        numberCase: numberByImplementation,
        nextSerial: async () => 1,
      })(...asked),
  });
  return { tier, store, desk, authoring };
};

const authorOf = (tier: TierCode): Author => ({ network, tier, epoch: 1 });

/** Founds the tier, its departments, and at the city the regional catalogue. */
export const foundTier = async ({ tier, store, authoring }: SampleTier): Promise<void> => {
  const demo = demoTier(network, tier);
  if (demo === undefined) throw new Error(`no division ${tier}`);
  let ordinal = 0;
  const acting = () => ({
    principal: 'founder',
    authtype: 'system' as const,
    idempotencyKey: `${ordinal++}`,
  });
  const decoded = { tier: decodeTierFact, department: decodeDepartmentFact, item: decodeItemFact };
  const tiers = ownStreamHandler(store, authoring, tierDecider, ({ bytes }) =>
    decoded.tier(decodeEvent(bytes)),
  );
  const departments = ownStreamHandler(store, authoring, departmentDecider, ({ bytes }) =>
    decoded.department(decodeEvent(bytes)),
  );
  const items = ownStreamHandler(store, authoring, itemDecider(sha256), ({ bytes }) =>
    decoded.item(decodeEvent(bytes)),
  );
  for (const command of demo.founding) must(await tiers({ ...acting(), stream: tierStream(tier), command }));
  for (const { department, commands } of demo.departments)
    for (const command of commands)
      must(await departments({ ...acting(), stream: departmentStream(tier, department), command }));
  const construction = shippedItems.find(({ code }) => code === constructionItemCode)?.publications ?? [];
  for (const command of tier === city ? construction : [])
    must(await items({ ...acting(), stream: itemStream(tier, constructionItemCode), command }));
  const standard = construction.at(-1)?.version;
  if (tier === city || standard === undefined) return;
  const adopted = await items({
    ...acting(),
    stream: itemStream(tier, constructionItemCode),
    command: {
      type: 'adoptItem',
      tier,
      superiors: superiorsOf(tier),
      standard: { tier: city, version: standard },
      effectiveFrom: '2026-01-01',
    },
  });
  must(adopted);
};

/** Brings what `from` wrote or holds to `to`, as an exchange would: the same bytes under the author's seal. */
export const deliver = async (from: SampleTier, to: SampleTier): Promise<void> => {
  const recorded = await from.store.readAll(0n as never, 100_000);
  const seals = await from.store.seals(recorded);
  for (const [n, { stream, source, id, bytes, hash }] of recorded.entries()) {
    if (source === sourceOf(authorOf(to.tier))) continue;
    if ((await to.store.find(source, id)) !== undefined) continue;
    const seal = seals[n] as CommitSeal;
    const seen = (await to.store.read(stream)).length;
    must(await to.store.append(stream, seen, [{ envelope: decodeEvent(bytes), bytes, hash, seal }]));
  }
};

export const must = <Value>(result: { ok: true; value: Value } | { ok: false; refusal: unknown }): Value => {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`);
  return result.value;
};

/** A member of staff of the demonstration, as the credentials would name them. */
export const staff = (tier: TierCode, role: Role, number: string) => {
  const id = `${role}-${tier}-${number}`;
  const person = demoTier(network, tier)?.people.find((each) => each.id === id);
  if (person === undefined) throw new Error(`no ${id}`);
  return {
    principal: id,
    authtype: 'user' as const,
    by: {
      tier,
      department: person.department,
      roles: [role],
      ...(person.window !== undefined && { window: person.window }),
    },
  };
};

export const openingOf = (supplied: readonly string[]) =>
  ({
    type: 'open',
    item: constructionItemCode,
    applicant: { kind: '2', creditworthy: true },
    supplied: supplied.map((material, n) => ({ material, documents: [document(n + 1)] })),
    details: { applicantName: '桂阳某某有限公司', matter: '厂房建设' },
    township,
  }) as const;

export const required = [
  'application-form',
  'business-licence',
  'project-report',
  'site-boundary',
  'topographic-map',
  'environmental-report',
  'soil-plan',
  'fire-design',
];

export const opened = async (tier: SampleTier, key = 'open-1'): Promise<StreamName> =>
  must(
    await tier.desk.execute({
      ...staff(tier.tier, 'windowClerk', '02'),
      idempotencyKey: key,
      command: openingOf(required),
    }),
  ).caseId;
