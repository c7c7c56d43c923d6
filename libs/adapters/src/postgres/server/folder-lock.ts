import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

/** One process at a time keeps a server in a folder. Returns what gives the folder back. */
export const lockFolder = (folder: string): (() => void) => {
  const file = `${folder}/owner.pid`;
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${startOf(process.pid) ?? ''}`);
  try {
    return takeLock(folder, file, mine);
  } finally {
    rmSync(mine);
  }
};

const takeLock = (folder: string, file: string, mine: string): (() => void) => {
  for (;;) {
    try {
      // A link appears whole and only if there is none.
      linkSync(mine, file);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!isExisting(error)) throw error;
    }
    const [pid = '', ...started] = readFileSync(file, 'utf8').split(' ');
    if (startOf(Number(pid)) === started.join(' ') && pid !== '')
      throw new Error(
        `数据文件夹 ${folder} 正由进程 ${pid} 使用，请先停止它。` +
          ` The data folder ${folder} is in use by process ${pid}; stop that one first.`,
      );
    rmSync(file, { force: true });
  }
};

const isExisting = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';

/** When a process started: with its id it names one process for ever, since ids are used again. */
export const startOf = (pid: number): string | undefined => {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name, in parentheses, may hold anything; the 20th field after it is the start time.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
};
