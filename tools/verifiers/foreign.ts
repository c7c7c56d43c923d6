import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

/** What a program said of a log. It accepts only by saying so: silence, a failure and a hang refuse. */
export type Verdict = { readonly accepted: boolean; readonly said: string };

const leastGo = [1, 24] as const;

/** Whether there is a Go that can build the verifiers. */
export const hasGo = (): boolean => {
  const { stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const [, major = '0', minor = '0'] = /^go(\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return Number(major) > leastGo[0] || (Number(major) === leastGo[0] && Number(minor) >= leastGo[1]);
};

export type ForeignPrograms = {
  /** golang.org/x/mod/sumdb: opens the note, authenticates every tile and entry. */
  readonly xmod: (folder: string, vkey: string) => Promise<Verdict>;
  /** Tessera: derives the root and every tile again from the entries. */
  readonly fsck: (folder: string, keyFile: string, mostMs: number) => Promise<Verdict>;
  /** torchwood: a tlog-proof under a policy. */
  readonly torchwood: (policyFile: string, proofFile: string, leaf: string) => Promise<Verdict>;
  /** transparency-dev/merkle: one verdict for each claim about a tree. */
  readonly merkle: (claims: readonly object[]) => Promise<readonly boolean[]>;
};

/** A log of golang.org/x/mod that submits itself to a witness; torchwood judges the cosignatures. */
export type ForeignLog = {
  readonly vkey: string;
  readonly submitTo: (witness: { readonly url: string; readonly vkey: string }) => Promise<Verdict>;
};

export const foreignLog = async (bin: string, origin: string): Promise<ForeignLog> => {
  const program = path.join(bin, 'verifier');
  const built = await buildVerifier(bin);
  const made = built.status === 0 ? await run(program, ['key', origin]) : built;
  const [secret, vkey] = made.said.split('\n');
  if (made.status !== 0 || secret === undefined || vkey === undefined)
    throw new Error(`no foreign log was made:\n${made.said}`);
  return {
    vkey,
    submitTo: async (witness) => {
      const { status, said } = await run(program, ['submit', witness.url, secret, witness.vkey]);
      return { accepted: status === 0, said };
    },
  };
};

const buildVerifier = (bin: string) =>
  run('go', ['build', '-mod=readonly', '-o', path.join(bin, 'verifier'), '.'], {
    cwd: path.join(import.meta.dirname, 'go'),
  });

/** Builds all of them into a folder, at the versions pinned in `go/go.mod` and here. */
export const buildPrograms = async (bin: string): Promise<ForeignPrograms> => {
  const built = await Promise.all([
    buildVerifier(bin),
    run('go', ['install', 'github.com/transparency-dev/tessera/cmd/fsck@v1.0.4'], { env: { GOBIN: bin } }),
  ]);
  for (const { status, said } of built)
    if (status !== 0) throw new Error(`the verifiers do not build:\n${said}`);
  const verifier = path.join(bin, 'verifier');
  const verdict = async (args: readonly string[]): Promise<Verdict> => {
    const { status, said } = await run(verifier, args);
    return { accepted: status === 0, said };
  };
  return {
    xmod: (folder, vkey) => verdict(['log', folder, vkey]),
    torchwood: (policyFile, proofFile, leaf) => verdict(['proof', policyFile, proofFile, leaf]),
    // It ends with 0 whatever it found, and may hang: what it says on success is what counts.
    fsck: async (folder, keyFile, mostMs) => {
      const args = ['-ui=false', '-N=2', `-storage_url=file://${folder}/`, `-public_key=${keyFile}`];
      const { said } = await run(path.join(bin, 'fsck'), args, { until: /fsck failed|Successfully/, mostMs });
      return { accepted: /Successfully fsck'd log with size \d+/.test(said), said };
    },
    merkle: async (claims) => {
      const input = claims.map((claim) => `${JSON.stringify(claim, bytesAsBase64)}\n`).join('');
      const { status, said } = await run(verifier, ['tree'], { input });
      if (status !== 0) throw new Error(said);
      return said
        .trim()
        .split('\n')
        .map((line) => line === 'true');
    },
  };
};

const bytesAsBase64 = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;

type Ended = { readonly status: number | null; readonly said: string };

/** Runs a program to its end, or ends it once it said what was waited for or took too long. */
const run = (
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly until?: RegExp;
    readonly mostMs?: number;
  } = {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
    });
    let said = '';
    const timer =
      options.mostMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.mostMs);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (options.until?.test(said)) child.kill('SIGKILL');
      });
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, said });
    });
    // A program that has seen enough may end before it has read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
