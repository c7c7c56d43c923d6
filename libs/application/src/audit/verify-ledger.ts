import { authorOf, type Envelope, maySeal, sameBytes, type Source, toHex, utf8 } from '@liandong/kernel';
import {
  emptyEdge,
  type FolderStep,
  growEdge,
  type Hash,
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
import type { EpochOpened, LedgerFact, NamedHead } from '../ledger/facts.ts';
import { afterKeyEvent, type KeyHistory, keysAtStart, sealVerifierAt } from '../ledger/key-history.ts';
import { originOf } from '../ledger/open-epoch.ts';
import { judgeEventTime, surelyBy } from '../ledger/time-window.ts';
import { cosignedAt, liarsAmong } from '../ledger/witness-times.ts';
import type { UnsealedReason } from '../ports/ledger-book.ts';
import { type LedgerFault, mostFaults } from './faults.ts';
import { decodeKeys, decodeSeals, type KeysFile, type SealsFile, sealsPath } from './folder.ts';
import {
  type BundleFindings,
  type EventFinding,
  inspectBundle,
  type Inspecting,
  isSealedBy,
} from './inspect-bundle.ts';
import type { Inspectors } from './inspectors.ts';

export type Verifying = Inspecting & {
  /** How far clocks may differ before an event counts as back-dated or post-dated. */
  readonly toleranceMs: number;
  /** What the auditor trusts; without it the folder's own policy is taken. */
  readonly policy?: Policy;
  readonly progress?: (folder: string, checked: number, size: number) => void | Promise<void>;
  /** Who inspects bundles and streams, if not this program here and now. */
  readonly inspectors?: Inspectors;
};

/** A folder as `exportLedger` writes it, or says it does. */
export type ExportFolder = { readonly name: string; readonly readFile: ReadFile };

export type VerifiedLedger = {
  readonly folder: string;
  readonly source?: Source;
  readonly head?: SignedHead;
  /** How many entries agree with all their hashes, whether or not it is them that were signed. */
  readonly size?: number;
  /** How many events were looked at. */
  readonly checked: number;
  /** Nothing recorded after it can be in this export. */
  readonly until?: string;
  /** Heads of other ledgers that this one names, and where. */
  readonly anchors?: readonly Anchor[];
  /** On which ledger this one says it follows. */
  readonly opening?: Opening | undefined;
  /** Which keys of its services counted where, up to its end. */
  readonly keys?: KeyHistory;
  readonly faults: readonly LedgerFault[];
};

export type Opening = EpochOpened['data'] & { readonly seq: number };

export type Anchor = NamedHead & { readonly seq: number };

/** Clocks of neighbouring tiers differ by less; what differs by more is told. */
export const clockToleranceMs = 5 * 60_000;

/** Verifies one exported ledger in itself: its tree, its heads, and every event for itself. Streams one bundle at a time. */
export const verifyLedger = async (
  deps: Verifying,
  folder: ExportFolder,
  /** With which keys it begins, where it follows on another ledger; otherwise with those its folder names. */
  before?: KeyHistory,
): Promise<VerifiedLedger> => {
  const { name, readFile } = folder;
  const fault = (first: LedgerFault): VerifiedLedger => ({ folder: name, checked: 0, faults: [first] });
  const trusted = deps.policy ?? (await policyOf(deps.suite, readFile));
  if ('code' in trusted) return fault(trusted);
  const keys = await keysOf(readFile);
  if (keys === undefined) return fault({ code: 'file-malformed', path: 'keys' });

  const note = await readFile('checkpoint');
  const head = note && openByPolicy(deps.suite, note, trusted);
  const lastTimes = head?.ok ? cosignedAt(trusted, head.value) : [];
  const judge = judgeOf(deps, folder, trusted, keys, before ?? keysAtStart(keys.keys), lastTimes);
  const steps = verifyLogFolder(deps.suite, readFile, trusted);
  for (;;) {
    const { done, value } = await steps.next();
    if (!done) {
      await judge.take(value);
      await deps.progress?.(name, value.checked, value.size);
      continue;
    }
    const { faults, checked, until } = judge;
    if (!value.ok) {
      const refused = {
        ...fault(value.refusal),
        ...{ checked: checked(), faults: [value.refusal, ...faults] },
      };
      // Of others than these a root was signed: of which, only what they say of each other can tell.
      return value.refusal.code === 'root-of-other-entries'
        ? { ...refused, source: keys.source, size: checked() }
        : refused;
    }
    const author = authorOf(keys.source);
    if (author === undefined || originOf(author) !== value.value.checkpoint.origin)
      return fault({ code: 'file-malformed', path: 'keys' });
    const last = cosignedAt(trusted, value.value).at(-1)?.toISOString() ?? until();
    return {
      ...{ folder: name, source: keys.source, head: value.value, checked: checked(), faults },
      size: value.value.checkpoint.size,
      ...(judge.opening() && { opening: judge.opening() }),
      ...{ anchors: judge.anchors, keys: judge.keys(), ...(last !== undefined && { until: last }) },
    };
  }
};

export const policyOf = async (suite: Suite, readFile: ReadFile): Promise<Policy | LedgerFault> => {
  const bytes = await readFile('policy');
  if (bytes === undefined) return { code: 'file-missing', path: 'policy' };
  const policy = parsePolicy(suite.sha256, bytes);
  return policy.ok ? policy.value : { code: 'file-malformed', path: 'policy', line: policy.refusal.line };
};

export const keysOf = async (readFile: ReadFile): Promise<KeysFile | undefined> => {
  const bytes = await readFile('keys');
  return bytes && decodeKeys(bytes);
};

/** What is known on the way through a ledger, from its first leaf to its last. */
const judgeOf = (
  deps: Verifying,
  { name, readFile }: ExportFolder,
  policy: Policy,
  keysFile: KeysFile,
  before: KeyHistory,
  lastTimes: readonly Date[],
) => {
  const { suite, toleranceMs } = deps;
  const { source, keys } = keysFile;
  const { sha256 } = suite;
  const findingsOf = inspection(deps, name, keysFile);
  const faults: LedgerFault[] = [];
  const anchors: Anchor[] = [];
  const tell = (fault: LedgerFault) => void (faults.length < mostFaults && faults.push(fault));
  const liars = liarsAmong(policy);
  const due = new Map<number, { readonly root: Hash; readonly path: string }>();
  let [edge, checked, notBefore]: [TileEdge, number, number] = [emptyEdge, 0, -Infinity];
  let history = before;
  let next: Beside | undefined;
  let opening: Opening | undefined;

  /** What a key of the ledger's beginning signed is found with the bundle; a later one is tried here. */
  const verifySeal = (genuine: readonly string[]) =>
    sealVerifierAt(
      () => history,
      (key, author, seal) =>
        keys.some(({ publicKey }) => publicKey === key.publicKey)
          ? genuine.includes(key.publicKey)
          : isSealedBy(suite, author, key, seal),
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
    const by = surelyBy(cosignedAt(policy, opened.value), liars);
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

  /** Which key was valid may change from leaf to leaf; whose signature it is does not. */
  const sealJudge =
    (file: SealsFile | undefined, genuine: BundleFindings['genuine']) =>
    (seq: number, n: number, hash: string, type: string, of: Source = source): UnsealedReason | undefined => {
      const at = file?.of[n] ?? -1;
      const seal = file?.seals[at];
      if (seal === undefined) return 'no-seal';
      if (!verifySeal(genuine[at] ?? [])(of, seal, seq)) return 'seal-forged';
      if (!seal.leaves.some((leaf) => leaf === hash)) return 'not-in-the-seal';
      return maySeal(seal.service, type) ? undefined : 'service-not-entitled';
    };

  const take = async (step: FolderStep): Promise<void> => {
    const { first, leaves, size } = step;
    const beside = next ?? (await readBeside(first, size));
    next = await readBeside(first + tileWidth, size);
    if (beside.fault !== undefined) tell(beside.fault);
    if (beside.head !== undefined)
      due.set(beside.head.size, { root: beside.head.root, path: beside.path ?? '' });
    const { events, genuine } = await findingsOf(step, beside.file);
    growTo(leaves);
    const unsealed = sealJudge(beside.file, genuine);
    for (const [n, event] of events.entries()) takeEvent(first + n, n, event, beside, unsealed);
  };

  const takeEvent = (
    seq: number,
    n: number,
    { hash, faults: found, read }: EventFinding,
    beside: Beside,
    unsealed: ReturnType<typeof sealJudge>,
  ) => {
    checked++;
    found.forEach(tell);
    if (read === undefined) return;
    const reason = unsealed(seq, n, hash, read.type, read.of);
    if (reason !== undefined) tell({ code: 'not-sealed', seq, reason });
    const over = [beside.head, next?.head].find((head) => head !== undefined && head.size > seq);
    judgeInstant(seq, read, over === undefined ? surelyBy(lastTimes, liars) : over.by);
    if (read.fact !== undefined && reason === undefined) learn(seq, read.fact, read.of);
  };

  /** Leaves stand in the order in which they were written: none can be from before those in front of it. */
  const judgeInstant = (
    seq: number,
    said: Pick<Envelope, 'time' | 'recordedtime'>,
    notAfter: Date | undefined,
  ) => {
    const claimed = said.recordedtime;
    const window = {
      ...(notBefore > -Infinity && { notBefore: new Date(notBefore) }),
      ...(notAfter && { notAfter }),
    };
    const flagged = judgeEventTime(said, window, toleranceMs);
    if (flagged.flag === 'unsuspicious') notBefore = Math.max(notBefore, Date.parse(claimed));
    else tell({ code: flagged.flag, seq, claimed, byMs: flagged.byMs });
  };

  const learn = (seq: number, fact: LedgerFact, of: Source = source) => {
    switch (fact.type) {
      case 'liandong.ledger.keyRotated.v1':
      case 'liandong.ledger.keyRevoked.v1':
        history = afterKeyEvent(history, seq, fact);
        return;
      case 'liandong.ledger.anchored.v1':
        for (const { time, ...head } of fact.data.checkpoints) {
          notBefore = Math.max(notBefore, new Date(time).getTime());
          anchors.push({ ...head, seq });
        }
        return;
      case 'liandong.ledger.epochOpened.v1':
        // A ledger may hold the opening of an epoch before it, which came to nothing.
        if (of === source) opening ??= { ...fact.data, seq };
        return;
      case 'liandong.ledger.splitView.v1':
        return;
    }
  };

  return {
    take,
    faults,
    anchors,
    opening: () => opening,
    keys: () => history,
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

/**
 * The findings of a ledger's bundles, one after the other. Others who inspect are asked
 * for a few bundles ahead, and hold no more than those; what they read must be what was
 * read here, or the files were changed meanwhile.
 */
const inspection = (deps: Verifying, folder: string, keys: KeysFile) => {
  const ahead = new Map<number, Promise<BundleFindings>>();
  return async (
    { first, entries, leaves, size }: FolderStep,
    beside: SealsFile | undefined,
  ): Promise<BundleFindings> => {
    const { inspectors } = deps;
    if (inspectors === undefined) return inspectBundle(deps, keys, first, entries, beside);
    for (let at = first; at < Math.min(size, first + inspectors.ahead * tileWidth); at += tileWidth) {
      if (ahead.has(at)) continue;
      const findings = inspectors.inspect(folder, keys, at, Math.min(tileWidth, size - at));
      // Of a ledger that does not stand, what was asked ahead is never awaited.
      findings.catch(() => undefined);
      ahead.set(at, findings);
    }
    const findings = await ahead.get(first);
    ahead.delete(first);
    if (findings === undefined || !areOf(findings, leaves))
      throw new Error(`${folder}: the files were changed while they were verified`);
    return findings;
  };
};

const areOf = ({ events }: BundleFindings, leaves: readonly Hash[]): boolean =>
  events.length === leaves.length && leaves.every((leaf, n) => events[n]?.hash === toHex(leaf));
