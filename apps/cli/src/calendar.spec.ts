import { sha256 } from '@liandong/adapters/crypto';
import { hunan2018, packPin, strict2026 } from '@liandong/domain/supervision';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';

const pin = packPin(sha256, hunan2018);
const name = hunan2018.name;
const reason = { zh: '暴雪停工', en: 'A blizzard' };
const answers: Readonly<Record<string, unknown>> = {
  'GET /s/v1/calendar': {
    ...{ city: '431000', calendar: '431000@2#ab' },
    years: [{ year: 2026, holidays: ['2026-01-01'], extraWorkingDays: ['2026-01-04'] }],
    history: [
      { calendar: '431000@1#aa', reason: { zh: '公布', en: 'published' } },
      { calendar: '431000@2#ab', reason },
    ],
  },
  'POST /s/v1/calendar/years': {},
  'POST /s/v1/calendar/years/2026/correction': {},
  'GET /s/v1/office-hours': {
    items: [{ effectiveFrom: '2026-03-02', periods: [{ opens: '09:00', closes: '17:00' }] }],
  },
  'POST /s/v1/office-hours': {},
  'GET /s/v1/rules': {
    adopted: [
      { pin, id: 'hunan-2018', version: 1, name, convention: 'started', effectiveFrom: '2018-01-01' },
    ],
    shipped: [{ pin, id: 'hunan-2018', version: 1, name }],
  },
  'POST /s/v1/rules': {},
};

let server: Server;
let folder: string;
let heard: { url: string; key: string | undefined; body: unknown }[];
beforeAll(async () => {
  heard = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, url = '', headers } = request;
      if (body !== '')
        heard.push({ url, key: headers['idempotency-key']?.toString(), body: JSON.parse(body) });
      const answer = answers[`${method} ${url}`];
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? { title: '未找到' }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(path.join(tmpdir(), 'cli-calendar-'));
  const tiers = [{ tier: '431000', approval: base, exchange: base, supervision: `${base}/s` }];
  writeFileSync(path.join(folder, 'addresses.json'), JSON.stringify({ network: 'n.example', tiers }));
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
});

const say = (...words: string[]) =>
  run([...words, '--token', 'mine'], { LIANDONG_NETWORK: path.join(folder, 'addresses.json') });

const file = (content: object): string => {
  const at = path.join(folder, 'asked.json');
  writeFileSync(at, JSON.stringify(content));
  return at;
};

describe('the calendar on the command line', () => {
  it('is shown with everything that was said of it', async () => {
    const { output } = await say('calendar', 'show');
    expect(output).toMatch(/2026 +01-01 +01-04/);
    expect(output).toContain('431000@2  暴雪停工 · A blizzard');
  });

  it('is published from what the State Council arranged, or from a file', async () => {
    expect((await say('calendar', 'publish', '2026')).output).toContain('published 2026');
    expect(heard.at(-1)?.body).toMatchObject({
      year: 2026,
      source: '国务院办公厅关于2026年部分节假日安排的通知',
    });
    await expect(say('calendar', 'publish', '2199')).rejects.toThrow(/does not hold 2199/);
    await expect(say('calendar', 'publish')).rejects.toThrow(/missing/);
    const own = { year: 2199, holidays: [], extraWorkingDays: [], source: 'test' };
    await say('calendar', 'publish', file(own));
    expect(heard.at(-1)?.body).toEqual(own);
  });

  it('is corrected from a file, and the same file is one correction', async () => {
    const body = { holidays: ['2026-03-11'], extraWorkingDays: [], source: 'test', reason };
    const words = ['calendar', 'correct', file({ year: 2026, ...body })];
    await say(...words);
    const first = heard.at(-1);
    expect(first).toMatchObject({ url: '/s/v1/calendar/years/2026/correction', body });
    await say(...words);
    expect(heard.at(-1)?.key).toBe(first?.key);
    await say('calendar', 'correct', file({ year: 2026, ...body, holidays: ['2026-03-12'] }));
    expect(heard.at(-1)?.key).not.toBe(first?.key);
  });
});

describe('office hours on the command line', () => {
  it('are shown, and set from a day on', async () => {
    expect((await say('hours', 'show')).output).toMatch(/2026-03-02 +09:00–17:00/);
    const words = ['hours', 'set', '09:00-12:00', '13:00-17:00', '--tier', '431000'];
    await expect(say(...words)).rejects.toThrow(/--at/);
    await say(...words, '--at', '2026-04-01');
    expect(heard.at(-1)?.body).toEqual({
      effectiveFrom: '2026-04-01',
      periods: [
        { opens: '09:00', closes: '12:00' },
        { opens: '13:00', closes: '17:00' },
      ],
    });
  });
});

describe('rule packs on the command line', () => {
  it('are listed, adopted before those that ship', async () => {
    expect((await say('pack', 'list')).output).toMatch(/hunan-2018@1#.*started +2018-01-01/);
  });

  it('are adopted by id, always with the hash', async () => {
    const words = ['pack', 'adopt', 'hunan-2018', '--tier', '431000'];
    await expect(say(...words)).rejects.toThrow(/--at/);
    await say(...words, '--at', '2026-04-01');
    expect(heard.at(-1)?.body).toEqual({ pin, convention: 'started', effectiveFrom: '2026-04-01' });
    await expect(say('pack', 'adopt', 'none', '--tier', '431000', '--at', '2026-04-01')).rejects.toThrow(
      /no pack none/,
    );
  });

  it('are adopted whole from a file', async () => {
    const own = { ...strict2026, id: 'chenzhou' };
    const words = ['pack', 'adopt', file(own), '--tier', '431000', '--at', '2026-04-01'];
    await say(...words, '--convention', 'elapsed');
    expect(heard.at(-1)?.body).toEqual({
      ...{ pin: packPin(sha256, own), pack: own, convention: 'elapsed', effectiveFrom: '2026-04-01' },
    });
  });
});
