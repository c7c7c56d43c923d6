import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';

const id = `assessment-431021.202603.${'a'.repeat(32)}`;
const event = 'e'.repeat(64);
const line = { id: 'red', tenths: -50, counted: 1, of: 1, trace: 't' };
const row = {
  ...{ assessment: id, tier: '431021', period: '202603', appeal: 'none', corrected: 0 },
  subject: { kind: 'department', tier: '431021', department: 'D' },
  score: { tenths: 950, lines: [line] },
};

let server: Server;
let folder: string;
let stands: boolean;
let heard: { url: string; key: string | undefined; body: string }[];
beforeAll(async () => {
  heard = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, url = '', headers } = request;
      heard.push({ url, key: headers['idempotency-key']?.toString(), body });
      const evidence = [{ line: 'red', events: [{ indicator: 'redCard', event }] }];
      const answers: Readonly<Record<string, unknown>> = {
        'GET /s/v1/assessments?tier=431021&period=202603': { items: [row] },
        [`GET /s/v1/assessments/${id}`]: { ...row, evidence, stands, now: { tenths: 1000, lines: [] } },
        'POST /s/v1/assessments': { period: '202603', assessments: [id] },
        'POST /s/v1/assessment-schemes': { subject: 'liandong', events: [], repeated: false },
      };
      const answer = answers[`${method} ${url}`];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { title: '未找到' }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(path.join(tmpdir(), 'cli-assessments-'));
  const tiers = [
    { tier: '431021', approval: base, exchange: base, supervision: `${base}/s` },
    { tier: '431000', approval: base, exchange: base },
  ];
  writeFileSync(path.join(folder, 'addresses.json'), JSON.stringify({ network: 'n.example', tiers }));
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
});

const say = (...words: string[]) =>
  run([...words, '--token', 'mine'], { LIANDONG_NETWORK: path.join(folder, 'addresses.json') });

describe('assessment on the command line', () => {
  it('lists the scores of a period', async () => {
    const { output } = await say('assessment', 'list', '202603', '--tier', '431021');
    expect(output).toMatch(/202603 +department 431021 D +95\.0 +none +0 +assessment-/);
  });

  it('shows a score down to its events, and fails if they make another one', async () => {
    stands = true;
    const sound = await say('assessment', 'show', id, '--tier', '431021');
    expect(sound.output).toContain(`red  redCard  ${event}`);
    expect(sound.exitCode).toBe(0);
    stands = false;
    const wrong = await say('assessment', 'show', id, '--tier', '431021');
    expect([wrong.exitCode, wrong.output.includes('make 100.0')]).toEqual([1, true]);
    await expect(say('assessment', 'show', 'x', '--tier', '431021')).rejects.toThrow(/x is no assessment/);
  });

  it('publishes a period once, however often it is asked', async () => {
    const { output } = await say('assessment', 'publish', '202603', '--tier', '431021');
    expect(output).toContain(id);
    expect(heard.at(-1)).toMatchObject({ key: '"publish-202603"', body: '{"period":"202603"}' });
    await expect(say('assessment', 'publish', 'March', '--tier', '431021')).rejects.toThrow(/period/);
    await expect(say('assessment', 'publish', '202603')).rejects.toThrow(/--tier/);
  });

  it('adopts a scheme from a file', async () => {
    const file = path.join(folder, 'scheme.json');
    writeFileSync(file, '{"id":"liandong"}');
    const words = ['assessment', 'adopt', file, '--tier', '431021'];
    await expect(say(...words)).rejects.toThrow(/--at/);
    expect((await say(...words, '--at', '2026-01-01')).output).toContain('adopted liandong');
    expect(heard.at(-1)?.body).toBe('{"scheme":{"id":"liandong"},"effectiveFrom":"2026-01-01"}');
    writeFileSync(file, '{');
    await expect(say(...words, '--at', '2026-01-01')).rejects.toThrow(/cannot be read/);
  });

  it('says so where a tier has no supervision', async () => {
    await expect(say('assessment', 'list', '--tier', '431000')).rejects.toThrow(/not in this network/);
  });
});
