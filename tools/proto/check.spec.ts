import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

let house: string;

/** The check itself, in a house of its own, over one protobuf file. */
beforeAll(() => {
  house = mkdtempSync(path.join(os.tmpdir(), 'liandong-proto-'));
  mkdirSync(path.join(house, 'proto/liandong/sample/v1'), { recursive: true });
  cpSync(path.resolve('buf.yaml'), path.join(house, 'buf.yaml'));
  cpSync(path.resolve('tools/proto'), path.join(house, 'tools/proto'), { recursive: true });
  symlinkSync(path.resolve('node_modules'), path.join(house, 'node_modules'), 'dir');
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

const write = (...fields: readonly string[]) =>
  writeFileSync(
    path.join(house, 'proto/liandong/sample/v1/sample.proto'),
    `syntax = "proto3";\n\npackage liandong.sample.v1;\n\nmessage Sample {\n${fields.map((field) => `  ${field}\n`).join('')}}\n`,
  );

const check = (...args: readonly string[]) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [path.join(house, 'tools/proto/check.mjs'), ...args],
    {
      encoding: 'utf8',
    },
  );
  return { status, stdout };
};

describe('npm run proto', () => {
  it('asks for a baseline where there is none', () => {
    write('string name = 1;');
    expect(check()).toEqual({ status: 1, stdout: expect.stringContaining('--update') });
  });

  it('lets an addition pass and refuses what a peer would misread', () => {
    write('string name = 1;');
    expect(check('--update').status).toBe(0);
    expect(check().status).toBe(0);

    write('string name = 1;', 'string note = 2;');
    expect(check().status).toBe(0);

    write('uint32 name = 1;');
    expect(check()).toEqual({ status: 1, stdout: expect.stringContaining('no longer understand') });
  });

  it('refuses what the style does not allow, and does not publish it', () => {
    write('string Name = 1;');
    expect(check().status).toBe(1);
    expect(check('--update').status).toBe(1);
  });
});
