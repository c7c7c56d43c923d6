/** One broker that is its own controller, on ports the machine chose, in a folder of its own. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { here, jarsOf } from './jars.mjs';

const host = '127.0.0.1';

/** Thin: many of these run on small machines beside what they are to carry. */
const jvm = ['-Xms64m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * Starts a broker in `dir`, with the data and the ports of an earlier one there. Resolves
 * when it answers; the caller ends it by its process id.
 */
export const startBroker = async ({ version, dir }) => {
  const jars = await jarsOf(version);
  mkdirSync(dir, { recursive: true });
  const properties = path.join(dir, 'server.properties');
  if (!existsSync(properties)) await format(jars, properties, dir);
  const [, port] = /^listeners=PLAINTEXT:\/\/[^:]+:(\d+)/m.exec(readFileSync(properties, 'utf8'));
  const child = spawn('java', [...jvm, ...logging, '-cp', `${jars}/*`, 'kafka.Kafka', properties], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A terminal's Ctrl-C is for whoever started the broker; it ends the broker in good order.
    detached: true,
  });
  const log = createWriteStream(path.join(dir, 'broker.log'), { flags: 'a' });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4_000);
      log.write(chunk);
    });
  const ended = new Promise((resolve) => {
    child.once('error', resolve);
    child.once('close', resolve);
  }).finally(() => log.end());
  const running = () => child.exitCode === null && child.signalCode === null;
  while (!(await answers(Number(port)))) {
    if (!running() || child.pid === undefined) throw new Error(`Kafka ${version} did not start:\n${said}`);
    await pause(100);
  }
  return { brokers: `${host}:${port}`, pid: child.pid, ended, running };
};

/** Ends the broker in good order, and at all events. */
export const endBroker = async ({ pid, ended, running }) => {
  if (!running()) return;
  process.kill(pid, 'SIGTERM');
  const over = new AbortController();
  const late = pause(20_000, 'late', { signal: over.signal }).catch(() => undefined);
  if ((await Promise.race([ended, late])) === 'late') process.kill(pid, 'SIGKILL');
  over.abort();
  await ended;
};

const logging = [
  `-Dlog4j.configuration=file:${path.join(here, 'log4j.properties')}`,
  `-Dlog4j2.configurationFile=${path.join(here, 'log4j2.properties')}`,
];

const format = async (jars, properties, dir) => {
  const [port, controller] = [await freePort(), await freePort()];
  const unfinished = `${properties}.new`;
  writeFileSync(
    unfinished,
    `${[
      'process.roles=broker,controller',
      'node.id=1',
      `controller.quorum.voters=1@${host}:${controller}`,
      `listeners=PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controller}`,
      `advertised.listeners=PLAINTEXT://${host}:${port}`,
      'controller.listener.names=CONTROLLER',
      'inter.broker.listener.name=PLAINTEXT',
      'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      `log.dirs=${path.join(dir, 'data')}`,
      'offsets.topic.replication.factor=1',
      'offsets.topic.num.partitions=1',
      'transaction.state.log.replication.factor=1',
      'transaction.state.log.min.isr=1',
      'transaction.state.log.num.partitions=1',
      'group.initial.rebalance.delay.ms=0',
      'auto.create.topics.enable=false',
    ].join('\n')}\n`,
  );
  // One in 64 begins with a hyphen, and would be read as an option.
  const id = `--cluster-id=${randomBytes(16).toString('base64url')}`;
  const tool = ['kafka.tools.StorageTool', 'format', '--ignore-formatted', id, '-c', unfinished];
  const child = spawn('java', ['-Xmx128m', ...jvm.slice(2), ...logging, '-cp', `${jars}/*`, ...tool], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => (said += chunk));
  const [code] = await once(child, 'close').catch(() => {
    throw new Error('Kafka needs Java: install a JDK 17');
  });
  if (code !== 0) throw new Error(`the broker's folder could not be formatted:\n${said}`);
  writeFileSync(properties, readFileSync(unfinished));
};

const freePort = async () => {
  const server = net.createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};

/** Whether the broker gives metadata in which it stands itself: an open port says less. */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, host);
    let got = Buffer.alloc(0);
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => done(false));
    socket.on('error', () => done(false));
    socket.on('close', () => resolve(false));
    socket.on('connect', () => socket.write(metadataRequest));
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      // Length and correlation id, then the number of brokers.
      if (got.length >= 12) done(got.readInt32BE(8) > 0);
    });
  });

/** Metadata, version 1, of no topic: length, key 3, version 1, correlation id, no client id, no topics. */
const metadataRequest = Buffer.from('0000000e' + '0003' + '0001' + '00000001' + 'ffff' + '00000000', 'hex');
