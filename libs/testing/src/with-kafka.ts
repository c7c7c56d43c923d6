import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The lines of Kafka that we are run against. */
export const kafkaVersions = ['4.1', '3.9'] as const;
export type KafkaVersion = (typeof kafkaVersions)[number];

/** A real broker that keeps its data and its address when it is killed and started again. */
export type TestKafka = {
  readonly brokers: readonly string[];
  /** As `kill -9` does it. Resolves when the broker is gone. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
};

type Broker = TestKafka & { readonly remove: () => Promise<void> };

const program = fileURLToPath(new URL('../../../tools/kafka/run.mjs', import.meta.url));

const answers = (command: string, ...args: string[]): boolean => {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const engine = (): 'docker' | 'java' | undefined => {
  if (answers('docker', 'info')) return 'docker';
  return answers('java', '-version') && answers('mvn', '-version') ? 'java' : undefined;
};

/**
 * Runs the suite with a real broker of that version: in a container where there is Docker, else
 * on this machine's Java. Where there is neither it says so loudly, and a build server fails.
 */
export const withKafka = (version: KafkaVersion, suite: (kafka: TestKafka) => void): void => {
  const found = engine();
  if (found === undefined) {
    describe(`SKIPPED: no Kafka engine (neither Docker nor Java 17 with Maven) for Kafka ${version}`, () => {
      it('is a failure on a build server only', () => {
        process.stderr.write(`\nSKIPPED: no Kafka engine; Kafka ${version} was not run\n`);
        if (process.env['CI'] === 'true') throw new Error('a build server runs the suites on real brokers');
      });
    });
    return;
  }
  describe(`on Kafka ${version}`, () => {
    let broker: Broker | undefined;
    const running = (): Broker => {
      if (broker === undefined) throw new Error('the broker starts before the first test, not before');
      return broker;
    };
    beforeAll(async () => {
      broker = await (found === 'docker' ? inContainer(version) : onJava(version));
    }, 300_000);
    afterAll(() => broker?.remove(), 60_000);
    suite({
      get brokers() {
        return running().brokers;
      },
      kill: () => running().kill(),
      start: () => running().start(),
    });
  });
};

/** What one process has fetched and formatted the next start finds again in the folder. */
const onJava = async (version: KafkaVersion): Promise<Broker> => {
  const dir = mkdtempSync(path.join(tmpdir(), 'liandong-test-kafka-'));
  let current: { readonly brokers: string; readonly pid: number; readonly child: ChildProcess } | undefined;
  const start = async () => {
    const child = spawn(process.execPath, [program, '--version', version, '--dir', dir], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    if (child.stdout === null) throw new Error('the broker has no output');
    for await (const line of createInterface({ input: child.stdout })) {
      const [, brokers, pid] = /^Kafka \S+ (\S+) pid (\d+) /.exec(line) ?? [];
      if (brokers === undefined) continue;
      current = { brokers, pid: Number(pid), child };
      child.stdout.resume();
      return current;
    }
    throw new Error(`Kafka ${version} did not start: ${said}`);
  };
  const end = async (kill: (running: { readonly pid: number; readonly child: ChildProcess }) => void) => {
    if (current === undefined) return;
    const { child } = current;
    const ended = child.exitCode === null ? once(child, 'exit') : undefined;
    kill(current);
    await ended;
    current = undefined;
  };
  const { brokers } = await start();
  return {
    brokers: [brokers],
    kill: () => end(({ pid }) => process.kill(pid, 'SIGKILL')),
    start: async () => void (await start()),
    remove: async () => {
      await end(({ child }) => child.kill('SIGTERM'));
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

const images: Readonly<Record<KafkaVersion, string>> = {
  '4.1': 'apache/kafka:4.1.1',
  '3.9': 'apache/kafka:3.9.1',
};

const inContainer = async (version: KafkaVersion): Promise<Broker> => {
  const port = await freePort();
  const settings = {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  };
  // Read only where it is used: it is large, and every spec reads this file.
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(images[version])
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment(settings)
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start();
  const id = container.getId();
  return {
    brokers: [`127.0.0.1:${port}`],
    kill: async () => void execFileSync('docker', ['kill', id], { stdio: 'ignore' }),
    start: () => container.restart(),
    remove: async () => void (await container.stop()),
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port could be had');
  return address.port;
};
