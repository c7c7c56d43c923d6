import { afterAll, describe, expect, it } from '@jest/globals';
import { foundNetwork, foundWitnesses, homeOf } from '@liandong/assembly';
import type { TierCode } from '@liandong/kernel';
import { withPostgres } from '@liandong/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const city = '431000' as TierCode;
const postgres = withPostgres();
const folder = mkdtempSync(path.join(tmpdir(), 'audit-serve-'));
afterAll(() => rmSync(folder, { recursive: true }));

const started = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'] },
  });
  const said = { complaint: '' };
  child.stderr.on('data', (part: Buffer) => (said.complaint += part.toString()));
  return { child, said, ended: once(child, 'close') as Promise<[number | null, string | null]> };
};

/** A tier’s configuration as an operator would write it, beside those that were founded. */
const configured = async () => {
  const plan = { network: 'test.example', tiers: [{ tier: city, name: '郴州市' }] };
  const witnesses = foundWitnesses(folder, plan).map((each) => ({ ...each, url: 'http://127.0.0.1:1' }));
  await foundNetwork(folder, postgres.server, { ...plan, witnesses });
  const home = homeOf(folder, city);
  const founded = JSON.parse(readFileSync(path.join(home, 'tier.json'), 'utf8')) as object;
  const issuer = 'http://127.0.0.1:1';
  const file = path.join(home, 'audit.json');
  const whole = { ...founded, identity: { issuer, audience: 'liandong', jwksUrl: `${issuer}/jwks` } };
  writeFileSync(file, JSON.stringify({ ...whole, listen: { auditHttp: { host: '127.0.0.1', port: 0 } } }));
  return { file, withoutIdentity: path.join(home, 'tier.json') };
};

describe('the audit service as a process of its own', () => {
  it('opens the auditors’ door of its tier and ends cleanly', async () => {
    const { file } = await configured();
    const { child, ended } = started('serve', file);
    let http = '';
    for await (const line of createInterface({ input: child.stdout }))
      if ((http = /audit 431000: (http:\/\/[\d.:]+)/.exec(line)?.[1] ?? '') !== '') break;
    child.stdout.resume();
    expect((await fetch(`${http}/health/ready`)).status).toBe(200);
    expect((await fetch(`${http}/v1/audit/export`)).status).toBe(401);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('says what it lacks, and what it can do', async () => {
    const { withoutIdentity } = await configured();
    const lacking = started('serve', withoutIdentity);
    expect(await lacking.ended).toEqual([1, null]);
    expect(lacking.said.complaint).toContain('identity');
    for (const args of [[], ['serve'], ['rule', withoutIdentity], ['constructor', withoutIdentity]]) {
      const none = started(...args);
      expect(await none.ended).toEqual([2, null]);
      expect(none.said.complaint).toMatch(/witness[\s\S]*serve/);
    }
  });
});
