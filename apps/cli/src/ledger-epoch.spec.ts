import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { loadTierConfig } from '@liandong/contracts';
import { utf8 } from '@liandong/kernel';
import { parsePolicy } from '@liandong/ledger';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cli-epoch-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const written = (name: string, json: unknown): string => {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(json));
  return file;
};

describe('ledger next-epoch', () => {
  const founded = async (): Promise<string> => {
    const identity = { issuer: 'https://l.example', audience: 'a', jwksUrl: 'https://l.example/jwks' };
    const plan = {
      ...{ network: 'approvals.example', witnessPort: 8085 },
      tiers: [{ tier: '431000', name: '郴州市', database: 'db:5432', settings: { identity } }],
      witnesses: Object.fromEntries(
        ['audit-office', 'archive', 'province', '431000'].map((name) => [name, `http://${name}:8085`]),
      ),
    };
    const out = path.join(folder, 'network');
    const { output } = await run(
      ['network', 'found', written('plan.json', plan), '--out', out, '--json'],
      {},
    );
    return (JSON.parse(output) as { files: string[] }).files[0]!;
  };

  it('prints what everybody must be told, from which the file makes a tier in that epoch, and changes nothing', async () => {
    const file = await founded();
    const before = readFileSync(file, 'utf8');
    const said = JSON.parse((await run(['ledger', 'next-epoch', '--config', file, '--json'], {})).output) as {
      readonly origin: string;
      readonly logKey: string;
      readonly member: { readonly epoch: number; readonly policy: string; readonly earlier: object[] };
    };
    expect(said).toMatchObject({
      tier: '431000',
      origin: 'approvals.example/431000/2',
      member: { epoch: 2 },
    });
    const first = loadTierConfig(file).members[0]!.policy;
    expect(said.member.earlier).toEqual([{ epoch: 1, policy: first }]);
    const [old, next] = [first, said.member.policy].map((text) => {
      const policy = parsePolicy(sha256, utf8(text));
      if (!policy.ok) throw new Error(policy.refusal.rule);
      return policy.value;
    });
    expect(said.member.policy).toContain(`log ${said.logKey}\n`);
    expect(next!.logs).toHaveLength(1);
    expect(next!.logs[0]!.key).toMatchObject({ name: said.origin, publicKey: old!.logs[0]!.key.publicKey });
    expect([next!.witnesses, next!.quorum]).toEqual([old!.witnesses, old!.quorum]);
    expect(readFileSync(file, 'utf8')).toBe(before);

    const json = JSON.parse(before) as { readonly members: readonly object[] };
    const members = [{ ...json.members[0], ...said.member }];
    writeFileSync(file, JSON.stringify({ ...json, epoch: 2, members }));
    const again = await run(['ledger', 'next-epoch', '--config', file], {});
    expect(again.output).toContain('approvals.example/431000/3+');
    expect(again.output).toMatch(/"epoch": 1,[^]*"epoch": 2,/);
  });

  it('needs a file', async () => {
    await expect(run(['ledger', 'next-epoch'], {})).rejects.toThrow(/--config <file> must name/);
  });
});

describe('ledger open-epoch', () => {
  const root = 'ab'.repeat(32);
  const leaf = { seq: 7, bytes: 'AA==' };
  const pages: Readonly<Record<string, unknown>> = {
    'GET /own/links': { ledger: { origin: 'n.example/431021/3' } },
    'GET /city/links/431021/received?from=0&epoch=2': { items: [leaf], next: 8 },
    'GET /city/links/431021/received?from=8&epoch=2': { items: [] },
    'POST /own/ledger/n.example/431021/2/returned': {},
    'POST /own/ledger/n.example/431021/3/open': { epoch: 3, returned: 1, carried: 2, lost: 0 },
  };
  const refused = { code: 'not-the-cosigned-head', title: '不是见证最后会签的账本头', size: 9, root };
  let answers: Readonly<Record<string, unknown>>;
  let heard: { readonly asked: string; readonly body: unknown }[];
  let server: Server;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const asked = `${request.method} ${request.url}`;
        if (body !== '') heard.push({ asked, body: JSON.parse(body) });
        const answer = answers[asked];
        const status = answer === undefined ? 404 : answer === refused ? 409 : 200;
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer ?? { title: '未找到' }));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const at = (tier: string, name: string) => ({ tier, approval: base, exchange: `${base}/${name}` });
    const tiers = [at('431000', 'city'), at('431021', 'own'), at('431021106', 'town')];
    written('addresses.json', { network: 'n.example', tiers });
  });
  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });
  beforeEach(() => {
    [answers, heard] = [pages, []];
  });
  const open = (...words: string[]) =>
    run(['ledger', 'open-epoch', ...words, '--token', 'mine'], {
      LIANDONG_NETWORK: path.join(folder, 'addresses.json'),
    });

  it('hands the old ledger what others still have, then opens the new one at the head that is named', async () => {
    const { output } = await open('9', root, '备份已旧', '--tier', '431021');
    expect(heard).toEqual([
      { asked: 'POST /own/ledger/n.example/431021/2/returned', body: { items: [leaf], next: 8 } },
      {
        asked: 'POST /own/ledger/n.example/431021/3/open',
        body: { previous: { size: 9, root }, reason: '备份已旧' },
      },
    ]);
    expect(output).toContain('第 3 期已开启 · epoch 3 is open');
    expect(output).toMatch(/returned 1 .*carried 2 .*lost 0/);
    expect(output).toContain('431021106：未应答 did not answer');
  });

  it('passes a refusal on', async () => {
    answers = { ...pages, 'POST /own/ledger/n.example/431021/3/open': refused };
    await expect(open('9', root, '备份已旧', '--tier', '431021')).rejects.toThrow(/not-the-cosigned-head/);
  });

  it('asks nobody without a tier, a size, a root and a reason', async () => {
    await expect(open('9', root, '备份已旧')).rejects.toThrow(/at which tier/);
    for (const words of [
      [],
      ['9'],
      ['9', root],
      ['nine', root, 'r'],
      ['9', 'ab', 'r'],
      ['9', root.toUpperCase(), 'r'],
    ])
      await expect(open(...words, '--tier', '431021')).rejects.toThrow(/how many leaves, which root/);
    expect(heard).toEqual([]);
  });
});
