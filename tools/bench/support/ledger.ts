import { ed25519Signer, newPrivateKey, nodeSuite, sealVerifier, sha256 } from '@liandong/adapters/crypto';
import { ledgerLease, migrateLedger, postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { fileSplitViews, fileWitnessStore } from '@liandong/adapters/witness-file';
import {
  activeKeeper,
  bell,
  collector,
  type EventStore,
  originOf,
  type OwnLedger,
  type ServiceKey,
  witness,
  type WitnessClient,
} from '@liandong/application';
import { type Author, utf8 } from '@liandong/kernel';
import { type Component, makeVKey, openByPolicy, type Policy } from '@liandong/ledger';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type pg from 'pg';
import { wait } from './wait.ts';

const suite = nodeSuite();
const clock = { now: () => new Date() };

export type BenchLedger = {
  readonly policy: Policy;
  readonly own: OwnLedger;
  /** Seals what the store shows and takes it to the witnesses, until the signal aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

export type LedgerParts = {
  readonly author: Author;
  /** Of the exchange's role, which keeps the ledger. */
  readonly url: string;
  readonly pool: pg.Pool;
  readonly store: EventStore;
  readonly keys: readonly ServiceKey[];
  /** Where its witnesses keep what they have cosigned. */
  readonly folder: string;
  /** Told once a head of this size is stored with its quorum. */
  readonly anchored?: (size: number) => void;
};

/** A tier's ledger with keeper and collector, and witnesses in this process. */
export const openLedger = async ({
  author,
  url,
  pool,
  store,
  keys,
  folder,
  anchored = () => {},
}: LedgerParts): Promise<BenchLedger> => {
  await migrateLedger(url);
  const origin = originOf(author);
  const { key: logKey, sign } = newKey(origin, 'ed25519');
  const { policy, clientFor } = await openWitnesses(path.join(folder, 'witnesses'), logKey);
  const book = postgresLedgerBook(pool, author.epoch);
  const grown = bell();
  const collecting = collector({
    ...{ suite, origin, policy, clock, wait, clientFor },
    book: {
      ...book,
      anchor: async (head) => {
        if (!openByPolicy(suite, head.note, policy).ok) fail('a head without its quorum');
        await book.anchor(head);
        grown.ring();
        anchored(head.size);
      },
    },
    splitViews: fileSplitViews(path.join(folder, 'evidence')),
    report: fail,
  });
  const keeper = activeKeeper({
    ...{ self: author, sha256, logKey, sign, clock, wait, store, quorum: 0 },
    book: {
      ...book,
      extend: async (batch) => {
        const extended = await book.extend(batch);
        if (extended) collecting.headSigned();
        return extended;
      },
    },
    acquireLease: ledgerLease(url),
    verifySeal: sealVerifier(() => keys),
    largestKnown: () => Promise.resolve({ heads: [], answers: [], of: 0, enough: true }),
    alarm: fail,
  });
  return {
    policy,
    own: { book, grown },
    run: async (signal) => void (await Promise.all([keeper.run(signal), collecting.run(signal)])),
  };
};

const newKey = <Type extends 'ed25519' | 'cosignature'>(name: string, type: Type) => {
  const { publicKey, sign } = ed25519Signer(newPrivateKey());
  return { key: { ...makeVKey(sha256, name, type, publicKey), type }, sign };
};

const fail = (what: unknown): never => {
  throw new Error(JSON.stringify(what));
};

/** Four witnesses, each with its own folder and fsync, of which three make a quorum. */
const openWitnesses = async (folder: string, logKey: ReturnType<typeof newKey<'ed25519'>>['key']) => {
  const clients = new Map<string, WitnessClient>();
  const members: (Component & { kind: 'witness' })[] = [];
  for (const name of ['superior', 'audit', 'archive', 'authority'].map((each) => `${each}.witness.example`)) {
    const { key, sign } = newKey(name, 'cosignature');
    const own = path.join(folder, name);
    mkdirSync(own, { recursive: true });
    const store = await fileWitnessStore(own);
    const { addCheckpoint, checkpoint } = witness({
      ...{ suite, store, key, sign, clock },
      logKeysOf: () => [logKey],
      report: fail,
    });
    clients.set(name, {
      addCheckpoint: (body) => addCheckpoint(body),
      checkpoint: async (log) => {
        const { status, body } = await checkpoint(log);
        return status === 200 ? utf8(body) : undefined;
      },
    });
    members.push({ kind: 'witness', name, key });
  }
  const policy: Policy = {
    logs: [{ key: logKey }],
    witnesses: members,
    quorum: { kind: 'group', name: 'quorum', threshold: 3, members },
  };
  return { policy, clientFor: ({ name }: { readonly name: string }) => clients.get(name) };
};
