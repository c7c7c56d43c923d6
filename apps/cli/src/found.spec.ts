import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from './command-line.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'liandong-found-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const identity = { issuer: 'https://login.example', audience: 'a', jwksUrl: 'https://login.example/jwks' };
const plan = {
  network: 'approvals.example',
  tiers: [{ tier: '431000', name: '郴州市', database: 'db:5432', settings: { identity } }],
  witnesses: Object.fromEntries(
    ['audit-office', 'archive', 'province', '431000'].map((name) => [name, `http://${name}:8085`]),
  ),
  witnessPort: 8085,
};
const written = (name: string, json: unknown): string => {
  const file = path.join(folder, name);
  writeFileSync(file, JSON.stringify(json));
  return file;
};
const foundedTier = async (): Promise<string> => {
  const out = path.join(folder, 'network');
  const { output } = await run(['network', 'found', written('plan.json', plan), '--out', out, '--json'], {});
  return (JSON.parse(output) as { files: string[] }).files[0]!;
};
const check = (...words: string[]) => run(['config', 'check', ...words], {});

describe('founding a network from a plan', () => {
  it('writes files that the check finds nothing wrong with', async () => {
    const file = await foundedTier();
    expect(await check(file)).toMatchObject({ exitCode: 0, output: expect.stringContaining('✓') as unknown });
    expect(JSON.parse((await check(file, '--json')).output)).toEqual({ ok: true, file, problems: [] });
  });

  it('names what is wrong with the plan, in both languages, and what is not said', async () => {
    const bad = written('bad.json', { ...plan, witnesses: {}, colour: 'red' });
    await expect(run(['network', 'found', bad, '--out', folder], {})).rejects.toThrow(/colour/);
    await expect(run(['network', 'found'], {})).rejects.toThrow(/which plan and where to/);
    const file = written('plan.json', plan);
    await expect(run(['network', 'found', file, '--out', folder, '--engine', 'steam'], {})).rejects.toThrow(
      /no engine steam: it knows none/,
    );
  });

  it('refuses a plan whose settings make no tier', async () => {
    const [tier] = plan.tiers;
    const wrong = written('plan.json', { ...plan, tiers: [{ ...tier, settings: { colour: 'red' } }] });
    await expect(run(['network', 'found', wrong, '--out', path.join(folder, 'w')], {})).rejects.toThrow(
      /tier\.json.*\n.*colour/,
    );
  });
});

describe('the check of a configuration', () => {
  it('ends with 1 and lists every problem, with its field and what was found', async () => {
    const file = await foundedTier();
    const json = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...json, tier: '43', epoch: 'hunter2-is-my-password-of-long' }));
    const { exitCode, output } = await check(file);
    expect(exitCode).toBe(1);
    expect(output).toContain('2 个问题 · problems');
    expect(output).toMatch(/tier: 6 或 9 位区划代码 · a division code of 6 or 9 digits — 实际 found: "43"/);
  });

  it('looks at the files too, for one service or for all', async () => {
    const file = await foundedTier();
    const pem = path.join(path.dirname(file), 'approval.pem');
    writeFileSync(pem, 'no key');
    expect(await check(file)).toMatchObject({
      exitCode: 1,
      output: expect.stringMatching(/keyFiles\.approval/) as unknown,
    });
    expect(await check(file, '--service', 'exchange')).toMatchObject({ exitCode: 0 });
    rmSync(pem);
    await foundedTier();
    expect(await check(file)).toMatchObject({ exitCode: 0 });
  });

  it('says what it cannot read, and what it is not told', async () => {
    const file = written('cut.json', plan);
    appendFileSync(file, '}');
    await expect(check(file)).rejects.toThrow(/cut\.json cannot be read/);
    await expect(check()).rejects.toThrow(/Say which file/);
    await expect(check(file, '--service', 'console')).rejects.toThrow(/console is none of approval/);
  });
});

describe('preparing a tier', () => {
  it('asks for its directory and its configuration, and names what is wrong with them', async () => {
    const file = await foundedTier();
    await expect(run(['tier', 'prepare', '--config', file], {})).rejects.toThrow(/which directory/);
    const directory = written('directory.json', { level: 'realm' });
    await expect(run(['tier', 'prepare', directory, '--config', file], {})).rejects.toThrow(/level: /);
  });
});
