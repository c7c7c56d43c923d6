import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OriginHash, Witness } from '@liandong/application';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { witnessHandler } from './witness-http.ts';

const log = 'ab'.repeat(32);
const asked: string[] = [];
const failures: unknown[] = [];

const saying = (name: string): Witness => ({
  key: undefined as never,
  addCheckpoint: async (body) => {
    const text = Buffer.from(body).toString();
    if (text === 'break') throw new Error('the disk is full');
    asked.push(`${name} ${text.length}`);
    return { status: 409, contentType: 'text/x.tlog.size', body: '7\n' };
  },
  checkpoint: async (of: OriginHash) => ({ status: 200, body: `${name} head of ${of}\n` }),
  splitView: async (of: OriginHash) => ({ status: 404, body: `${name} none of ${of}\n` }),
});

let server: Server;
let base: string;
beforeAll(async () => {
  const witnesses = new Map([
    ['', saying('main')],
    ['archive', saying('archive')],
  ]);
  server = createServer(witnessHandler(witnesses, (error) => failures.push(error)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const post = (way: string, body: string) => fetch(`${base}${way}`, { method: 'POST', body });

describe('a witness over HTTP', () => {
  it('passes submissions to the witness the path names, and its answer back whole', async () => {
    const response = await post('/archive/add-checkpoint', 'old 0\n');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '7\n',
    ]);
    await post('/add-checkpoint', 'old 12\n');
    expect(asked).toEqual(['archive 6', 'main 7']);
  });

  it('shows heads and evidence', async () => {
    expect(await (await fetch(`${base}/${log}/checkpoint`)).text()).toBe(`main head of ${log}\n`);
    const evidence = await fetch(`${base}/archive/${log}/split-view`);
    expect([evidence.status, await evidence.text()]).toEqual([404, `archive none of ${log}\n`]);
    const head = await fetch(`${base}/${log}/checkpoint`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await fetch(`${base}/health/live`)).status).toBe(200);
  });

  it.each([
    '/',
    '/nobody/add-checkpoint',
    '/add-checkpoint/',
    '/archive',
    `/${'AB'.repeat(32)}/checkpoint`,
    `/../${log}/checkpoint/..`,
  ])('has nothing at %s', async (way) => {
    expect((await fetch(`${base}${way}`)).status).toBe(404);
  });

  it('names the methods it takes', async () => {
    const wrong = [await fetch(`${base}/add-checkpoint`), await post(`/${log}/checkpoint`, '')];
    expect(wrong.map(({ status, headers }) => [status, headers.get('allow')])).toEqual([
      [405, 'POST'],
      [405, 'GET, HEAD'],
    ]);
  });

  it('reads 16 KiB and not a byte more, whether the length was told or not', async () => {
    asked.length = 0;
    expect((await post('/add-checkpoint', 'x'.repeat(16_384))).status).toBe(409);
    expect((await post('/add-checkpoint', 'x'.repeat(16_385))).status).toBe(413);
    const untold = await new Promise<string>((resolve, reject) => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      let said = '';
      socket.on('data', (part) => (said += part.toString()));
      socket.on('close', () => resolve(said));
      socket.on('error', (error) => (said === '' ? reject(error) : resolve(said)));
      socket.write('POST /add-checkpoint HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
      socket.write(`5000\r\n${'x'.repeat(0x5000)}\r\n`);
    });
    expect(untold).toMatch(/^HTTP\/1.1 413 /);
    expect(asked).toEqual(['main 16384']);
  });

  it('says nothing of why it failed to the caller, and all of it to its operator', async () => {
    const response = await post('/add-checkpoint', 'break');
    expect([response.status, await response.text()]).toEqual([500, 'the witness failed\n']);
    expect(failures).toEqual([new Error('the disk is full')]);
  });
});
