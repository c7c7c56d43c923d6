import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';
import { commands } from './commands.ts';
import { Complaint } from './complaint.ts';

/** Services that answer whatever a test wants: what real ones rarely do. */
let server: Server;
let folder: string;
let base: string;
let answers: Map<string, { status?: number; body: unknown }>;
let heard: { url: string; authorization: string | undefined; body: string }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const { method, url = '', headers } = request;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      heard.push({ url, authorization: headers.authorization, body });
      const [place = ''] = url.split('?');
      const answer = answers.get(`${method} ${url}`) ??
        answers.get(`${method} ${place}`) ?? { status: 404, body: { title: '未找到' } };
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(path.join(tmpdir(), 'cli-line-'));
});
beforeEach(() => {
  answers = new Map();
  heard = [];
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
});

const network = (...tiers: string[]): NodeJS.ProcessEnv => {
  const file = path.join(folder, 'addresses.json');
  const each = tiers.map((tier) => ({ tier, approval: `${base}/${tier}`, exchange: `${base}/${tier}` }));
  writeFileSync(file, JSON.stringify({ network: 'n.example', tiers: each }));
  return { LIANDONG_NETWORK: file };
};
const say = (...words: string[]) => run([...words, '--token', 'mine'], network('431000', '431021'));
const caseId = `case-${'0a'.repeat(16)}`;

describe('the command line', () => {
  it('lists every command with its words, in both languages', async () => {
    for (const words of [[], ['--help'], ['case', 'list', '--help']]) {
      const { output, exitCode } = await run(words, {});
      expect(exitCode).toBe(0);
      for (const [name, { zh, en }] of Object.entries(commands))
        for (const part of [name, zh, en]) expect(output).toContain(part);
    }
  });

  it.each([
    [['frobnicate'], /There is no command frobnicate[\s\S]*parked redrive/],
    [['case'], /There is no command case\.[\s\S]*case list[\s\S]*case show/],
    [['case', 'drop'], /There is no command case drop/],
    [['toString'], /There is no command toString/],
    [['tiers', 'extra'], /too much: extra[\s\S]*tiers/],
    [['case', 'show', caseId, 'x', 'y'], /too much: x y/],
    [['tiers', '--nonsense'], /--nonsense/],
    [['case', 'list', '--limit'], /--limit/],
    [['case', 'show'], /The id of the case is missing/],
    [['case', 'show', 'case-1'], /case-1 is no case id/],
    [['case', 'replay', caseId, '--at', 'yesterday'], /--at yesterday: a moment with its time zone/],
    [['case', 'replay', caseId, '--at', '2026-03-02T10:00:00'], /a moment with its time zone/],
    [['parked', 'redrive'], /--tier <code> must say/],
    [['parked', 'redrive', '431021', '--tier', '431000'], /\(nothing\) is no number/],
    [['parked', 'redrive', '431021', '0', '--tier', '431000'], /0 is no number/],
    [['parked', 'redrive', '431021', '1.0', '--tier', '431000'], /1\.0 is no number/],
    [['parked', 'redrive', 'x', '1', '--tier', '431000'], /x is no tier/],
    [['parked', 'redrive', caseId, '1', '--tier', '431000'], /too much: 1/],
    [['links', 'resume', '--tier', '431000'], /\(nothing\) is no tier/],
    [['parked', 'redrive', '431021', '1', 'x', 'y', '--tier', '431000'], /too much: y/],
    [['links', '--tier', '430000'], /430000 is not in this network: 431000, 431021/],
  ])('complains about %j in words, and asks nobody', async (words, message) => {
    const asking = say(...words);
    await expect(asking).rejects.toThrow(Complaint);
    await expect(asking).rejects.toThrow(message);
    expect(heard).toEqual([]);
  });

  it('says which service cannot be reached', async () => {
    const file = path.join(folder, 'gone.json');
    const gone = { tier: '431000', approval: 'http://127.0.0.1:1', exchange: 'http://127.0.0.1:1' };
    writeFileSync(file, JSON.stringify({ network: 'n.example', tiers: [gone] }));
    await expect(run(['tiers', '--token', 't', '--network', file], {})).rejects.toThrow(
      /http:\/\/127\.0\.0\.1:1\/v1\/tier cannot be reached/,
    );
  });

  it('asks for a token where no issuer gives one', async () => {
    await expect(run(['tiers'], network('431000'))).rejects.toThrow(/pass --token/);
    await expect(run(['token', 'auditor'], network('431000'))).rejects.toThrow(/pass --token/);
  });

  it('bears the token it is given', async () => {
    answers.set('GET /431000/links', { body: { tier: '431000', drained: true, waiting: 0, parked: 0 } });
    await say('links', '--tier', '431000');
    expect(heard.map(({ authorization }) => authorization)).toEqual(['Bearer mine']);
  });

  it('shows why a link ended or stopped, and what was reported', async () => {
    const link = { peer: '431021', direction: 'down', connected: false };
    const stop = { ...link, lastEnd: 'stopped seal-forged', stopped: 'seal-forged: entry 7 of 431021' };
    const incident = {
      code: 'seal-forged',
      peer: '431021',
      detail: 'entry 7',
      at: '2026-03-02T01:00:00.000Z',
    };
    const report = { tier: '431000', drained: false, waiting: 1, parked: 2, links: [stop] };
    answers.set('GET /431000/links', { body: { ...report, incidents: [incident] } });
    const { output } = await say('links', '--tier', '431000');
    expect(output).toMatch(/431000 +有积压 behind +等待 waiting 1 +暂存 parked 2/);
    expect(output).toMatch(/431021 +down +否 no +stopped seal-forged +seal-forged: entry 7 of 431021/);
    expect(output).toMatch(/事故 incident[^]*seal-forged +431021 +entry 7 +2026-03-02/);
  });

  it('passes on what a service refuses, in both languages and field by field', async () => {
    const errors = [{ field: '/limit', rule: 'invalid-format', detail: 'a number from 1 to 200' }];
    const body = {
      title: '请求内容不符合规则',
      titleEn: 'The request breaks a rule',
      code: 'invalid',
      errors,
    };
    answers.set('GET /431000/v1/cases', { status: 422, body });
    await expect(say('case', 'list', '--limit', 'x')).rejects.toThrow(
      '422 请求内容不符合规则 · The request breaks a rule\n  /limit: a number from 1 to 200\n  invalid',
    );
  });

  it('says so when what answers is no service of ours', async () => {
    answers.set('GET /431000/v1/cases', { status: 502, body: '<html>' });
    await expect(say('case', 'list')).rejects.toThrow(/^502 服务拒绝 · the service refused$/);
  });

  it('ends with 1 when two tiers replay a case differently', async () => {
    const known = { status: 'inReview', registered: 2, revision: 2 };
    for (const [tier, digest] of [
      ['431000', 'aa'],
      ['431021', 'bb'],
    ])
      for (const where of ['', '/replay'])
        answers.set(`GET /${tier}/v1/cases/${caseId}${where}`, { body: { ...known, digest } });
    const { output, exitCode } = await say('case', 'replay', caseId);
    expect(exitCode).toBe(1);
    expect(output).toContain('they differ');
    expect((await say('case', 'replay', caseId, '--tier', '431000')).exitCode).toBe(0);
  });

  it('ends with 1 when a replay differs from what the service shows', async () => {
    const known = { status: 'inReview', registered: 2, revision: 2 };
    answers.set(`GET /431000/v1/cases/${caseId}`, { body: { ...known, digest: 'shown' } });
    answers.set(`GET /431000/v1/cases/${caseId}/replay`, { body: { ...known, digest: 'replayed' } });
    expect((await say('case', 'replay', caseId, '--tier', '431000')).exitCode).toBe(1);
  });

  it('shows what is parked, and tries again all, one event or one stream', async () => {
    const event = {
      author: '431021',
      number: 7,
      type: 'liandong.case.noted.v1',
      reason: 'schema',
      since: 's',
    };
    const former = { ...event, number: 9, epoch: 1 };
    const stream = { handler: 'views', stream: caseId, reason: 'broken', since: 's', attempts: 3 };
    answers.set('GET /431000/parked', { body: { items: [event, former] } });
    answers.set('GET /431021/parked', { body: { items: [] } });
    const record = { peer: '431021', reason: 'record 5: content-type is missing', at: 's', bytes: 'Bw==' };
    answers.set('GET /431000/parked/records', { body: { items: [record] } });
    answers.set('GET /431021/parked/records', { body: { items: [] } });
    answers.set('GET /431000/v1/parked', { body: { items: [] } });
    const other = { ...stream, stream: `case-${'9'.repeat(32)}` };
    answers.set('GET /431021/v1/parked', { body: { items: [stream], nextCursor: 'next' } });
    answers.set('GET /431021/v1/parked?cursor=next', { body: { items: [other] } });
    const { output } = await say('parked', 'list');
    expect(output).toMatch(/431000 +431021 +7 +liandong\.case\.noted\.v1 +schema/);
    expect(output).toMatch(/431000 +431021 +1\.9 +liandong\.case\.noted\.v1 +schema/);
    expect(output).toMatch(new RegExp(`431021 +views +${caseId} +3 +broken`));
    expect(JSON.parse((await say('parked', 'list', '--json')).output)).toEqual([
      { tier: '431000', events: [event, former], records: [record], streams: [] },
      { tier: '431021', events: [], records: [], streams: [stream, other] },
    ]);
    expect(output).toMatch(/431000 +431021 +record 5: content-type is missing/);
    const bytes = Buffer.from('{"type":"x"}\u001b[2J').toString('base64');
    answers.set('GET /431000/parked/431021/7', { body: { ...event, bytes } });
    answers.set('GET /431000/parked/431021/7?epoch=1', { body: { ...event, epoch: 1, bytes } });
    expect((await say('parked', 'show', '431021', '1.7', '--tier', '431000')).output).toContain('epoch: 1');
    const { output: whole } = await say('parked', 'show', '431021', '7', '--tier', '431000');
    expect(whole).toMatch(/reason: schema[\s\S]*\{"type":"x"\}\ufffd\[2J/);

    const imported = { items: [{ author: '431021', number: 7, state: 'imported' }] };
    const released = { items: [{ handler: 'views', stream: caseId, state: 'released' }] };
    answers.set('POST /431000/parked/redrive', { body: imported });
    answers.set('POST /431000/v1/parked/redrive', { body: released });
    const all = (await say('parked', 'redrive', '--tier', '431000')).output;
    expect(all).toMatch(/431021 7 +imported/);
    expect(all).toMatch(new RegExp(`views ${caseId} +released`));
    await say('parked', 'redrive', '431021', '7', '--tier', '431000');
    await say('parked', 'redrive', caseId, '--tier', '431000');
    await say('parked', 'redrive', '431021', '1.7', '--tier', '431000');
    const asked = heard.filter(({ url }) => url.endsWith('redrive'));
    expect(asked.map(({ url, body }) => [url, JSON.parse(body)])).toEqual([
      ['/431000/parked/redrive', {}],
      ['/431000/v1/parked/redrive', {}],
      ['/431000/parked/redrive', { author: '431021', number: 7 }],
      ['/431000/v1/parked/redrive', { stream: caseId }],
      ['/431000/parked/redrive', { author: '431021', number: 7, epoch: 1 }],
    ]);
  });
});
