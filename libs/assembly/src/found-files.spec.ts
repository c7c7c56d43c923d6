import { foundNetworkFiles, openAccess, prepareTier, startApproval, tierProblems } from '@liandong/assembly';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newPrivateKey, sha256 } from '@liandong/adapters/crypto';
import { start } from '@liandong/application';
import {
  loadTierConfig,
  loadWitnessConfig,
  type NetworkPlanFile,
  parseTierFounding,
  type TierConfig,
} from '@liandong/contracts';
import { creditCode } from '@liandong/domain/directory';
import { decodeEvent, serviceNames, type TierCode } from '@liandong/kernel';
import { withPostgres } from '@liandong/testing';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const identity = { issuer: 'https://login.example', audience: 'a', jwksUrl: 'https://login.example/jwks' };
const link = { host: '0.0.0.0', port: 7443 };
const settings = { identity };
const plan: NetworkPlanFile = {
  network: 'approvals.example',
  tiers: [
    { tier: city, name: '郴州市', database: 'localhost:5432', settings: { ...settings, listen: { link } } },
    {
      ...{ tier: county, parent: city, name: '桂阳县', database: 'localhost:5432' },
      settings: { ...settings, parentLink: { address: 'city:7443' } },
    },
  ],
  witnesses: Object.fromEntries(
    ['audit-office', 'archive', 'province', city, county, township].map((name) => [
      name,
      `http://${name}:8085`,
    ]),
  ),
  witnessPort: 8085,
  engines: { kafka: { [county]: { links: [{ peer: city, via: 'kafka', brokers: ['kafka:9092'] }] } } },
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'found-files-'));
  folders.push(folder);
});
const inTier = (tier: TierCode, name: string) => path.join(folder, 'tiers', tier, name);
const contentOf = (tier: TierCode, name: string) => readFileSync(inTier(tier, name), 'utf8');
const configOf = (tier: TierCode) => loadTierConfig(inTier(tier, 'tier.json'));

describe('the files of a network that is founded for operators', () => {
  it('are whole: every service of every tier finds what it needs', () => {
    expect(foundNetworkFiles(folder, plan)).toEqual([inTier(city, 'tier.json'), inTier(county, 'tier.json')]);
    for (const tier of [city, county]) expect(tierProblems(configOf(tier), serviceNames)).toEqual([]);
    expect(configOf(city).members).toEqual(configOf(county).members);
    expect(contentOf(county, 'approval.url')).toMatch(
      /^postgres:\/\/tier_431021_approval:[\w-]{43}@localhost:5432\/tier_431021\n$/,
    );
  });

  it('give every process of witnesses its configuration, and every ledger four that count', () => {
    foundNetworkFiles(folder, { ...plan, secretsFolder: '/run/secrets', dataFolder: '/var/lib/liandong' });
    const { listen, witnesses } = loadWitnessConfig(sha256, path.join(folder, 'witnesses', `${county}.json`));
    expect(listen).toEqual({ host: '0.0.0.0', port: 8085 });
    expect(witnesses.map(({ path: name, keyFile, folder: own }) => [name, keyFile, own])).toEqual([
      [county, `/run/secrets/${county}.pem`, `/var/lib/liandong/${county}`],
      [
        `${county}-authority`,
        `/run/secrets/${county}-authority.pem`,
        `/var/lib/liandong/${county}-authority`,
      ],
    ]);
    expect(contentOf(county, 'policy')).toContain(`http://${city}:8085/${city}`);
    expect(configOf(county).keyFiles.log).toBe('/run/secrets/log.pem');
  });

  it('say what an engine needs besides', () => {
    foundNetworkFiles(folder, plan, 'kafka');
    expect(configOf(county).links).toMatchObject([{ via: 'kafka' }]);
    expect(configOf(city).links).toBeUndefined();
  });

  it('keep every secret when they are founded again, and take a tier in that came later', () => {
    foundNetworkFiles(folder, plan);
    const secrets = ['approval.pem', 'log.pem', 'secret', 'owner.url'];
    const before = secrets.map((name) => contentOf(county, name));
    const later = {
      tier: township,
      parent: county,
      name: '流峰镇',
      database: 'localhost:5432',
      settings: {},
    };
    foundNetworkFiles(folder, { ...plan, tiers: [...plan.tiers, later] });
    expect(secrets.map((name) => contentOf(county, name))).toEqual(before);
    expect(configOf(city).members.map(({ tier }) => tier)).toEqual([city, county, township]);
    for (const name of secrets) expect(statSync(inTier(county, name)).mode & 0o777).toBe(0o600);
  });
});

describe('the check of a tier’s files', () => {
  const found = (tier: TierCode, change: Partial<TierConfig> = {}) =>
    tierProblems({ ...configOf(tier), ...change }, serviceNames).map(({ field }) => field);
  const spoil = (name: string, content: string) => writeFileSync(inTier(county, name), content);
  beforeEach(() => void foundNetworkFiles(folder, plan));

  it.each([
    ['a key that the members do not know', 'approval.pem', newPrivateKey(), 'keyFiles.approval'],
    ['a key that is none', 'exchange.pem', 'hunter2', 'keyFiles.exchange'],
    ['another ledger’s key', 'log.pem', newPrivateKey(), 'keyFiles.log'],
    ['another key for letters', 'letters.pem', newPrivateKey(), 'keyFiles.letters'],
    ['a secret that is short', 'secret', 'hunter2', 'secretFile'],
    ['an address that is none', 'audit.url', 'hunter2', 'databaseUrlFiles.audit'],
  ])('finds %s, and shows nothing of it', (_, name, content, field) => {
    spoil(name, content);
    expect(found(county)).toEqual([field]);
    expect(JSON.stringify(tierProblems(configOf(county), serviceNames))).not.toContain('hunter2');
  });

  it('finds a connection string of the event store that is none', () => {
    const [top, ...below] = plan.tiers;
    const url = 'esdb://events:2113?tls=false';
    foundNetworkFiles(folder, { ...plan, tiers: [{ ...top!, eventStoreUrl: url }, ...below] });
    expect(contentOf(city, 'eventstore.url')).toBe(`${url}\n`);
    const eventStore = { engine: 'kurrent' as const, urlFile: inTier(city, 'eventstore.url'), prefix: '' };
    expect(found(city, { eventStore })).toEqual([]);
    writeFileSync(eventStore.urlFile, 'hunter2');
    expect(found(city, { eventStore })).toEqual(['eventStore.urlFile']);
  });

  it('finds a file that is not there, for the service that reads it alone', () => {
    rmSync(inTier(county, 'approval.url'));
    expect(found(county)).toEqual(['databaseUrlFiles.approval']);
    expect(tierProblems(configOf(county), ['exchange', 'audit'])).toEqual([]);
  });

  it('finds what is missing between tiers, and two doors on one port', () => {
    expect(found(county, { parentLink: undefined })).toEqual(['parentLink']);
    expect(found(city, { listen: {} })).toEqual(['listen.link']);
    expect(found(county, { identity: undefined })).toEqual(['identity']);
    const at = (host: string, port: number) => ({ host, port });
    const listen = { approvalHttp: at('127.0.0.1', 8080), exchangeHttp: at('0.0.0.0', 8080) };
    expect(found(county, { listen })).toEqual(['listen.exchangeHttp']);
    expect(tierProblems({ ...configOf(county), listen }, ['exchange'])).toEqual([]);
    const links = [
      {
        ...{ peer: city, via: 'kafka' as const, brokers: ['k:1'], tls: { caFile: '/nowhere/ca.pem' } },
        sasl: { mechanism: 'plain' as const, username: 'u', passwordFile: '/nowhere/password' },
      },
    ];
    expect(found(county, { links })).toEqual(['links.0.tls.caFile', 'links.0.sasl.passwordFile']);
    const file = inTier(county, 'secret');
    expect(found(county, { evidenceFolder: path.join(file, 'x') })).toEqual(['evidenceFolder']);
  });
});

describe('a tier that is made ready on a server of somebody else’s', () => {
  const postgres = withPostgres();
  const founding = (windows: readonly string[]) => {
    const name = { zh: '自然资源局', en: 'Natural Resources Bureau' };
    const department = creditCode('11431000006311234') ?? '';
    const establish = { type: 'establishDepartment', department, kind: 'department', name, roles: ['land'] };
    const opened = windows.map((window) => ({ type: 'openWindow', window, name }));
    const parsed = parseTierFounding({
      ...{ level: 'city', name: { zh: '郴州市', en: 'Chenzhou City' } },
      departments: [{ department, commands: [establish, ...opened] }],
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
    return parsed.value;
  };

  it('has its database, its roles and its directory, once, and opens its counter', async () => {
    foundNetworkFiles(folder, plan);
    const host = `?host=${encodeURIComponent(postgres.server.socketDir)}`;
    for (const role of ['owner', ...serviceNames])
      writeFileSync(inTier(city, `${role}.url`), `${contentOf(city, `${role}.url`).trim()}${host}\n`);
    const password = postgres.server.password('postgres');
    writeFileSync(
      inTier(city, 'superuser.url'),
      `postgres://postgres:${password}@localhost/postgres${host}\n`,
    );
    const config = { ...configOf(city), listen: {} };
    const secrets = path.join(folder, 'tiers', city);

    for (const windows of [['A01'], ['A01'], ['A01', 'A02']])
      expect(await prepareTier(config, secrets, founding(windows))).toEqual({ database: 'tier_431000' });
    await expect(prepareTier(config, secrets, founding(['B09']))).rejects.toThrow(/idempotency-key-reused/);

    const access = openAccess(config, 'approval', 1);
    const facts = (await access.store.readAll(start, 100)).map(({ bytes }) => decodeEvent(bytes));
    await access.close();
    expect(facts.map(({ type }) => type)).toEqual([
      'liandong.tier.founded.v1',
      'liandong.department.established.v1',
      'liandong.department.windowOpened.v1',
      'liandong.department.windowOpened.v1',
    ]);
    expect(facts[0]?.data).toMatchObject({ demonstration: false });
    const service = await startApproval(config);
    try {
      expect(await (await fetch(`${service.http}/health/ready`)).json()).toEqual({ status: 'ok' });
    } finally {
      await service.close();
    }
  });
});
