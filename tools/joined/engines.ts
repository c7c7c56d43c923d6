import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const here = import.meta.dirname;
const cache = path.resolve(here, '../../node_modules/.cache/joined');

const answers = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** Java with its compiler, since the program is one source file; Maven for what it needs. */
export const hasJava = () => answers('javac', '-version') && answers('mvn', '-version');
export const hasPython = () => answers('python3', '-m', 'pip', '--version');

export type Program = (args: readonly string[], input?: string) => Promise<string>;

/** Says why it failed by what it wrote; resolves with what it said. */
const run = (
  command: string,
  args: readonly string[],
  input = '',
  env: NodeJS.ProcessEnv = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    let [said, complained] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
    child.on('error', reject);
    child.on('close', (status) =>
      status === 0
        ? resolve(said)
        : reject(new Error(`${command} ended with ${status}:\n${said}${complained}`)),
    );
    child.stdin.end(input);
  });

/** Makes a folder whole or not at all, once for all who come later. */
const once = async (name: string, fill: (folder: string) => Promise<unknown>): Promise<string> => {
  const folder = path.join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const unfinished = `${folder}.${process.pid}`;
  try {
    await fill(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
};

/** Apache's client for Java with the CloudEvents SDK, at the versions pinned in `pom.xml`. */
export const javaProgram = async (): Promise<Program> => {
  const sources = ['pom.xml', 'JoinedSystem.java'].map((name) => path.join(here, name));
  const made = createHash('sha256');
  for (const file of sources) made.update(readFileSync(file));
  const folder = await once(`java-${made.digest('hex').slice(0, 16)}`, async (into) => {
    const copy = ['-DincludeScope=runtime', `-DoutputDirectory=${into}`];
    await run('mvn', ['-q', '-B', '-f', path.join(here, 'pom.xml'), 'dependency:copy-dependencies', ...copy]);
    const source = path.join(here, 'JoinedSystem.java');
    await run('javac', ['-encoding', 'UTF-8', '-cp', `${into}/*`, '-d', into, source]);
  });
  const jvm = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8'];
  return (args, input) =>
    run('java', [...jvm, '-cp', `${folder}:${folder}/*`, 'JoinedSystem', ...args], input);
};

const librdkafka = 'confluent-kafka==2.16.1';

/** librdkafka's client for Python. */
export const pythonProgram = async (): Promise<Program> => {
  const folder = await once(librdkafka, (into) =>
    run('python3', [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['--only-binary', ':all:', '--target', into, librdkafka],
    ]),
  );
  return (args, input) =>
    run('python3', [path.join(here, 'joined_system.py'), ...args], input, { PYTHONPATH: folder });
};
