import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Once the main job is through, later starts of the network leave it alone. */
const mark = (folder: string) => path.join(folder, 'main-job-finished');

export const finished = (folder: string): boolean => existsSync(mark(folder));

export const keepFinished = (folder: string): void => {
  writeFileSync(mark(folder), '');
};
