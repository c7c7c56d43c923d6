import type { OriginHash, SplitViews } from '@liandong/application';
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import path from 'node:path';

/** One bundle a log: `<hash of the origin>.split-view`, in the form anyone can verify offline. */
export const fileSplitViews = (folder: string): SplitViews => {
  const fileOf = (log: OriginHash) => path.join(folder, `${log}.split-view`);
  return {
    keep: async (log, evidence) => {
      await mkdir(folder, { recursive: true });
      const aside = path.join(folder, `.new-${randomUUID()}`);
      await synced(aside, 'wx', (handle) => handle.writeFile(evidence));
      try {
        await link(aside, fileOf(log));
      } catch (error) {
        if (!hasCode(error, 'EEXIST')) throw error;
      } finally {
        await unlink(aside);
      }
      await synced(folder, 'r', async () => {});
    },
    find: async (log) => {
      try {
        return new Uint8Array(await readFile(fileOf(log)));
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
  };
};

const synced = async (
  file: string,
  flags: string,
  work: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> => {
  const handle = await open(file, flags, 0o600);
  try {
    await work(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
