import { demoTier, type DemoPerson, constructionItemCode } from '@liandong/adapters/reference';
import { sha256 } from '@liandong/adapters/crypto';
import { ownStreamHandler } from '@liandong/application';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeCardFact, type RulePackConfig, type TierConfig } from '@liandong/contracts';
import { adoptionDecider, hunan2018, packPin, rulesStream, strict2026 } from '@liandong/domain/supervision';
import { decodeEvent, type StreamName, type TierCode } from '@liandong/kernel';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import { withPostgres } from '@liandong/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startApproval } from './approval.ts';
import { simulatedClock } from './clock.ts';
import { foundNetwork } from './found-network.ts';
import { demonstrationYears } from './found-supervision.ts';
import { foundDemonstrationTier } from './found-tier.ts';
import { witnessesAt } from './found-witnesses.ts';
import { startSupervision } from './supervision.ts';
import { authoringOf, openAccess, systemAuthoring } from './tier.ts';

const network = 'test.example';
const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const materials = [
  ...['application-form', 'business-licence', 'project-report', 'site-boundary'],
  ...['topographic-map', 'environmental-report', 'soil-plan', 'fire-design'],
];
const paper = 'a'.repeat(64);
const days = 86_400_000;

const postgres = withPostgres();
let folder: string;
let issuer: DevelopmentIssuer;
let issuing: NestFastifyApplication;
let config: TierConfig;
let below: readonly TierConfig[];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'supervision-'));
  chmodSync(folder, 0o711);
  issuer = await developmentIssuer({
    ...{ demonstration: true, issuer: 'http://127.0.0.1:1', audience: 'liandong' },
    people: demoTier(network, city)?.people ?? ([] as readonly DemoPerson[]),
  });
  issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
  await issuing.listen(0, '127.0.0.1');
  const { port } = issuing.getHttpServer().address() as AddressInfo;
  const plan = {
    ...{ network, clockOffsetFile: path.join(folder, 'clock') },
    tiers: [
      { tier: city, name: '郴州市' },
      { tier: county, parent: city, name: '桂阳县' },
      { tier: township, parent: county, name: '流峰镇' },
    ],
  };
  const witnesses = witnessesAt('http://127.0.0.1:1', folder, plan);
  const [first, ...others] = await foundNetwork(folder, postgres.server, { ...plan, witnesses });
  const identity = {
    ...{ issuer: issuer.issuer, audience: issuer.audience, jwksUrl: `http://127.0.0.1:${port}/jwks` },
  };
  config = { ...first!, identity };
  below = others.map((other) => ({ ...other, identity }));
});
afterAll(async () => {
  await issuing.close();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

const ask = async (url: string, person?: string, body?: object, key = 'key'): Promise<Answer> => {
  const response = await fetch(url, {
    headers: {
      ...(person !== undefined && { authorization: `Bearer ${await issuer.tokenFor(person)}` }),
      ...(body && { 'content-type': 'application/json', 'idempotency-key': `"${key}"` }),
    },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
};

/** What an operator's network is counted by, said by its supervisor; a refused opening goes on then. */
const statedThroughTheDoors = async (): Promise<void> => {
  const supervision = await startSupervision(config);
  try {
    const say = (path: string, body: object, key: string) =>
      ask(`${supervision.http}/v1/${path}`, `supervisor-${city}`, body, key);
    for (const year of demonstrationYears(supervision.access.clock.now())) {
      const done = await say('calendar/years', { ...year, source: '国务院办公厅通知' }, `year-${year.year}`);
      expect([done.status, done.body]).toEqual([200, expect.anything()]);
    }
    const rules = { pin: packPin(sha256, hunan2018), convention: 'started', effectiveFrom: '2018-01-01' };
    expect(await say('rules', rules, 'rules')).toMatchObject({ status: 200 });
  } finally {
    await supervision.close();
  }
};

/** A case accepted at the city, whose counter is closed then. */
const acceptedAndClosed = async (): Promise<string> => {
  const access = openAccess(config, 'approval', 2);
  const authoring = authoringOf(config, access);
  await foundDemonstrationTier(access.store, authoring, true);
  for (const tier of [county, township]) {
    const other = { ...authoring, author: { ...authoring.author, tier } };
    await foundDemonstrationTier(access.store, other, false);
  }
  await access.close();
  const approval = await startApproval(config);
  try {
    const clerk = `windowClerk-${city}-02`;
    const opening = {
      ...{ item: constructionItemCode, applicant: { kind: '2', creditworthy: true }, township },
      supplied: materials.map((material) => ({ material, documents: [paper] })),
    };
    // Nobody has published a year: no limit can be told, and nothing is recorded.
    const unknown = await ask(`${approval.http}/v1/cases`, clerk, opening, 'open');
    expect(unknown).toMatchObject({ status: 409, body: { code: 'calendar-year-missing' } });
    await statedThroughTheDoors();
    const { status, body } = await ask(`${approval.http}/v1/cases`, clerk, opening, 'open');
    expect([status, body]).toEqual([201, expect.anything()]);
    const at = `${approval.http}/v1/cases/${String(body['caseId'])}/commands`;
    for (const command of ['preAccept', 'accept'])
      expect(await ask(`${at}/${command}`, clerk, {}, command)).toMatchObject({ status: 200 });
    return String(body['caseId']);
  } finally {
    await approval.close();
  }
};

let accepted: Promise<string> | undefined;
const acceptedCase = () => (accepted ??= acceptedAndClosed());

it('supervises while the counter is closed, and answers at its doors to whom it may', async () => {
  const caseId = await acceptedCase();
  const supervision = await startSupervision(config);
  const at = `${supervision.http}/v1/cards`;
  const supervisor = `supervisor-${city}`;
  try {
    simulatedClock(path.join(folder, 'clock')).advance(70 * days);
    type Row = { readonly card: string; readonly rule: string; readonly status: string };
    let cards: ReadonlyMap<string, Row> = new Map();
    for (let n = 0; n < 600 && !cards.has('case.yellow'); n++) {
      await pause(50);
      const { items } = (await ask(`${at}?matter=${caseId}`, supervisor)).body as { items: readonly Row[] };
      cards = new Map(items.map((row) => [row.rule, row]));
    }
    for (const rule of ['case.warning', 'case.yellow']) expect(cards.get(rule)?.status).toBe('issued');
    const card = `${at}/${String(cards.get('case.yellow')?.card)}`;
    expect(await ask(card)).toMatchObject({ status: 401 });
    expect(await ask(card, `applicant-${city}`)).toMatchObject({ status: 403 });
    expect(await ask(`${at}/card-431000.${'0'.repeat(32)}`, supervisor)).toMatchObject({
      ...{ status: 404, body: { code: 'card-not-found' } },
    });
    const appeal = { ground: 'forceMajeure', document: paper, reasons: '暴雪停工' };
    const lead = `leadCoordinator-${city}-03`;
    const asked = [`${card}/commands/appeal`, appeal] as const;
    expect(await ask(asked[0], supervisor, asked[1])).toMatchObject({ status: 403 });
    expect(await ask(asked[0], `leadCoordinator-${city}-05`, asked[1])).toMatchObject({
      ...{ status: 403, body: { code: 'card-not-accountable' } },
    });
    expect(await ask(asked[0], lead, { ...appeal, by: 'me' })).toMatchObject({ status: 422 });
    expect(await ask(asked[0], lead, asked[1])).toMatchObject({ status: 200, body: { repeated: false } });
    expect(await ask(asked[0], lead, asked[1])).toMatchObject({ status: 200, body: { repeated: true } });
    const ruling = { document: paper, reasons: '属实' };
    expect(await ask(`${card}/commands/acceptAppeal`, supervisor, ruling)).toMatchObject({ status: 200 });
    expect((await ask(card, supervisor)).body).toMatchObject({ status: 'withdrawn', code: 'C' });
    const { explanation } = (await ask(`${card}/explanation`, supervisor)).body;
    expect(explanation).toMatchObject({ title: { zh: '黄牌：办件', en: 'Yellow card: Case' } });
    const { body: counted } = await ask(`${at}/statistics`, supervisor);
    expect(counted['items']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ colour: 'warning', withdrawn: 0 }),
        expect.objectContaining({ colour: 'yellow', issuer: city }),
      ]),
    );
  } finally {
    await supervision.close();
  }
}, 120_000);

describe('the rule pack that a configuration names', () => {
  const named = { pack: 'strict-2026@1', convention: 'elapsed', effectiveFrom: '2026-01-01' } as const;
  const adoptedBy = async (tier: TierConfig, rulePack?: RulePackConfig) => {
    const { access, close } = await startSupervision({ ...tier, rulePack });
    const events = await access.store.read(rulesStream(tier.tier)).finally(close);
    return events.map(({ bytes }) => decodeCardFact(decodeEvent(bytes))?.data);
  };

  it('is adopted at the first start, and no other one at a later start', async () => {
    const [at] = below as [TierConfig];
    expect(await adoptedBy(at)).toEqual([]);
    const adopted = { pack: strict2026, convention: 'elapsed', effectiveFrom: '2026-01-01' };
    for (const again of [named, named, { ...named, pack: 'hunan-2018@1' }])
      expect(await adoptedBy(at, again)).toMatchObject([adopted]);
  });

  it('changes nothing where rules were adopted by an act', async () => {
    const [, at] = below as [TierConfig, TierConfig];
    const access = openAccess(at, 'supervision', 2);
    const adopt = ownStreamHandler(
      access.store,
      systemAuthoring(access),
      adoptionDecider(sha256),
      () => undefined,
    );
    const byAct = { pack: hunan2018, convention: 'started', effectiveFrom: '2025-06-01' } as const;
    const outcome = await adopt({
      ...{ principal: 'somebody', authtype: 'user', idempotencyKey: 'an act', stream: rulesStream(at.tier) },
      command: { type: 'adoptRules', ...byAct, today: '2025-06-01' },
    }).finally(access.close);
    expect(outcome).toMatchObject({ ok: true });
    expect(await adoptedBy(at, { ...named, effectiveFrom: '2999-01-01' })).toMatchObject([byAct]);
  });
});

it('says in its log which year is missing, where a case came and no calendar did', async () => {
  const caseId = await acceptedCase();
  const [, at] = below as [TierConfig, TierConfig];
  const [from, to] = [openAccess(config, 'exchange', 1), openAccess(at, 'exchange', 1)];
  try {
    const stream = caseId as StreamName;
    const recorded = await from.store.read(stream);
    const seals = await from.store.seals(recorded);
    const events = recorded.map(({ hash, bytes }, n) => ({
      ...{ envelope: decodeEvent(bytes), hash, bytes },
      seal: seals[n]!,
    }));
    expect(await to.store.append(stream, 0, events)).toMatchObject({ ok: true });
  } finally {
    for (const { close } of [from, to]) await close();
  }
  const warned: string[] = [];
  const logger = { log: () => {}, error: () => {}, warn: (text: string) => void warned.push(text) };
  const rulePack = { pack: 'hunan-2018@1', convention: 'started', effectiveFrom: '2018-01-01' } as const;
  const supervision = await startSupervision({ ...at, rulePack }, { logger });
  try {
    const said = `${caseId} 无法监察 cannot be judged: {"code":"calendar-year-missing","year":`;
    const isSaid = () => warned.some((text) => text.startsWith(said));
    for (let n = 0; n < 600 && !isSaid(); n++) await pause(50);
    expect(warned).toContainEqual(expect.stringContaining(said));
  } finally {
    await supervision.close();
  }
}, 120_000);
