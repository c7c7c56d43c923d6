import { openPool } from '@liandong/adapters/postgres';
import { constructionItemCode, demoTier, type DemoPerson } from '@liandong/adapters/reference';
import { start as beginning } from '@liandong/application';
import {
  type Access,
  authoringOf,
  foundDemonstrationTier,
  foundNetwork,
  foundSupervision,
  homeOf,
  openAccess,
  simulatedClock,
  startApproval,
  witnessesAt,
} from '@liandong/assembly';
import type { TierConfig } from '@liandong/contracts';
import { decodeEvent, type StreamName, type TierCode } from '@liandong/kernel';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import { withPostgres } from '@liandong/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
export const day = 86_400_000;
export const casesOpened = 8;
export const paper = 'a'.repeat(64);

const network = 'test.example';
const materials = [
  ...['application-form', 'business-licence', 'project-report', 'site-boundary'],
  ...['topographic-map', 'environmental-report', 'soil-plan', 'fire-design'],
];
const programOf = (app: string) => fileURLToPath(new URL(`../../../${app}/dist/main.js`, import.meta.url));

/** What stands in the stream of a card. */
export type Said = {
  readonly stream: StreamName;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

export const ruleOf = ({ data }: Said): string => (data['cause'] as { readonly rule: string }).rule;

export const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (let n = 0; n < 4_000; n++) {
    if (await holds()) return;
    await pause(25);
  }
  throw new Error(`${what} did not come`);
};

/** A city with cases that were accepted before its counter closed for good, and its supervision as a process. */
export const supervisedCity = () => {
  const postgres = withPostgres();
  const folder = mkdtempSync(path.join(tmpdir(), 'supervision-main-'));
  const running = new Set<ChildProcess>();
  const closing: (() => Promise<unknown>)[] = [];
  const clock = () => simulatedClock(path.join(folder, 'clock'));
  const configuration = path.join(homeOf(folder, city), 'tier.json');
  let config: TierConfig;
  let access: Access;
  let issuer: DevelopmentIssuer;
  const tokenOf = async (person: string) => (await issuer.tokenFor(person)) ?? '';

  const identity = async (): Promise<NonNullable<TierConfig['identity']>> => {
    const people: readonly DemoPerson[] = demoTier(network, city)?.people ?? [];
    issuer = await developmentIssuer({
      ...{ demonstration: true, issuer: 'http://127.0.0.1:1', audience: 'liandong', people },
    });
    const issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
    await issuing.listen(0, '127.0.0.1');
    closing.push(() => issuing.close());
    const { port } = issuing.getHttpServer().address() as AddressInfo;
    return { issuer: issuer.issuer, audience: issuer.audience, jwksUrl: `http://127.0.0.1:${port}/jwks` };
  };

  const found = async (): Promise<void> => {
    chmodSync(folder, 0o711);
    const plan = {
      ...{ network, clockOffsetFile: path.join(folder, 'clock') },
      tiers: [
        { tier: city, name: '郴州市' },
        { tier: county, parent: city, name: '桂阳县' },
        { tier: township, parent: county, name: '流峰镇' },
      ],
    };
    const witnesses = witnessesAt('http://127.0.0.1:1', folder, plan);
    const [founded] = await foundNetwork(folder, postgres.server, { ...plan, witnesses });
    if (founded === undefined) throw new Error('the city was not founded');
    config = { ...founded, identity: await identity() };
    const listen = {
      supervisionHttp: { host: '127.0.0.1', port: 0 },
      supervisionGrpc: { host: '127.0.0.1', port: await freePort() },
    };
    const written = JSON.parse(readFileSync(configuration, 'utf8')) as object;
    writeFileSync(configuration, JSON.stringify({ ...written, identity: config.identity, listen }));
    access = openAccess(config, 'supervision', 3);
    closing.push(access.close);
    await foundSupervision(access, true);
    await acceptedAndClosed(config, tokenOf);
  };

  const start = async () => {
    const child = spawn(process.execPath, [programOf('supervision'), configuration], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    const ended = once(child, 'exit') as Promise<[number | null]>;
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
      const [, grpc] = /gRPC (127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (url === undefined || grpc === undefined) continue;
      child.stdout.resume();
      const end = async (signal: NodeJS.Signals) => {
        child.kill(signal);
        return (await ended)[0];
      };
      return { url, grpc, end };
    }
    throw new Error(`the service did not start: ${said}`);
  };

  return {
    ...{ folder, clock, found, start, tokenOf },
    config: () => config,
    killAll: () => running.forEach((child) => child.kill('SIGKILL')),
    close: async () => {
      for (const close of closing.toReversed()) await close();
      rmSync(folder, { recursive: true, force: true });
    },
    /** Empties all that supervision keeps beside the store, and where it stood in it. */
    forgetEverything: async () => {
      const database = await access.pool.query<{ name: string }>('SELECT current_database() AS name');
      const pool = openPool(postgres.server.url('postgres', database.rows[0]?.name ?? ''), { max: 1 });
      const { rows } = await pool.query<{ table: string }>(
        `SELECT quote_ident(table_name) AS table FROM information_schema.tables
         WHERE table_schema = 'supervision' AND table_name <> 'migration'`,
      );
      for (const { table } of rows) await pool.query(`DELETE FROM supervision.${table}`);
      await pool.query('DELETE FROM store.checkpoint WHERE owner LIKE $1', ['%supervision']);
      await pool.end();
    },
    /** What stands in the streams of cards, in the order of the store. */
    cardEvents: async (): Promise<readonly Said[]> =>
      (await access.store.readAll(beginning, 100_000))
        .filter(({ stream }) => /^card-\d+\.[0-9a-f]{32}$/.test(stream))
        .map(({ stream, type, bytes }) => ({
          ...{ stream, type: type.split('.')[2] ?? '' },
          data: decodeEvent(bytes).data as Said['data'],
        })),
    /** The command line as a process, at this supervision. */
    liandong: async (supervision: string, person: string, ...words: readonly string[]) => {
      const addresses = path.join(folder, 'addresses.json');
      const nowhere = 'http://127.0.0.1:1';
      const tiers = [{ tier: city, approval: nowhere, exchange: nowhere, supervision }];
      writeFileSync(addresses, JSON.stringify({ network, tiers }));
      const options = ['--tier', city, '--network', addresses, '--token', await tokenOf(person)];
      const child = spawn(process.execPath, [programOf('cli'), ...words, ...options], {
        env: { ...process.env, NODE_OPTIONS: '' },
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number];
      return { code, said };
    },
  };
};

/** Cases accepted at the city, whose counter is closed then and stays so. */
const acceptedAndClosed = async (
  config: TierConfig,
  tokenOf: (person: string) => Promise<string>,
): Promise<void> => {
  const counter = openAccess(config, 'approval', 2);
  const authoring = authoringOf(config, counter);
  await foundDemonstrationTier(counter.store, authoring, true);
  for (const tier of [county, township]) {
    const other = { ...authoring, author: { ...authoring.author, tier } };
    await foundDemonstrationTier(counter.store, other, false);
  }
  await counter.close();
  const approval = await startApproval(config);
  const post = async (where: string, key: string, body: object) => {
    const response = await fetch(`${approval.http}${where}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await tokenOf(`windowClerk-${city}-02`)}`,
        'idempotency-key': `"${key}"`,
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as { readonly caseId: string };
  };
  for (let n = 0; n < casesOpened; n++) {
    const { caseId } = await post('/v1/cases', `open-${n}`, {
      ...{ item: constructionItemCode, applicant: { kind: '2', creditworthy: true }, township },
      supplied: materials.map((material) => ({ material, documents: [paper] })),
    });
    for (const command of ['preAccept', 'accept'])
      await post(`/v1/cases/${caseId}/commands/${command}`, `${command}-${n}`, {});
  }
  await approval.close();
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
