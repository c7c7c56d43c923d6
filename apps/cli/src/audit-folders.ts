import { sha256 } from '@liandong/adapters/crypto';
import type { ExportFolder, WriteFile } from '@liandong/application';
import { loadPolicy } from '@liandong/contracts';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { complaining, Complaint } from './complaint.ts';

export const emptyFolder = async (out: string | undefined): Promise<string> => {
  if (out === undefined) throw new Complaint('请用 --out 指明目录\n--out <dir> must name a folder.');
  if (existsSync(out) && (await readdir(out)).length > 0)
    throw new Complaint(`${out} 不是空目录\n${out} is not an empty folder.`);
  return out;
};

export const writerTo =
  (folder: string): WriteFile =>
  async (name, bytes) => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  };

export const folderAt = (name: string): ExportFolder => ({
  name,
  readFile: async (file) => {
    try {
      return new Uint8Array(await readFile(path.join(name, file)));
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  },
});

export const policyNamed = (file: string | undefined) => {
  if (file === undefined)
    throw new Complaint(
      '请用 --policy 指明见证策略\nThe configuration has no policyFile: --policy <file> must name the policy of the ledger.',
    );
  return complaining(() => loadPolicy(sha256, file));
};
