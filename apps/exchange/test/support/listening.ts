import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Where a process listens for TCP connections, `address:port`, as the operating system says. */
export const listeningOf = (pid: number): readonly string[] =>
  existsSync(`/proc/${pid}/fd`) ? fromProc(pid) : fromLsof(pid);

const listenState = '0A';

const fromProc = (pid: number): readonly string[] => {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode === undefined ? [] : [inode];
    }),
  );
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode]) => state === listenState && own.has(inode ?? ''))
      .map(([, local]) => readable(local ?? '')),
  );
};

/** A descriptor may be closed while we look. */
const linkOf = (file: string): string => {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
};

/** `0100007F:9C40` is 127.0.0.1:40000: the address in the machine's byte order, the port in the network's. */
const readable = (local: string): string => {
  const [address = '', port = ''] = local.split(':');
  const bytes = address.length === 8 ? [...Buffer.from(address, 'hex')].reverse().join('.') : address;
  return `${bytes}:${parseInt(port, 16)}`;
};

const fromLsof = (pid: number): readonly string[] =>
  execFileSync('lsof', ['-nP', '-a', '-p', String(pid), '-iTCP', '-sTCP:LISTEN', '-Fn'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.startsWith('n'))
    .map((line) => line.slice(1));
