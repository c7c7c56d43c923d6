import {
  authorOf,
  type Envelope,
  eventHash,
  maySeal,
  type Result,
  sameBytes,
  sealedBytes,
  type Source,
  utf8,
  verifyEnvelope,
} from '@liandong/kernel';
import {
  emptyEdge,
  fromBase64,
  growEdge,
  type Hash,
  leafHash,
  openByPolicy,
  parsePolicy,
  type Policy,
  type ReadFile,
  rootOfEdge,
  type SignedHead,
  type Suite,
  type TileEdge,
  tileWidth,
  verifyLogFolder,
} from '@liandong/ledger';
import type { SchemaRefusal } from '../authoring.ts';
import type { LedgerFact } from '../ledger/facts.ts';
import { afterKeyEvent, type KeyHistory, keysAtStart, sealVerifierAt } from '../ledger/key-history.ts';
import { originOf } from '../ledger/open-epoch.ts';
import { judgeTime, surelyBy } from '../ledger/time-window.ts';
import type { UnsealedReason } from '../ports/ledger-book.ts';
import type { LedgerFault } from './faults.ts';
import { decodeKeys, decodeSeals, type KeysFile, type SealsFile, sealsPath } from './folder.ts';

export type Verifying = {
  readonly suite: Suite;
  readonly checkSchema: (type: string, data: unknown) => Result<unknown, SchemaRefusal>;
  readonly ledgerFactOf: (envelope: Envelope) => LedgerFact | undefined;
  /** How far clocks may differ before an event counts as back-dated or post-dated. */
  readonly toleranceMs: number;
  /** What the auditor trusts; without it the folder's own policy is taken. */
  readonly policy?: Policy;
  readonly progress?: (folder: string, checked: number, size: number) => void;
};

/** A folder as `exportLedger` writes it, or says it does. */
export type ExportFolder = { readonly name: string; readonly readFile: ReadFile };

export type VerifiedLedger = {
  readonly folder: string;
  readonly source?: Source;
  readonly head?: SignedHead;
  /** How many events were looked at. */
  readonly checked: number;
  /** Nothing recorded after it can be in this export. */
  readonly until?: string;
  readonly faults: readonly LedgerFault[];
};

/** More would say no more. */
export const mostFaults = 100;

/** Verifies one exported ledger in itself: its tree, its heads, and every event for itself. Streams one bundle at a time. */
export const verifyLedger = async (deps: Verifying, folder: ExportFolder): Promise<VerifiedLedger> => {
  const { name, readFile } = folder;
  const fault = (first: LedgerFault): VerifiedLedger => ({ folder: name, checked: 0, faults: [first] });
  const trusted = deps.policy ?? (await policyOf(deps.suite, readFile));
  if ('code' in trusted) return fault(trusted);
  const keys = await keysOf(readFile);
  if (keys === undefined) return fault({ code: 'file-malformed', path: 'keys' });

  const note = await readFile('checkpoint');
  const head = note && openByPolicy(deps.suite, note, trusted);
  const judge = judgeOf(deps, folder, trusted, keys, head?.ok ? cosignedAt(head.value) : []);
  const steps = verifyLogFolder(deps.suite, readFile, trusted);
  for (;;) {
    const { done, value } = await steps.next();
    if (!done) {
      await judge.take(value.first, value.entries, value.size);
      deps.progress?.(name, value.checked, value.size);
      continue;
    }
    const { faults, checked, until } = judge;
    if (!value.ok) return { ...fault(value.refusal), checked: checked(), faults: [value.refusal, ...faults] };
    const author = authorOf(keys.source);
    if (author === undefined || originOf(author) !== value.value.checkpoint.origin)
      return fault({ code: 'file-malformed', path: 'keys' });
    const last = cosignedAt(value.value).at(-1)?.toISOString() ?? until();
    return {
      ...{ folder: name, source: keys.source, head: value.value, checked: checked(), faults },
      ...(last !== undefined && { until: last }),
    };
  }
};

export const policyOf = async (suite: Suite, readFile: ReadFile): Promise<Policy | LedgerFault> => {
  const bytes = await readFile('policy');
  if (bytes === undefined) return { code: 'file-missing', path: 'policy' };
  const policy = parsePolicy(suite.sha256, bytes);
  return policy.ok ? policy.value : { code: 'file-malformed', path: 'policy', line: policy.refusal.line };
};

const keysOf = async (readFile: ReadFile): Promise<KeysFile | undefined> => {
  const bytes = await readFile('keys');
  return bytes && decodeKeys(bytes);
};

/** When the witnesses signed, the earliest first. */
const cosignedAt = ({ verified }: SignedHead): readonly Date[] =>
  verified
    .flatMap(({ time }) => (time === undefined ? [] : new Date(time * 1000)))
    .sort((a, b) => a.getTime() - b.getTime());

/** What is known on the way through a ledger, from its first leaf to its last. */
const judgeOf = (
  { suite, checkSchema, ledgerFactOf, toleranceMs }: Verifying,
  { readFile }: ExportFolder,
  policy: Policy,
  { source, keys }: KeysFile,
  lastTimes: readonly Date[],
) => {
  const { sha256 } = suite;
  const faults: LedgerFault[] = [];
  const tell = (fault: LedgerFault) => void (faults.length < mostFaults && faults.push(fault));
  // Of n witnesses, of which two thirds must sign, fewer than one third may lie.
  const liars = Math.max(0, Math.floor((policy.witnesses.length - 1) / 3));
  const due = new Map<number, { readonly root: Hash; readonly path: string }>();
  let [edge, checked, notBefore]: [TileEdge, number, number] = [emptyEdge, 0, -Infinity];
  let history: KeyHistory = keysAtStart(keys);
  let next: Beside | undefined;

  const verifySeal = sealVerifierAt(
    () => history,
    (key, author, seal) => {
      const raw = fromBase64(key.publicKey);
      return (
        raw !== undefined &&
        suite.verifyEd25519(raw, sealedBytes(sha256, author, seal.leaves), seal.signature)
      );
    },
  );

  const readBeside = async (first: number, size: number): Promise<Beside> => {
    const width = Math.min(tileWidth, size - first);
    if (width <= 0) return {};
    const path = sealsPath(first / tileWidth, width);
    const bytes = await readFile(path);
    if (bytes === undefined) return { fault: { code: 'file-missing', path } };
    const file = decodeSeals(bytes, width);
    if (file === undefined) return { fault: { code: 'file-malformed', path } };
    if (file.head === undefined) return { file };
    const opened = openByPolicy(suite, utf8(file.head), policy);
    if (!opened.ok) return { file, fault: { code: 'earlier-head-refused', path, refusal: opened.refusal } };
    const { checkpoint } = opened.value;
    if (checkpoint.size <= first || checkpoint.size > size)
      return { file, fault: { code: 'file-malformed', path } };
    const by = surelyBy(cosignedAt(opened.value), liars);
    return { file, path, head: { size: checkpoint.size, root: checkpoint.root, ...(by && { by }) } };
  };

  const growTo = (entries: readonly Hash[]) => {
    const from = edge;
    for (const [size, { root, path }] of due) {
      if (size > from.size + entries.length) continue;
      const made = rootOfEdge(sha256, growEdge(sha256, from, entries.slice(0, size - from.size)).edge);
      if (!sameBytes(made, root)) tell({ code: 'earlier-head-differs', path, size });
      due.delete(size);
    }
    ({ edge } = growEdge(sha256, from, entries));
  };

  /** Whether a seal is genuine is asked once a bundle. */
  const sealJudge = (file: SealsFile | undefined) => {
    const genuine = new Map<number, boolean>();
    return (seq: number, n: number, hash: string, type: string): UnsealedReason | undefined => {
      const at = file?.of[n] ?? -1;
      const seal = file?.seals[at];
      if (seal === undefined) return 'no-seal';
      if (!genuine.has(at)) genuine.set(at, verifySeal(source, seal, seq));
      if (genuine.get(at) !== true) return 'seal-forged';
      if (!seal.leaves.some((leaf) => leaf === hash)) return 'not-in-the-seal';
      return maySeal(seal.service, type) ? undefined : 'service-not-entitled';
    };
  };

  const take = async (first: number, entries: readonly Uint8Array[], size: number): Promise<void> => {
    const beside = next ?? (await readBeside(first, size));
    next = await readBeside(first + tileWidth, size);
    if (beside.fault !== undefined) tell(beside.fault);
    if (beside.head !== undefined)
      due.set(beside.head.size, { root: beside.head.root, path: beside.path ?? '' });
    growTo(entries.map((entry) => leafHash(sha256, entry)));
    const unsealed = sealJudge(beside.file);
    for (const [n, bytes] of entries.entries()) {
      const seq = first + n;
      checked++;
      const verified = verifyEnvelope(sha256, bytes);
      if (!verified.ok) {
        tell({ code: 'event-refused', seq, refusal: verified.refusal });
        continue;
      }
      const envelope = verified.value;
      if (envelope.source !== source) tell({ code: 'event-of-another-ledger', seq, source: envelope.source });
      const schema = checkSchema(envelope.type, envelope.data);
      if (!schema.ok) {
        const { field, rule } = schema.refusal;
        tell({ code: 'schema-violation', seq, type: envelope.type, field, rule });
      }
      const reason = unsealed(seq, n, eventHash(sha256, bytes), envelope.type);
      if (reason !== undefined) tell({ code: 'not-sealed', seq, reason });
      const over = [beside.head, next.head].find((head) => head !== undefined && head.size > seq);
      judgeInstant(seq, envelope, over === undefined ? surelyBy(lastTimes, liars) : over.by);
      const fact = ledgerFactOf(envelope);
      if (fact !== undefined && reason === undefined) learn(seq, fact);
    }
  };

  /** Leaves stand in the order in which they were written: none can be from before those in front of it. */
  const judgeInstant = (seq: number, { recordedtime }: Envelope, notAfter: Date | undefined) => {
    const claimed = new Date(recordedtime);
    const window = {
      ...(notBefore > -Infinity && { notBefore: new Date(notBefore) }),
      ...(notAfter && { notAfter }),
    };
    const flagged = judgeTime(claimed, window, toleranceMs);
    if (flagged.flag === 'unsuspicious') notBefore = Math.max(notBefore, claimed.getTime());
    else tell({ code: flagged.flag, seq, claimed: recordedtime, byMs: flagged.byMs });
  };

  const learn = (seq: number, fact: LedgerFact) => {
    switch (fact.type) {
      case 'liandong.ledger.keyRotated.v1':
      case 'liandong.ledger.keyRevoked.v1':
        history = afterKeyEvent(history, seq, fact);
        return;
      case 'liandong.ledger.anchored.v1':
        for (const { time } of fact.data.checkpoints)
          notBefore = Math.max(notBefore, new Date(time).getTime());
        return;
      case 'liandong.ledger.epochOpened.v1':
      case 'liandong.ledger.splitView.v1':
        return;
    }
  };

  return {
    take,
    faults,
    checked: () => checked,
    until: () => (notBefore > -Infinity ? new Date(notBefore).toISOString() : undefined),
  };
};

type Beside = {
  readonly file?: SealsFile;
  readonly fault?: LedgerFault;
  readonly path?: string;
  readonly head?: { readonly size: number; readonly root: Hash; readonly by?: Date };
};
