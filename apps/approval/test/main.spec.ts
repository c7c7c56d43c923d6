import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { demoTier } from '@liandong/adapters/reference';
import {
  authoringOf,
  foundDemonstrationTier,
  foundSupervisionOf,
  foundNetwork,
  homeOf,
  openAccess,
  witnessesAt,
} from '@liandong/assembly';
import type { TierCode } from '@liandong/kernel';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import { withPostgres } from '@liandong/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const city = '431000' as TierCode;
const postgres = withPostgres();

let folder: string;
let configuration: string;
let issuer: DevelopmentIssuer;
let issuing: NestFastifyApplication;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'approval-main-'));
  chmodSync(folder, 0o711);
  const people = demoTier('test.example', city)?.people ?? [];
  issuer = await developmentIssuer({
    demonstration: true,
    issuer: 'http://127.0.0.1:1',
    audience: 'liandong',
    people,
  });
  issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
  await issuing.listen(0, '127.0.0.1');
  const { port } = issuing.getHttpServer().address() as AddressInfo;

  const plan = { network: 'test.example', tiers: [{ tier: city, name: '郴州市' }] };
  const witnesses = witnessesAt('http://127.0.0.1:1', folder, plan);
  const [config] = await foundNetwork(folder, postgres.server, { ...plan, witnesses });
  if (config === undefined) throw new Error('the tier was not founded');
  const access = openAccess(config, 'approval', 2);
  await foundDemonstrationTier(access.store, authoringOf(config, access), true);
  await foundSupervisionOf(config, true);
  await access.close();

  configuration = path.join(homeOf(folder, city), 'tier.json');
  writeFileSync(
    configuration,
    JSON.stringify({
      ...(JSON.parse(readFileSync(configuration, 'utf8')) as object),
      listen: { approvalHttp: { host: '127.0.0.1', port: 0 } },
      identity: {
        issuer: issuer.issuer,
        audience: issuer.audience,
        jwksUrl: `http://127.0.0.1:${port}/jwks`,
      },
    }),
  );
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(async () => {
  await issuing.close();
  rmSync(folder, { recursive: true });
});

const launch = (...args: string[]) => {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, ended: once(child, 'exit') as Promise<[number | null]>, said: () => said };
};

const start = async () => {
  const process = launch(configuration);
  for await (const line of createInterface({ input: process.child.stdout })) {
    const [, url] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? [];
    if (url !== undefined) return { ...process, url };
  }
  throw new Error(`the service did not start: ${process.said()}`);
};

const read = async (url: string, where: string) => {
  const person = issuer.people.find(({ roles }) => roles.includes('auditor'));
  const token = await issuer.tokenFor(person?.id ?? '');
  const response = await fetch(`${url}${where}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe('the approval service as a process of its own', () => {
  it('says how it is started', async () => {
    const { ended, said } = launch();
    expect((await ended)[0]).toBe(2);
    expect(said()).toContain('Usage');
  });

  it('ends on a signal while it still waits for its database', async () => {
    const silent = createServer();
    const asked = once(silent, 'connection') as Promise<[Socket]>;
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const waiting = path.join(folder, 'waiting.json');
    const url = path.join(folder, 'waiting.url');
    const { port } = silent.address() as AddressInfo;
    writeFileSync(url, `postgres://nobody@127.0.0.1:${port}/none`);
    const config = JSON.parse(readFileSync(configuration, 'utf8')) as Record<string, unknown>;
    const home = homeOf(folder, city);
    const keyFiles = { approval: path.join(home, 'approval.pem') };
    const secretFile = path.join(home, 'secret');
    writeFileSync(
      waiting,
      JSON.stringify({ ...config, keyFiles, secretFile, databaseUrlFiles: { approval: url } }),
    );
    const { child, ended } = launch(waiting);
    const [socket] = await asked;
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(1);
    socket.destroy();
    silent.close();
  });

  it('ends with a clear word if its configuration is wrong', async () => {
    const wrong = path.join(folder, 'wrong.json');
    writeFileSync(wrong, JSON.stringify({ network: 'test.example', tier: '43', members: [] }));
    const { ended, said } = launch(wrong);
    expect((await ended)[0]).toBe(1);
    expect(said()).toMatch(/tier: .*a division code/);
    expect(said()).not.toMatch(/\bat .+:\d+:\d+/);
  });

  it('serves what its store holds, and stops when told to though a client holds on', async () => {
    const { child, ended, url } = await start();
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    expect(await read(url, '/v1/tier')).toMatchObject({ status: 200, body: { tier: city, level: 'city' } });
    expect((await fetch(`${url}/v1/tier`)).status).toBe(401);

    const agent = new Agent({ keepAlive: true });
    const [response] = (await once(get(`${url}/health/live`, { agent }), 'response')) as [
      import('node:http').IncomingMessage,
    ];
    response.resume();
    await once(response, 'end');
    const began = performance.now();
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
    expect(performance.now() - began).toBeLessThan(5_000);
    agent.destroy();
  });

  it('goes on after a kill -9 with everything it had', async () => {
    const first = await start();
    const before = await read(first.url, '/v1/departments');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await start();
    expect(await read(second.url, '/v1/departments')).toEqual(before);
    second.child.kill('SIGINT');
    expect((await second.ended)[0]).toBe(0);
  });
});
