import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { figures } from '@liandong/domain/supervision';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';

const counts = Object.fromEntries(figures.map((figure, n) => [figure, n + 1]));
const stream = `case-${'1'.repeat(32)}`;
const against = (averageTenths: number) => ({ of: 5, averageTenths, over: 2 });

/** A supervision that has answers only for what the commands should ask. */
const answers: Readonly<Record<string, unknown>> = {
  '/v1/overview/department?limit=200&under=431021': {
    asOf: '2026-03-02T02:00:00.000Z',
    terms: 'overview@1',
    items: [
      {
        ...{ tier: '431021', department: '11440232MB2D06811W', name: { zh: '水利局', en: 'Water' } },
        ...{ counts, cards: [] },
        limits: [
          {
            ...{ element: 'case', counts },
            days: {
              ...{ ended: 5, averageTenths: 68, p90Tenths: 100 },
              ...{ promised: against(70), statutory: against(200) },
            },
          },
        ],
        uniformity: { compared: 3, uniform: 2, uniformIn: {} },
        coverage: { items: { done: 4, of: 6 } },
      },
    ],
  },
  '/v1/overview-rows/late?limit=7': {
    items: [
      {
        ...{
          tier: '431021',
          department: '11440232MB2D06811W',
          window: 'w-1',
          at: '2026-03-02T02:00:00.000Z',
        },
        ...{ stream, matter: stream, event: 'a'.repeat(64), figures: ['open', 'late'] },
        counted: { kind: 'limit', element: 'certificate' },
      },
    ],
  },
  [`/v1/matters/${stream}/events?limit=200`]: {
    items: [
      {
        ...{ type: 'liandong.case.opened.v1', source: 's', id: 'i', hash: 'b'.repeat(64) },
        ...{ time: '2026-03-01T00:00:00.000Z', recordedAt: '2026-03-02T00:00:00.000Z' },
      },
    ],
  },
};

let server: Server;
let folder: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const body = answers[request.url ?? ''];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { title: request.url }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(path.join(tmpdir(), 'overview-'));
  const tiers = [{ tier: '431000', approval: at, exchange: at, supervision: at }];
  writeFileSync(path.join(folder, 'addresses.json'), JSON.stringify({ network: 'n.example', tiers }));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const liandong = (...words: readonly string[]) =>
  run([...words, '--token', 'a.b.c', '--network', path.join(folder, 'addresses.json')], {});

describe('liandong overview', () => {
  it('shows the work of a department in numbers, beside its limits and its rates', async () => {
    const { output, exitCode } = await liandong('overview', 'department', '--under', '431021');
    expect(exitCode).toBe(0);
    for (const text of [
      '水利局',
      '6.8/10.0',
      '7.0 (超 2/5)',
      '20.0 (超 2/5)',
      '9/10/11',
      '12/13',
      '2/3',
      '4/6',
      'overview@1',
    ])
      expect(output).toContain(text);
  });

  it('goes down to what stands behind a figure, and to its events', async () => {
    const { output } = await liandong('overview', 'rows', 'late', '--limit', '7');
    for (const text of [stream, 'certificate', 'w-1', 'a'.repeat(64)]) expect(output).toContain(text);
    const events = await liandong('overview', 'events', stream, '--json');
    expect(JSON.parse(events.output)).toEqual(answers[`/v1/matters/${stream}/events?limit=200`]);
  });

  it('says what it was asked wrongly, in both languages', async () => {
    await expect(liandong('overview', 'colour')).rejects.toThrow(/不能按 colour 汇总\nIt is by one of tier/);
    await expect(liandong('overview', 'rows', 'lunch')).rejects.toThrow(/Which figure\? One of open/);
    await expect(liandong('overview', 'events', 'case-1')).rejects.toThrow(/Which case or card\?/);
    await expect(liandong('overview', 'tier', '--under', 'x')).rejects.toThrow(/is no tier/);
  });
});
