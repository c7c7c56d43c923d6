import { afterAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { formatVKey, makeVKey } from '@liandong/ledger';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadPolicy } from './ledger-policy.ts';
import { loadWitnessConfig, parseWitnessConfig } from './witness-config.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'witness-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keyOf = (name: string, type: 'ed25519' | 'cosignature', byte: number) =>
  formatVKey({ ...makeVKey(sha256, name, type, new Uint8Array(32).fill(byte)), type });
const log = keyOf('test.example/431021/1', 'ed25519', 1);
const cosigner = keyOf('archive.example/witness', 'cosignature', 2);

const one = { name: 'archive.example/witness', keyFile: 'archive.pem', folder: 'archive', logs: [log] };
const two = {
  name: 'audit.example/witness',
  path: 'audit',
  keyFile: 'audit.pem',
  folder: 'audit',
  logs: [log],
};
const whole = { listen: { host: '127.0.0.1', port: 0 }, witnesses: [one, two] };

const problemsOf = (json: unknown) => {
  const parsed = parseWitnessConfig(sha256, json, folder);
  return parsed.ok ? [] : parsed.refusal.problems;
};

describe('the configuration of witnesses', () => {
  it('names for each its key, its memory, its place and its logs', () => {
    const parsed = parseWitnessConfig(sha256, whole, folder);
    expect(parsed.ok && parsed.value.witnesses[1]).toMatchObject({
      name: 'audit.example/witness',
      path: 'audit',
      keyFile: path.join(folder, 'audit.pem'),
      folder: path.join(folder, 'audit'),
      logs: [{ name: 'test.example/431021/1', type: 'ed25519' }],
    });
  });

  it.each([
    ['a witness’s key for a log’s', { logs: [cosigner] }, 'witnesses.1.logs.0'],
    ['a key that was altered', { logs: [log.replace(/A/, 'B')] }, 'witnesses.1.logs.0'],
    ['no log', { logs: [] }, 'witnesses.1.logs'],
    ['a name no note can bear', { name: 'a b' }, 'witnesses.1.name'],
    ['the name of another', { name: one.name }, 'witnesses.1.name'],
    ['the key of another', { keyFile: './archive.pem' }, 'witnesses.1.keyFile'],
    ['the memory of another', { folder: 'audit/../archive' }, 'witnesses.1.folder'],
    ['a path with a slash', { path: 'a/b' }, 'witnesses.1.path'],
    ['a member nobody knows', { keyfile: 'x' }, 'witnesses.1'],
  ])('refuses %s', (_, change, field) => {
    const problems = problemsOf({ ...whole, witnesses: [one, { ...two, ...change }] });
    expect(problems.map((problem) => problem.field)).toEqual([field]);
  });

  it('refuses two witnesses at one place', () => {
    const { path: _, ...nowhere } = two;
    expect(problemsOf({ ...whole, witnesses: [one, nowhere] })).toMatchObject([
      { field: 'witnesses.1.path', rule: expect.stringContaining('is another witness’s') as unknown },
    ]);
  });

  it('is read from a file, and a bad one tells the operator every field', () => {
    const file = path.join(folder, 'witness.json');
    writeFileSync(file, JSON.stringify(whole));
    expect(loadWitnessConfig(sha256, file).witnesses).toHaveLength(2);
    writeFileSync(file, JSON.stringify({ ...whole, witnesses: [{ ...one, name: '' }], port: 1 }));
    expect(() => loadWitnessConfig(sha256, file)).toThrow(/witnesses\.0\.name[^]*\(whole file\)/);
    expect(() => loadWitnessConfig(sha256, path.join(folder, 'none.json'))).toThrow(/cannot read/);
  });
});

describe('a policy file', () => {
  it('is read, and a bad one tells the line', () => {
    const file = path.join(folder, 'policy');
    writeFileSync(file, `# 政策\nlog ${log}\nwitness archive ${cosigner}\nquorum archive\n`);
    expect(loadPolicy(sha256, file).quorum?.name).toBe('archive');
    writeFileSync(file, `log ${log}\nwitness archive ${cosigner}\nquorum nobody\n`);
    expect(() => loadPolicy(sha256, file)).toThrow(/line 3: name-unknown/);
  });
});
