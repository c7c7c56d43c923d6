import { ed25519Signer, newPrivateKey, nodeSuite } from '@liandong/adapters/crypto';
import type {
  AnchoredLedgerHead,
  Clock,
  LedgerBook,
  OriginHash,
  SignedLedgerHead,
  Wait,
  Witness,
  WitnessClient,
} from '@liandong/application';
import { utf8 } from '@liandong/kernel';
import {
  foldHashes,
  formatCheckpoint,
  formatNote,
  type Hash,
  joinHashes,
  leafHash,
  makeVKey,
  type SignEd25519,
  signNote,
  type Tile,
  tileWidth,
  type VKey,
} from '@liandong/ledger';

export const suite = nodeSuite();

export type Key<Type extends 'ed25519' | 'cosignature'> = {
  readonly vkey: VKey & { readonly type: Type };
  readonly sign: SignEd25519;
};

export const newKey = <Type extends 'ed25519' | 'cosignature'>(name: string, type: Type): Key<Type> => {
  const { publicKey, sign } = ed25519Signer(newPrivateKey());
  return { vkey: { ...makeVKey(suite.sha256, name, type, publicKey), type }, sign };
};

/** A ledger in memory whose every head can be signed, and which can be made to lie. */
export const witnessedLog = (
  origin: string,
  key = newKey(origin, 'ed25519'),
  begun: readonly Hash[] = [],
) => {
  const leaves = [...begun];
  let head: SignedLedgerHead | undefined;
  let anchored: AnchoredLedgerHead | undefined;

  const rootAt = (size: number): Hash => foldHashes(suite.sha256, leaves.slice(0, size));
  const headAt = (size: number): SignedLedgerHead => {
    const text = formatCheckpoint({ origin, size, root: rootAt(size) });
    return {
      size,
      root: rootAt(size),
      note: formatNote({ text, signatures: [signNote(key.vkey, key.sign, text)] }),
    };
  };
  const tile = async ({ level, index, width }: Tile): Promise<Uint8Array | undefined> => {
    if (level === 'entries') return undefined;
    const span = tileWidth ** level;
    const first = index * tileWidth;
    return joinHashes(
      Array.from({ length: width }, (_, n) =>
        foldHashes(suite.sha256, leaves.slice((first + n) * span, (first + n + 1) * span)),
      ),
    );
  };
  const book: Pick<LedgerBook, 'head' | 'anchored' | 'anchor' | 'tile'> = {
    head: async () => head,
    anchored: async () => anchored,
    anchor: async (next) => void (next.size >= (anchored?.size ?? 0) && (anchored = next)),
    tile,
  };
  return {
    ...{ origin, key, book, headAt },
    size: () => leaves.length,
    /** Adds leaves and signs the new head. */
    grow: (...entries: readonly string[]): SignedLedgerHead => {
      leaves.push(...entries.map((entry) => leafHash(suite.sha256, utf8(entry))));
      return (head = headAt(leaves.length));
    },
    anchored: () => anchored,
    /** The same key over the first `size` leaves: what a thief, or a restored backup, goes on from. */
    fork: (size: number) => witnessedLog(origin, key, leaves.slice(0, size)),
  };
};

export type WitnessedLog = ReturnType<typeof witnessedLog>;

/** A witness next door. */
export const clientTo = ({ addCheckpoint, checkpoint }: Witness): WitnessClient => ({
  addCheckpoint: (body) => addCheckpoint(body),
  checkpoint: async (log: OriginHash) => {
    const { status, body } = await checkpoint(log);
    return status === 200 ? utf8(body) : undefined;
  },
});

/** Never answers: gives up when the caller does. */
export const deadClient: WitnessClient = {
  addCheckpoint: (_, signal) => never(signal),
  checkpoint: (_, signal) => never(signal),
};

const never = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));

/** Lets everything that can go on without time go on. */
export const settled = async (): Promise<void> => {
  for (let n = 0; n < 12; n++) await new Promise(setImmediate);
};

/** Time that passes only when told to. */
export const simulatedTime = (begin = '2026-03-02T01:00:00.000Z') => {
  let now = new Date(begin).getTime();
  let ahead = 0;
  const waiting = new Set<{ readonly due: number; readonly wake: () => void }>();
  const wait: Wait = (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const entry = {
        due: now + milliseconds,
        wake: () => {
          waiting.delete(entry);
          resolve();
        },
      };
      waiting.add(entry);
      signal.addEventListener('abort', entry.wake, { once: true });
    });
  const clock: Clock = { now: () => new Date(now + ahead) };
  return {
    ...{ clock, wait },
    /** Sets the clock ahead; nobody has waited meanwhile. */
    jump: (milliseconds: number): void => void (ahead += milliseconds),
    advance: async (milliseconds: number): Promise<void> => {
      const end = now + milliseconds;
      await settled();
      for (;;) {
        const [next] = [...waiting].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due);
        if (next === undefined) break;
        now = Math.max(now, next.due);
        next.wake();
        await settled();
      }
      now = end;
    },
  };
};
