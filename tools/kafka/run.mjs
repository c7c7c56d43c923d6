/**
 * `node tools/kafka/run.mjs [--version 4.1] [--dir <folder>]`: a Kafka to try things on. It says
 * where it answers, runs until it is told to stop, and takes a temporary folder with it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endBroker, startBroker } from './broker.mjs';
import { exactVersion, versions } from './jars.mjs';

const { values } = parseArgs({
  options: { version: { type: 'string', default: '4.1' }, dir: { type: 'string' } },
});
const temporary = values.dir === undefined;
const dir = temporary ? mkdtempSync(path.join(tmpdir(), 'liandong-kafka-')) : path.resolve(values.dir);

const stop = Promise.withResolvers();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop.resolve);
// A program that started this one hears of its end so, even if it was killed.
process.on('disconnect', stop.resolve);

try {
  if (!versions.includes(values.version))
    throw new Error(`--version: ${versions.join(' or ')}, not ${values.version}`);
  const broker = await startBroker({ version: values.version, dir });
  console.log(`Kafka ${exactVersion(values.version)} ${broker.brokers} pid ${broker.pid} ${dir}`);
  const first = await Promise.race([broker.ended.then(() => 'ended'), stop.promise.then(() => 'stop')]);
  await endBroker(broker);
  if (first === 'ended') throw new Error(`the broker ended by itself; see ${path.join(dir, 'broker.log')}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  if (temporary) rmSync(dir, { recursive: true, force: true });
  if (process.connected) process.disconnect();
}
