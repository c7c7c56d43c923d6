import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { auditedTier } from '../../libs/application/test/audited-network.ts';
import {
  city,
  county,
  deliver,
  foundTier,
  opened,
  sampleTier,
  testClock,
  township,
} from '../../libs/application/test/sample-network.ts';
import { hasGo } from '../verifiers/foreign.ts';
import { root } from './pages.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'liandong-audit-page-'));
const files = new Map<string, Uint8Array>();
let caseId = '';

/** The commands a reader is to type, and what they end with in the folder of an export. */
const blocks = [
  ...readFileSync(path.join(root, 'docs/audit.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm),
].map(([, code = '']) => code);

/** `npm run liandong` builds first; what it runs then is run here. */
const preamble = `npm() { while [ "$1" != -- ]; do shift; done; shift; "$NODE" "$CLI" "$@"; }
`;

const type = (code: string) => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${preamble}${code}`], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE: process.execPath,
      CLI: path.join(root, 'apps/cli/dist/main.js'),
      REPOSITORY: root,
    },
  });
  return { status, said: `${stdout}${stderr}` };
};
const blockWith = (text: string): string => blocks.find((block) => block.includes(text)) ?? 'exit 99';

const write = (name: string, bytes: Uint8Array) => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
};
const flip = (name: string, byte: number) =>
  write(
    name,
    files.get(name)!.map((old, n) => (n === byte ? old ^ 1 : old)),
  );
/** With one file changed, which is put back. */
const changed = (name: string, byte: number, code: string) => {
  flip(name, byte);
  try {
    return type(code);
  } finally {
    write(name, files.get(name)!);
  }
};

beforeAll(async () => {
  const clock = testClock();
  const tier = await auditedTier(county, clock);
  const others = [await sampleTier(city, clock), await sampleTier(township, clock)];
  for (const each of [tier, ...others]) await foundTier(each);
  for (const other of others) await deliver(other, tier);
  caseId = await opened(tier);
  await tier.anchor('2026-03-02T02:00:05.000Z');
  for (const [name, bytes] of await tier.export()) {
    files.set(name, bytes);
    write(name, bytes);
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('what docs/audit.md tells an auditor to type', () => {
  const bundle = 'tile/entries/000';

  it('verifies an export with our program, and ends with 1 where a byte was changed', () => {
    const verify = blockWith('audit verify .\n');
    expect(type(verify)).toMatchObject({ status: 0, said: expect.stringContaining('✓') as unknown });
    expect(changed(bundle, 50, verify)).toMatchObject({
      status: 1,
      said: expect.stringContaining('entry-altered') as unknown,
    });
    const json = type(blockWith('--json'));
    expect(json.status).toBe(0);
    expect(JSON.parse(json.said)).toMatchObject({ ok: true });
  }, 60_000);

  it('verifies the signature of the ledger with openssl', () => {
    const code = `set -e\n${blockWith('log.der')}`;
    expect(type(code)).toEqual({ status: 0, said: 'Signature Verified Successfully\n' });
    expect(changed('checkpoint', 30, code).status).not.toBe(0);
  });

  it('verifies the signature of each witness that signed, and says of the other that it did not', () => {
    const code = blockWith('cosignature/v1');
    const { status, said } = type(code);
    expect(status).toBe(0);
    expect(said.match(/Signature Verified Successfully/g)).toHaveLength(3);
    expect(said).toContain('city.test.example: Mon Mar  2 02:00:05 ');
    expect(said).toContain('audit.test.example: not here');
    expect(changed('checkpoint', 30, `set -e\n${code}`).said).not.toContain('Successfully');
  });

  it('finds the hash of the first event in the first tile', () => {
    const code = blockWith('sha256sum');
    expect(type(code)).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^[0-9a-f]{64}\n$/) as unknown,
    });
    expect(changed(bundle, 50, code).status).not.toBe(0);
  });

  if (hasGo())
    it('has Go’s own verifier authenticate every entry', () => {
      const code = `set -e\n${blockWith('tools/verifiers/go')}`;
      expect(type(code)).toMatchObject({
        status: 0,
        said: expect.stringMatching(/\d+ entries\n$/) as unknown,
      });
      expect(changed(bundle, 50, code).status).not.toBe(0);
    }, 300_000);
  else
    it('SKIPPED: no Go 1.24, so its verifier judged nothing', () => {
      process.stderr.write(
        '\nSKIPPED: no Go 1.24 or later on this machine: docs/audit.md is not proven.\n\n',
      );
      expect(process.env['CI']).not.toBe('true');
    });

  it('makes a dossier out of an export', () => {
    const dossier = path.join(folder, 'dossier');
    const command = `npm run -s liandong -- audit dossier ${caseId} . --out ${dossier}`;
    expect(type(command)).toMatchObject({ status: 0, said: expect.stringContaining('1 events') as unknown });
    expect(readFileSync(path.join(dossier, 'index.html'), 'utf8')).toContain(caseId);
    expect(type(command)).toMatchObject({
      status: 1,
      said: expect.stringContaining('not an empty') as unknown,
    });
  }, 60_000);

  it('is also in the README of every export, as far as the shell goes', () => {
    const readme = new TextDecoder().decode(files.get('README'));
    const commands = readme
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .map((line) => line.slice(4));
    const shell = commands.slice(1).join('\n');
    const { status, said } = type(`set -e\n${shell}`);
    expect({ status, said }).toMatchObject({
      status: 0,
      said: expect.stringMatching(/^Signature Verified Successfully\n[0-9a-f]{64} {2}-\n$/) as unknown,
    });
  });
});
