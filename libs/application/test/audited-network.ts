import { ed25519Signer, newPrivateKey, nodeSuite, sealer, serviceKey } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook, type MemoryLedgerBook } from '@liandong/adapters/memory';
import { decodeCaseFact } from '@liandong/contracts';
import { type CommitSeal, fromUtf8, type Source, sourceOf, type TierCode } from '@liandong/kernel';
import {
  cosign,
  decodeBundle,
  emptyEdge,
  encodeBundle,
  formatCheckpoint,
  formatNote,
  formatPolicy,
  formatVKey,
  growEdge,
  type Hash,
  leafHash,
  makeVKey,
  parsePolicy,
  type Policy,
  rootOfEdge,
  type SignEd25519,
  signNote,
  tilePath,
  tilesOfLevel,
  tileWidth,
  type VKey,
} from '@liandong/ledger';
import { utf8, decodeEvent } from '@liandong/kernel';
import { grownTo, startKeeper } from '@liandong/testing';
import {
  decodeIndex,
  decodeSeals,
  encodeIndex,
  encodeSeals,
  type IndexLine,
  sealsPath,
  shardPath,
} from '../src/audit/folder.ts';
import { type EventStore, exportLedger, type NamedKey } from '../src/index.ts';
import { type SampleTier, sampleTier, type testClock } from './sample-network.ts';

export const suite = nodeSuite();
const { sha256 } = suite;

type Signing = {
  readonly key: VKey & { readonly type: 'ed25519' | 'cosignature' };
  readonly sign: SignEd25519;
};

const signing = (name: string, type: 'ed25519' | 'cosignature'): Signing => {
  const { publicKey, sign } = ed25519Signer(newPrivateKey());
  return { key: { ...makeVKey(sha256, name, type, publicKey), type }, sign };
};

/** A tier whose ledger is kept, witnessed and exported; whoever holds this holds every key of it. */
export type AuditedTier = SampleTier & {
  readonly source: Source;
  readonly book: MemoryLedgerBook;
  readonly policy: Policy;
  readonly keys: readonly NamedKey[];
  /** Seals everything the store holds and has it witnessed at a second. */
  readonly anchor: (at: string) => Promise<void>;
  readonly headNote: (head: { readonly size: number; readonly root: Hash }, at: string) => Uint8Array;
  readonly sealWith: (leaves: CommitSeal['leaves']) => CommitSeal;
  readonly export: () => Promise<Map<string, Uint8Array>>;
};

export const auditedTier = async (
  tier: TierCode,
  clock: ReturnType<typeof testClock>,
  cosigners = 3,
): Promise<AuditedTier> => {
  const self = { network: 'test.example', tier, epoch: 1 };
  const source = sourceOf(self);
  const pem = newPrivateKey();
  const seal = sealer('approval', source, pem);
  const store: EventStore = memoryEventStore({ seal });
  const sample = await sampleTier(tier, clock, store);
  const { keyId, publicKey } = serviceKey('approval', pem);
  const origin = `test.example/${tier}/1`;
  const log = signing(origin, 'ed25519');
  const witnesses = ['city', 'province', 'archive', 'audit'].map((name) =>
    signing(`${name}.test.example`, 'cosignature'),
  );
  const policy = parsePolicy(
    sha256,
    utf8(
      [
        `log ${formatVKey(log.key)}`,
        ...witnesses.map(({ key }, n) => `witness w${n} ${formatVKey(key)}`),
        'group tiers 3 w0 w1 w2 w3',
        'quorum tiers',
        '',
      ].join('\n'),
    ),
  );
  if (!policy.ok) throw new Error(policy.refusal.rule);

  const book = memoryLedgerBook();
  const headNote: AuditedTier['headNote'] = (head, at) => {
    const text = formatCheckpoint({ origin, ...head });
    const time = Date.parse(at) / 1000;
    return formatNote({
      text,
      signatures: [
        signNote({ ...log.key, type: 'ed25519' }, log.sign, text),
        ...witnesses
          .slice(0, cosigners)
          .map(({ key, sign }) => cosign({ ...key, type: 'cosignature' }, sign, text, time)),
      ],
    });
  };
  const keys = [{ purpose: 'approval' as const, keyId, publicKey }];

  return {
    ...{ ...sample, source, book, policy: policy.value, keys, headNote, sealWith: seal },
    anchor: async (at) => {
      const keeper = await startKeeper({
        ...{ self, store, book, acquireLease: book.acquireLease, verifySeal: () => true },
        logKey: { ...log.key, type: 'ed25519' },
        sign: log.sign,
      });
      const own = (await store.readAll(0n as never, 100_000)).filter((event) => event.source === source);
      await grownTo(book, own.length);
      await keeper.stop();
      const head = await book.head();
      if (head === undefined) throw new Error('nothing was sealed');
      await book.anchor({ ...head, note: headNote(head, at), at });
    },
    export: async () => {
      const files = new Map<string, Uint8Array>();
      const done = await exportLedger({
        ...{ self, store, book, sha256, factOf: decodeCaseFact, policy: policy.value, keys },
        writeFile: async (path, bytes) => void files.set(path, bytes),
      });
      if (!done.ok) throw new Error(done.refusal.code);
      return files;
    },
  };
};

/** An entry of an export with its seal and what stands beside it. */
export type Leaf = { readonly bytes: Uint8Array; readonly seal: CommitSeal };

export const leavesIn = (files: ReadonlyMap<string, Uint8Array>): readonly Leaf[] => {
  const size = Number(fromUtf8(files.get('checkpoint')!).split('\n')[1]);
  return [...tilesOfLevel(0, size)].flatMap(({ index, width }) => {
    const entries = decodeBundle(files.get(tilePath({ level: 'entries', index, width }))!, width);
    const { of, seals } = decodeSeals(files.get(sealsPath(index, width))!, width)!;
    if (!entries.ok) throw new Error('not a bundle');
    return entries.value.map((bytes, n) => ({ bytes, seal: seals[of[n]!]! }));
  });
};

/** Everything in an export made anew over other entries, by someone who holds the log's key and those of its witnesses. */
export const rewritten = (
  { headNote, source }: AuditedTier,
  files: ReadonlyMap<string, Uint8Array>,
  change: (leaves: readonly Leaf[]) => readonly Leaf[],
  at: string,
): Map<string, Uint8Array> => {
  const leaves = change(leavesIn(files));
  const made = new Map(['policy', 'keys', 'README'].map((name) => [name, files.get(name)!]));
  const size = leaves.length;
  const grown = growEdge(
    sha256,
    emptyEdge,
    leaves.map(({ bytes }) => leafHash(sha256, bytes)),
  );
  for (const { tile, bytes } of grown.tiles) made.set(tilePath(tile), bytes);
  for (const { index, width } of tilesOfLevel(0, size)) {
    const some = leaves.slice(index * tileWidth, index * tileWidth + width);
    made.set(tilePath({ level: 'entries', index, width }), encodeBundle(some.map(({ bytes }) => bytes)));
    const seals = [...new Set(some.map(({ seal }) => seal))];
    made.set(
      sealsPath(index, width),
      encodeSeals({ of: some.map(({ seal }) => seals.indexOf(seal)), seals }),
    );
  }
  const own = Map.groupBy(leaves.keys(), (seq) => decodeEvent(leaves[seq]!.bytes).subject);
  const lines = linesIn(files).map((line): IndexLine => ({ ...line, own: own.get(line.stream) ?? [] }));
  made.set(shardPath(0), encodeIndex(lines.map((line) => withOwn(line, leaves, source))));
  made.set('checkpoint', headNote({ size, root: rootOfEdge(sha256, grown.edge) }, at));
  return made;
};

export const linesIn = (files: ReadonlyMap<string, Uint8Array>): readonly IndexLine[] => {
  const lines = decodeIndex(files.get(shardPath(0))!);
  if (typeof lines === 'number') throw new Error(`line ${lines}`);
  return lines;
};

/** The tier's own events of the line are those that now stand in its ledger; the place of each is kept. */
const withOwn = (line: IndexLine, leaves: readonly Leaf[], source: Source): IndexLine => {
  const now = new Map(
    line.own.map((seq) => {
      const envelope = decodeEvent(leaves[seq]!.bytes);
      return [Number(envelope.sequence), { envelope, bytes: leaves[seq]!.bytes }] as const;
    }),
  );
  const events = line.events.flatMap((held) => {
    if (held.source !== source) return [held];
    const own = now.get(held.sequence);
    if (own === undefined) return [];
    const hash = Buffer.from(leafHash(sha256, own.bytes)).toString('hex') as typeof held.hash;
    return [{ ...held, hash, recordedtime: own.envelope.recordedtime }];
  });
  return { ...line, events };
};

export const folderOf = (name: string, files: ReadonlyMap<string, Uint8Array>) => ({
  name,
  readFile: async (path: string) => files.get(path),
});

export const policyTextOf = ({ policy }: AuditedTier): string => formatPolicy(policy);
