import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OriginHash } from '@liandong/application';
import { witnessStoreContract } from '@liandong/testing';
import { mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileSplitViews } from './split-views.ts';
import { fileWitnessStore } from './witness-store.ts';

const folders: string[] = [];
const newFolder = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'witness-'));
  folders.push(folder);
  return folder;
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

witnessStoreContract('files', async () => {
  const folder = await newFolder();
  return {
    store: await fileWitnessStore(folder),
    another: () => fileWitnessStore(folder),
    close: async () => {},
  };
});

const log = 'ab'.repeat(32) as OriginHash;
const other = 'cd'.repeat(32) as OriginHash;
const keep = (text: string) => () => ({ keep: { note: Buffer.from(text) }, outcome: text });
const textOf = (note: Uint8Array | undefined) => note && Buffer.from(note).toString();

describe('the files of a witness', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
    const store = await fileWitnessStore(folder);
    for (const text of ['one\n', 'two\n', 'three\n']) await store.update(log, keep(text));
    await store.update(other, keep('other\n'));
  });
  const only = async () => path.join(folder, log, (await readdir(path.join(folder, log)))[0]!);
  const refusing = async () => {
    const store = await fileWitnessStore(folder);
    await expect(store.read(log)).rejects.toThrow(/damaged/);
    await expect(store.update(log, keep('four\n'))).rejects.toThrow(/damaged/);
    expect(textOf((await store.read(other))?.note)).toBe('other\n');
  };

  it('are one a log, whatever came before', async () => {
    expect(await readdir(path.join(folder, log))).toEqual(['3']);
    expect((await readdir(folder)).toSorted()).toEqual([log, other]);
    expect(textOf((await (await fileWitnessStore(folder)).read(log))?.note)).toBe('three\n');
  });

  it('are refused when a byte of one was changed, and nothing takes its place', async () => {
    const file = await only();
    await writeFile(file, (await readFile(file, 'utf8')).replace('three', 'seven'));
    await refusing();
  });

  it('are refused when one was cut short, even to nothing', async () => {
    await truncate(await only(), 100);
    await refusing();
    await truncate(await only(), 0);
    await refusing();
  });

  it('are refused when one belongs to another log', async () => {
    await writeFile(await only(), await readFile(path.join(folder, other, '1')));
    await refusing();
  });

  it('are refused when one is gone: a witness without its record would begin again from nothing', async () => {
    await unlink(await only());
    await refusing();
  });

  it('that a crash left unfinished are nothing, and are cleared away', async () => {
    await writeFile(path.join(folder, '.new-half'), 'half');
    expect(textOf((await (await fileWitnessStore(folder)).read(log))?.note)).toBe('three\n');
    expect(await readdir(folder)).not.toContain('.new-half');
  });
});

describe('the evidence files', () => {
  it('hold the first bundle against a log, over a restart', async () => {
    const folder = path.join(await newFolder(), 'evidence');
    expect(await fileSplitViews(folder).find(log)).toBeUndefined();
    await fileSplitViews(folder).keep(log, Buffer.from('first'));
    await fileSplitViews(folder).keep(log, Buffer.from('second'));
    expect(textOf(await fileSplitViews(folder).find(log))).toBe('first');
    expect(await readdir(folder)).toEqual([`${log}.split-view`]);
  });
});
