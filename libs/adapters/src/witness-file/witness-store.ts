import type { OriginHash, WitnessRecord, WitnessStore } from '@liandong/application';
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { damaged, decodeRecord, encodeRecord } from './record.ts';

type Version = { readonly number: number; readonly record: WitnessRecord };

/**
 * A folder a log, in it one file: the record, named by its version. A new version is
 * written aside, brought to disk, and linked to its name, which fails if the name is
 * taken: so of two processes that share the folder by mistake only one goes on from a
 * version. A folder without a file has lost its record, and says so.
 */
export const fileWitnessStore = async (folder: string): Promise<WitnessStore> => {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder))
    if (name.startsWith(unfinished)) await rm(path.join(folder, name), { recursive: true, force: true });

  const turns = new Map<OriginHash, Promise<unknown>>();
  /** One at a time within the process, so that only other processes make anyone look twice. */
  const inTurn = <Value>(log: OriginHash, work: () => Promise<Value>): Promise<Value> => {
    const mine = (turns.get(log) ?? Promise.resolve()).then(work, work);
    turns.set(log, mine);
    const leave = () => void (turns.get(log) === mine && turns.delete(log));
    mine.then(leave, leave);
    return mine;
  };

  return {
    read: async (log) => (await newest(folder, log))?.record,
    update: (log, look) =>
      inTurn(log, async () => {
        for (;;) {
          const held = await newest(folder, log);
          const { keep, outcome } = look(held?.record);
          if (keep === undefined) return outcome;
          const text = encodeRecord(log, keep);
          const kept =
            held === undefined
              ? await begin(folder, log, text)
              : await follow(folder, log, held.number + 1, text);
          if (kept) return outcome;
        }
      }),
  };
};

const unfinished = '.new-';

const newest = async (folder: string, log: OriginHash): Promise<Version | undefined> => {
  const own = path.join(folder, log);
  for (;;) {
    const numbers = await versionsIn(own);
    if (numbers === undefined) return undefined;
    const [number] = numbers;
    if (number === undefined) throw damaged(own);
    const file = path.join(own, String(number));
    const text = await readFile(file, 'utf8').catch(absent);
    // Somebody put a newer one in its place in between.
    if (text === undefined) continue;
    return { number, record: decodeRecord(log, text, file) };
  }
};

/** Largest first; undefined if there is no folder. */
const versionsIn = async (own: string): Promise<readonly number[] | undefined> => {
  const names = await readdir(own).catch(absent);
  return names
    ?.filter((name) => /^[1-9][0-9]{0,15}$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
};

/** The first record comes with its folder, at once, so that an empty folder is never a beginning. */
const begin = async (folder: string, log: OriginHash, text: string): Promise<boolean> => {
  const aside = path.join(folder, `${unfinished}${randomUUID()}`);
  await mkdir(aside);
  await write(path.join(aside, '1'), text);
  await sync(aside);
  try {
    await rename(aside, path.join(folder, log));
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  await sync(folder);
  return true;
};

const follow = async (folder: string, log: OriginHash, number: number, text: string): Promise<boolean> => {
  const own = path.join(folder, log);
  const aside = path.join(folder, `${unfinished}${randomUUID()}`);
  await write(aside, text);
  try {
    await link(aside, path.join(own, String(number)));
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(aside);
  }
  await sync(own);
  const numbers = (await versionsIn(own)) ?? [];
  // The name was free because two others had come and the first of them was already cleared away.
  if ((numbers[0] ?? 0) > number) return false;
  for (const older of numbers.slice(1)) await unlink(path.join(own, String(older))).catch(absent);
  return true;
};

const write = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const sync = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const absent = (error: unknown): undefined => {
  if (!hasCode(error, 'ENOENT')) throw error;
};

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
