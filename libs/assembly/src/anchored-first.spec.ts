import {
  authoringOf,
  foundDemonstrationTier,
  foundSupervisionOf,
  openAccess,
  type RunningApproval,
  startApproval,
} from '@liandong/assembly';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { openPool } from '@liandong/adapters/postgres';
import { postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { constructionItemCode, demoTier, type DemoPerson } from '@liandong/adapters/reference';
import { exportLedger, type ExportFolder, verifyExports, writeDossier } from '@liandong/application';
import {
  checkSchema,
  decodeCaseFact,
  decodeItemFact,
  decodeLedgerFact,
  type TierConfig,
} from '@liandong/contracts';
import { fromUtf8, type StreamName, type TierCode, utf8 } from '@liandong/kernel';
import { parsePolicy } from '@liandong/ledger';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type AssembledNetwork, city, networkName, tiers, withAssembledNetwork } from '../test/network.ts';

const networks = withAssembledNetwork();
const clerk = `windowClerk-${city}-02`;
const lead = `leadCoordinator-${city}-03`;
const materials = [
  ...['application-form', 'business-licence', 'project-report', 'site-boundary'],
  ...['topographic-map', 'environmental-report', 'soil-plan', 'fire-design'],
];
const paper = (n: number): string => n.toString(16).padStart(64, '0');
const supplied = materials.map((material, n) => ({ material, documents: [paper(n + 1)] }));
const override = { ground: 'publicSafety', reasons: '险情须当日处置，见证无法连接' };

let issuer: DevelopmentIssuer;
let issuing: NestFastifyApplication;
let jwksUrl: string;
beforeAll(async () => {
  issuer = await developmentIssuer({
    demonstration: true,
    issuer: 'http://127.0.0.1:1',
    audience: 'liandong',
    people: tiers.flatMap((tier): readonly DemoPerson[] => demoTier(networkName, tier)?.people ?? []),
  });
  issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
  await issuing.listen(0, '127.0.0.1');
  jwksUrl = `http://127.0.0.1:${(issuing.getHttpServer().address() as AddressInfo).port}/jwks`;
});
afterAll(() => issuing.close());

type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
type Shown = {
  readonly type: string;
  readonly hash: string;
  readonly standing: string;
  readonly ledger?: { readonly seq: number; readonly checkpointSize?: number };
  readonly beforeAnchoring?: string;
};

/** The counters of a network, founded, with the people who come to them. */
const openCounters = async (net: AssembledNetwork) => {
  const counters = new Map<TierCode, RunningApproval>();
  await Promise.all(
    tiers.map(async (tier) => {
      const config = net.configs.get(tier)!;
      const access = openAccess(config, 'approval', 2);
      await foundDemonstrationTier(access.store, authoringOf(config, access), tier === city);
      if (tier === city) await foundSupervisionOf(config, true);
      await access.close();
      counters.set(tier, await startApproval({ ...config, anchorPatienceMs: 1_000 }));
    }),
  );
  const ask = async (
    tier: TierCode,
    person: string,
    where: string,
    body?: object,
    key?: string,
  ): Promise<Answer> => {
    const response = await fetch(`${counters.get(tier)!.http}${where}`, {
      headers: {
        authorization: `Bearer ${await issuer.tokenFor(person)}`,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': `"${key}"` }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  const at = (tier: TierCode, caseId: string, rest = '') =>
    ask(tier, `auditor-${tier}`, `/v1/cases/${caseId}${rest}`);
  return {
    ask,
    at,
    events: async (tier: TierCode, caseId: string): Promise<readonly Shown[]> =>
      ((await at(tier, caseId, '/events')).body['items'] ?? []) as readonly Shown[],
    give: (person: string, caseId: string, command: string, body: object, key: string) =>
      ask(city, person, `/v1/cases/${caseId}/commands/${command}`, body, key),
    close: async () => {
      for (const counter of counters.values()) await counter.close();
    },
  };
};

/** What an auditor makes of the ledger of a tier, in memory. */
const exported = async (config: TierConfig): Promise<ExportFolder> => {
  const { network, tier, epoch, members } = config;
  const policy = parsePolicy(sha256, utf8(members.find((each) => each.tier === tier)?.policy ?? ''));
  if (!policy.ok) throw new Error(JSON.stringify(policy.refusal));
  const pool = openPool(readFileSync(config.databaseUrlFiles.audit ?? '', 'utf8').trim(), { max: 2 });
  const files = new Map<string, Uint8Array>();
  const { store, close } = openAccess(config, 'approval', 2);
  const written = await exportLedger({
    ...{
      self: { network, tier, epoch },
      store,
      book: postgresLedgerBook(pool, epoch),
      sha256,
      policy: policy.value,
    },
    factOf: decodeCaseFact,
    keys: (members.find((each) => each.tier === tier)?.keys ?? []).map(({ service, keyId, publicKey }) => ({
      ...{ purpose: service, keyId, publicKey },
    })),
    writeFile: async (name, bytes) => void files.set(name, bytes),
  });
  await Promise.all([pool.end(), close()]);
  expect(written).toMatchObject({ ok: true });
  return { name: tier, readFile: async (name) => files.get(name) };
};

it('a lead does not act before anchoring but by an override that the event states, and the register is the same', async () => {
  const net = await networks.open(() => ({
    identity: { issuer: issuer.issuer, audience: issuer.audience, jwksUrl },
  }));
  const counters = await openCounters(net);
  const { ask, at, events, give } = counters;
  try {
    const opened = await ask(
      ...([city, clerk, '/v1/cases'] as const),
      {
        item: constructionItemCode,
        applicant: { kind: '2', creditworthy: true },
        supplied,
        township: tiers[2],
      },
      'open',
    );
    expect(opened).toMatchObject({ status: 201 });
    const caseId = String(opened.body['caseId']) as StreamName;
    expect(await give(clerk, caseId, 'preAccept', {}, 'pre-accept')).toMatchObject({ status: 200 });
    // What came before is anchored, and everybody holds it.
    await net.until(async () =>
      (await Promise.all(tiers.map((tier) => at(tier, caseId)))).every(
        ({ body }) => body['status'] === 'preAccepted' && body['registered'] === body['revision'],
      ),
    );

    // Two of four witnesses are not enough.
    for (const each of ['archive', 'audit-office']) net.asleep.add(each);
    const accepted = await give(clerk, caseId, 'accept', {}, 'accept');
    const [recorded] = accepted.body['events'] as readonly { readonly hash: string }[];
    const stage = { stage: 'site' };
    const refused = await give(lead, caseId, 'openStage', stage, 'stage');
    expect(refused).toMatchObject({
      status: 409,
      body: {
        ...{ type: 'urn:liandong:problem:not-anchored', code: 'not-anchored', status: 409 },
        ...{ events: expect.arrayContaining([recorded?.hash]), case: { caseId, status: 'accepted' } },
      },
    });
    expect((await events(city, caseId)).find(({ hash }) => hash === recorded?.hash)?.standing).toBe(
      'recorded',
    );

    const acted = await give(lead, caseId, 'openStage', { ...stage, override }, 'stage-overridden');
    expect(acted).toMatchObject({ status: 200 });
    const inOutage = await events(city, caseId);
    expect(inOutage.filter(({ beforeAnchoring }) => beforeAnchoring !== undefined)).toMatchObject([
      { type: 'liandong.case.stageOpened.v1', standing: 'recorded', beforeAnchoring: 'publicSafety' },
    ]);
    const elsewhere = await events(tiers[1]!, caseId);
    expect(elsewhere.map(({ type }) => type)).not.toContain('liandong.case.stageOpened.v1');

    // The witnesses return: everything is anchored, and nobody's order differs.
    net.asleep.clear();
    await net.until(async () => {
      const known = await Promise.all(tiers.map((tier) => at(tier, caseId)));
      return known.every(
        ({ body }) =>
          body['status'] === 'inReview' &&
          body['registered'] === body['revision'] &&
          body['digest'] === known[0]?.body['digest'],
      );
    });
    const ownOrder = (await events(city, caseId)).map(({ hash }) => hash);
    expect(ownOrder.slice(0, inOutage.length)).toEqual(inOutage.map(({ hash }) => hash));
    await net.until(async () =>
      (await events(city, caseId)).every(
        ({ standing, ledger }) =>
          standing === 'registered' && (ledger?.checkpointSize ?? 0) > (ledger?.seq ?? 0),
      ),
    );
    for (const tier of tiers) {
      const shown = await events(tier, caseId);
      expect(shown.map(({ hash }) => hash)).toEqual(ownOrder);
      expect(shown.filter(({ beforeAnchoring }) => beforeAnchoring === 'publicSafety')).toHaveLength(1);
      const replayed = await at(tier, caseId, '/replay?at=9999-12-31T23:59:59.999Z');
      expect(replayed.body['digest']).toBe((await at(tier, caseId)).body['digest']);
    }

    // Whoever audits it without us finds it whole, and reads what the event says.
    await net.drained();
    const folders = await Promise.all(tiers.map((tier) => exported(net.configs.get(tier)!)));
    const report = await verifyExports(
      {
        ...{ suite: nodeSuite(), checkSchema, ledgerFactOf: decodeLedgerFact, factOf: decodeCaseFact },
        ...{ toleranceMs: 300_000, progress: () => undefined },
      },
      folders,
    );
    expect(report).toMatchObject({ ok: true });
    const pages = new Map<string, string>();
    const written = await writeDossier(
      { sha256, factOf: decodeCaseFact, itemFactOf: decodeItemFact },
      report.exports.map(({ origin, size }, n) => ({ ...folders[n]!, origin: origin!, size: size! })),
      caseId,
      async (name, bytes) => void pages.set(name, fromUtf8(bytes)),
    );
    expect(written).toMatchObject({ ok: true });
    expect(pages.get('index.html')).toContain('先于锚定 Before anchoring: publicSafety');
    for (const page of pages.values()) expect(page).not.toContain('险情');
  } finally {
    await counters.close();
  }
}, 360_000);
