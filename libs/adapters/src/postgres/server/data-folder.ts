import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Identity } from './binaries.ts';

/** Makes the folder `data` of a server that never ran. */
export const initialise = async (
  native: string,
  folder: string,
  identity: Identity,
  password: string,
  durable: boolean,
): Promise<void> => {
  // Made apart and renamed, so a first start that was broken off leaves nothing half made; under
  // a name of its own, since what it started may still be writing.
  for (const name of readdirSync(folder))
    if (name.startsWith('new-'))
      rmSync(path.join(folder, name), { recursive: true, force: true, maxRetries: 5 });
  const fresh = ownFolder(mkdtempSync(path.join(folder, 'new-')), identity, 0o700);
  const passwordFile = path.join(folder, 'password.new');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (identity.owner !== undefined) chownSync(passwordFile, identity.owner, identity.owner);
  const args = ['-D', fresh, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // One call for the whole file system, where there is one, in place of one for each of a thousand files.
  const sync = !durable ? '--no-sync' : `--sync-method=${process.platform === 'linux' ? 'syncfs' : 'fsync'}`;
  const [command = '', ...rest] = [...identity.prefix, path.join(native, 'bin/initdb')];
  const child = spawn(command, [...rest, ...args, ...locale, '--no-instructions', sync], {
    ...identity.ids,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env['PATH'] },
  });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  rmSync(passwordFile, { force: true });
  if (code !== 0) throw new Error(`initdb failed (${code}): ${complaint}`);
  renameSync(fresh, path.join(folder, 'data'));
};

const ownFolder = (folder: string, { owner }: Identity, mode: number): string => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  chmodSync(folder, mode);
  if (owner !== undefined) chownSync(folder, owner, owner);
  return folder;
};

/** A socket's path may have 103 bytes (macOS), so a deep folder has its socket elsewhere. */
export const socketFolder = (folder: string, identity: Identity): string => {
  const near = path.join(folder, 'run');
  if (Buffer.byteLength(path.join(near, '.s.PGSQL.5432')) <= 103) return ownFolder(near, identity, 0o755);
  const far = mkdtempSync(path.join(realpathSync(tmpdir()), 'liandong-'));
  return ownFolder(far, identity, 0o755);
};

/** The server that last ran on the data, whether or not it still does. */
export const postmasterOf = (data: string): number | undefined => {
  const file = path.join(data, 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
};

/** No system gives a process so high an id. */
const nobodysPid = 4_194_304;

/**
 * Takes the id of a dead server out of the file it left. By now the id may be another process's,
 * or that of a dead process nobody has taken note of yet, and the next server would take either
 * for a live server. The rest stays: by it the next server sees whether anything of the dead one
 * still holds its memory.
 */
export const nameNobody = (data: string): void => {
  const file = path.join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [nobodysPid, ...rest].join('\n'));
};
