import { ed25519Signer, nodeSuite } from '@liandong/adapters/crypto';
import { fileWitnessStore } from '@liandong/adapters/witness-file';
import type { Clock, Sighting, Witness } from '@liandong/application';
import { witness } from '@liandong/application/witness';
import { loadWitnessConfig, type WitnessIdentity } from '@liandong/contracts/witness-config';
import { sameBytes } from '@liandong/kernel';
import { formatVKey, makeVKey, type Suite } from '@liandong/ledger';
import { witnessHandler } from '@liandong/services/witness';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { demonstrationClock, realClock } from './clock.ts';

export type RunningWitnesses = {
  readonly witnesses: readonly { readonly name: string; readonly address: string; readonly vkey: string }[];
  /** Resolves when what was being answered is answered. */
  readonly close: () => Promise<void>;
};

/** Opens every witness of a configuration behind one address. Plain node:http: the process is to stay small. */
export const runWitnesses = async (file: string): Promise<RunningWitnesses> => {
  const suite = nodeSuite();
  const config = loadWitnessConfig(suite.sha256, file);
  const clock = config.demonstration ? demonstrationClock(config.demonstration.clockOffsetFile) : realClock;
  const opened = await Promise.all(
    config.witnesses.map(async (identity) => ({
      identity,
      witness: await openWitness(suite, clock, identity),
    })),
  );
  const byPath = new Map(opened.map(({ identity, witness }) => [identity.path, witness]));
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 },
    witnessHandler(byPath, (error) => console.error('见证失败 a witness failed:', (error as Error).message)),
  );
  server.listen(config.listen.port, config.listen.host);
  await once(server, 'listening');
  const base = addressOf(server);
  return {
    witnesses: opened.map(({ identity: { name, path }, witness }) => ({
      name,
      address: path === '' ? base : `${base}/${path}`,
      vkey: formatVKey(witness.key),
    })),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
};

const openWitness = async (
  suite: Suite,
  clock: Clock,
  { name, keyFile, folder, logs }: WitnessIdentity,
): Promise<Witness> => {
  const { publicKey, sign } = ed25519Signer(readFileSync(keyFile, 'utf8'));
  const shared = logs.find((log) => sameBytes(log.publicKey, publicKey));
  if (shared !== undefined)
    throw new Error(`${keyFile}: 见证密钥不得是日志密钥 a witness key must not be a log's: ${shared.name}`);
  const byOrigin = Map.groupBy(logs, (log) => log.name);
  return witness({
    ...{ suite, clock, sign, store: await fileWitnessStore(folder) },
    key: { ...makeVKey(suite.sha256, name, 'cosignature', publicKey), type: 'cosignature' },
    logKeysOf: (origin) => byOrigin.get(origin) ?? [],
    report: (sighting) => console.error(said(name, sighting)),
  });
};

const said = (name: string, { kind, origin }: Sighting): string => {
  switch (kind) {
    case 'split-view':
      return `分叉证据，已冻结 split view, frozen: ${origin} (${name})`;
    case 'suspicion':
      return `可疑检查点 suspicious checkpoint: ${origin} (${name})`;
  }
};

const addressOf = (server: Server): string => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the witness has no address');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
};
