import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shippedItems } from '@liandong/adapters/reference';
import { guideDiff, guideOf, readabilityOfGuide, readingRules } from '@liandong/domain/catalogue';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';

const [first, second] =
  shippedItems.find(({ publications }) => publications.length > 1)?.publications.map((one) => one.version) ??
  [];
if (first === undefined || second === undefined) throw new Error('no item is shipped in two versions');
const guide = guideOf(second);

/** A counter that has answers only for what the commands should ask. */
const answers: Readonly<Record<string, unknown>> = {
  [`/a/v1/items/${first.code}/guide?diff=v1..v2`]: {
    guide,
    readability: readabilityOfGuide(guide),
    rules: readingRules,
    since: { version: 1, changes: guideDiff(guideOf(first), guide) },
  },
  '/a/v1/uniformity': {
    on: '2026-03-02',
    tiers: [
      {
        ...{ tier: '431021', compared: 3, uniform: 2, departments: [] },
        uniformIn: { legalBasis: 3, standard: 2, procedure: 3, fees: 3 },
      },
    ],
    drifting: [
      { tier: '431021', item: '1', drifts: [{ aspect: 'standard', place: 'materials/map', kind: 'added' }] },
    ],
  },
  '/a/v1/coverage?tier=431000': {
    on: '2026-03-02',
    tiers: [
      {
        tier: '431000',
        departments: [],
        coverage: Object.fromEntries(
          [
            'departments',
            'items',
            'processes',
            'gathered',
            'inCenter',
            'itemsInPlace',
            'authorityInPlace',
            'staffInPlace',
          ].map((name, n) => [name, { done: n, of: 9 }]),
        ),
      },
    ],
  },
};

let server: Server;
let folder: string;
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    const answer = answers[url];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { title: '未找到' }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(path.join(tmpdir(), 'cli-catalogue-'));
  const tiers = [{ tier: '431000', approval: `${base}/a`, exchange: base }];
  writeFileSync(path.join(folder, 'addresses.json'), JSON.stringify({ network: 'n.example', tiers }));
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
});

const say = (...words: string[]) =>
  run([...words, '--token', 'mine'], { LIANDONG_NETWORK: path.join(folder, 'addresses.json') });

describe('the catalogue on the command line', () => {
  it('shows what changed in a guide, or writes it as a page', async () => {
    const words = ['guide', first.code, '--tier', '431000', '--diff', 'v1..v2'];
    const { output } = await say(...words);
    expect(output).toContain('与第1版相比');
    expect(output).toMatch(/可读性 \d+\/100/);
    const page = path.join(folder, 'guide.html');
    expect((await say(...words, '--out', page)).output).toContain(page);
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>[\s\S]*与第1版相比/);
  });

  it('wants to know which item, and at which tier', async () => {
    await expect(say('guide', '--tier', '431000')).rejects.toThrow(/code of the item/);
    await expect(say('guide', first.code)).rejects.toThrow(/--tier/);
  });

  it('tells how uniform the items are and where they drift', async () => {
    const { output } = await say('uniformity');
    expect(output).toMatch(/431021 +2\/3 +3 +2 +3 +3/);
    expect(output).toMatch(/431021 +1 +标准 standard +materials\/map +added/);
  });

  it('tells the coverage of a tier', async () => {
    expect((await say('coverage')).output).toMatch(/431000 +0\/9 +1\/9 .*7\/9/);
  });
});
