import { ed25519Signer, nodeSuite } from '@liandong/adapters/crypto';
import { memoryWitnessStore } from '@liandong/adapters/memory';
import {
  type AnsweringWitness,
  foundWitnesses,
  type NetworkPlan,
  witnessesAt,
  writeWitnessConfig,
} from '@liandong/assembly';
import { type Clock, type Witness, witness } from '@liandong/application';
import { loadWitnessConfig } from '@liandong/contracts';
import { makeVKey, parseVKey, type VKey } from '@liandong/ledger';
import { witnessHandler } from '@liandong/services/witness';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

export type OpenWitnesses = {
  readonly all: readonly AnsweringWitness[];
  /** Those whose paths stand here hang up. */
  readonly asleep: Set<string>;
  readonly at: (path: string) => Witness;
  /** Lets all of them watch another ledger. */
  readonly watch: (logKey: string) => void;
  readonly close: () => Promise<void>;
};

/** What the witnesses have cosigned: kept as long as the ledgers are. */
export type Cosigned = Map<string, ReturnType<typeof memoryWitnessStore>>;

/** Every witness of the network behind one address, from the same configuration as its processes. */
export const openWitnesses = async (
  folder: string,
  plan: NetworkPlan,
  cosigned: Cosigned,
  clock: Clock,
): Promise<OpenWitnesses> => {
  const suite = nodeSuite();
  const founded = foundWitnesses(folder, plan);
  const file = path.join(folder, 'witnesses.json');
  writeWitnessConfig(folder, file, plan, founded, { host: '127.0.0.1', port: 0 });
  const { witnesses } = loadWitnessConfig(suite.sha256, file);
  const asleep = new Set<string>();
  const added: VKey[] = [];
  const byPath = new Map(
    witnesses.map(({ name, path: at, keyFile, logs }) => {
      const { vkey: key, sign } = ed25519Cosigner(name, keyFile);
      const store = cosigned.get(name) ?? memoryWitnessStore();
      cosigned.set(name, store);
      const made = witness({
        ...{ suite, store, key, sign, clock, report: () => undefined },
        logKeysOf: (origin) => [...logs, ...added].filter((log) => log.name === origin),
      });
      return [at, made];
    }),
  );
  const handle = witnessHandler(byPath, () => undefined);
  const server = createServer((request, response) => {
    const [, at = ''] = request.url?.split('/') ?? [];
    if (asleep.has(at)) request.destroy();
    else handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the witnesses have no port');
  return {
    asleep,
    all: witnessesAt(`http://127.0.0.1:${address.port}`, folder, plan),
    at: (name) => {
      const found = byPath.get(name);
      if (found === undefined) throw new Error(`there is no witness ${name}`);
      return found;
    },
    watch: (logKey) => {
      const key = parseVKey(suite.sha256, logKey);
      if (!key.ok) throw new Error(key.refusal.code);
      added.push(key.value);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const ed25519Cosigner = (name: string, keyFile: string) => {
  const { publicKey, sign } = ed25519Signer(readFileSync(keyFile, 'utf8'));
  const vkey = {
    ...makeVKey(nodeSuite().sha256, name, 'cosignature', publicKey),
    type: 'cosignature' as const,
  };
  return { vkey, sign };
};
