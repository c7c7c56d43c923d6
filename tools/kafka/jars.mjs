/** The jars of one Kafka version, fetched once through Maven and kept beside the other caches. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = path.dirname(fileURLToPath(import.meta.url));
export const versions = readdirSync(here).filter((name) => existsSync(path.join(here, name, 'pom.xml')));

const cache = path.resolve(here, '../../node_modules/.cache/kafka');

/** The version the pom names, such as 4.1.1 for 4.1. */
export const exactVersion = (version) =>
  /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([^<]+)</.exec(
    readFileSync(pomOf(version), 'utf8'),
  )?.[1];

const pomOf = (version) => path.join(here, version, 'pom.xml');

/** The folder of the jars. Throws an error that says what is missing on this machine. */
export const jarsOf = async (version) => {
  if (!versions.includes(version)) throw new Error(`Kafka ${version}: choose one of ${versions.join(', ')}`);
  const folder = path.join(cache, exactVersion(version));
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const unfinished = path.join(cache, `${exactVersion(version)}.${process.pid}`);
  await maven([
    ...['-q', '-B', '-f', pomOf(version), 'dependency:copy-dependencies'],
    ...['-DincludeScope=runtime', `-DoutputDirectory=${unfinished}`],
  ]).catch((error) => {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  });
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    // Somebody else was faster.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
};

const maven = (args) =>
  new Promise((resolve, reject) => {
    const child = spawn('mvn', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.once('error', () => reject(new Error('fetching Kafka needs Maven: install maven and a JDK 17')));
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`Maven could not fetch Kafka:\n${said.slice(-2_000)}`)),
    );
  });
