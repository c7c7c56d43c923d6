import { type Sha256, sameBytes, toHex } from '@liandong/kernel';
import type { FactOf } from '../cases/case-book.ts';
import { entryReader } from './exported-streams.ts';
import { type AuditFault, type ExportFault, type LedgerFault, mostFaults } from './faults.ts';
import type { SoundExport } from './inspect-stream.ts';
import { compareEpochs, rootAt, verifyInTurn } from './verify-epochs.ts';
import type { ExportFolder, VerifiedLedger, Verifying } from './verify-ledger.ts';
import { type VerifiedStreams, verifyStreams } from './verify-streams.ts';

/** What `verifyExports` found, as it is given to programs. */
export type AuditReport = {
  readonly ok: boolean;
  readonly exports: readonly ExportReport[];
  readonly between: VerifiedStreams & { readonly faults: readonly AuditFault[] };
};

export type ExportReport = {
  readonly folder: string;
  readonly origin?: string;
  readonly size?: number;
  readonly root?: string;
  readonly checked: number;
  /** Whose cosignatures the head bears. */
  readonly witnesses: readonly string[];
  /** For comparison with what the auditor got from elsewhere. */
  readonly policySha256?: string;
  readonly keysSha256?: string;
  readonly faults: readonly LedgerFault[];
};

export type VerifyingExports = Verifying & { readonly factOf: FactOf };

/**
 * Verifies exports, each in itself and all with each other. Ledgers whose entries and hashes do
 * not agree are not compared further: what they say is in no order that anybody could hold them to.
 */
export const verifyExports = async (
  deps: VerifyingExports,
  folders: readonly ExportFolder[],
): Promise<AuditReport> => {
  const ledgers = await verifyInTurn(deps, folders);
  const sound = ledgers.flatMap(({ name, readFile, source, size, until }): SoundExport[] =>
    source === undefined || size === undefined ? [] : [{ name, readFile, source, size, until }],
  );
  const faults: AuditFault[] = [];
  // One line out of place in an index makes a fault of every event behind it, and must not drown in them.
  const tell = (fault: AuditFault) =>
    void ((faults.length < mostFaults || !('stream' in fault)) && faults.push(fault));
  await compareCopies(sound, tell);
  await compareAnchors(deps.suite.sha256, ledgers, tell);
  await compareEpochs(deps.suite.sha256, ledgers, tell);
  const { factOf, inspectors } = deps;
  const streams = await verifyStreams(
    { sha256: deps.suite.sha256, factOf, ...(inspectors && { inspectors }) },
    sound,
    tell,
  );
  const exports = await Promise.all(ledgers.map((ledger) => reportOf(deps.suite.sha256, ledger)));
  return {
    ok: folders.length > 0 && faults.length === 0 && exports.every((each) => each.faults.length === 0),
    exports,
    between: { ...streams, faults },
  };
};

/** Two exports of one ledger: the shorter is the beginning of the longer. */
const compareCopies = async (exports: readonly SoundExport[], tell: (fault: ExportFault) => void) => {
  for (const [n, one] of exports.entries())
    for (const other of exports.slice(n + 1)) {
      if (other.source !== one.source) continue;
      const [a, b] = [one, other].map(({ readFile, size }) => entryReader(readFile, size));
      for (let seq = 0; seq < Math.min(one.size, other.size); seq++) {
        const [left, right] = [await a?.(seq), await b?.(seq)];
        if (left !== undefined && right !== undefined && sameBytes(left, right)) continue;
        tell({ code: 'copies-differ', folder: one.name, other: other.name, seq });
        break;
      }
    }
};

/** What one ledger saw of another must be what the other shows, as far as both are here. */
const compareAnchors = async (
  sha256: Sha256,
  ledgers: readonly (VerifiedLedger & ExportFolder)[],
  tell: (fault: ExportFault) => void,
) => {
  for (const { name, anchors = [] } of ledgers)
    for (const { seq, origin, size, root } of anchors) {
      const author = ledgers.find(({ head }) => head?.checkpoint.origin === origin);
      const whole = author?.head?.checkpoint.size ?? 0;
      if (author === undefined || size > whole) continue;
      const made = await rootAt(sha256, author, size, whole);
      if (made === undefined || toHex(made) === root) continue;
      const place = { folder: name, seq, author: author.name, size };
      tell({ code: 'anchor-differs', ...place, stated: root, made: toHex(made) });
    }
};

const reportOf = async (
  sha256: Sha256,
  { name, readFile, head, checked, faults }: VerifiedLedger & ExportFolder,
): Promise<ExportReport> => {
  const [policy, keys] = await Promise.all([readFile('policy'), readFile('keys')]);
  return {
    folder: name,
    ...(head !== undefined && {
      origin: head.checkpoint.origin,
      size: head.checkpoint.size,
      root: toHex(head.checkpoint.root),
    }),
    checked,
    witnesses: (head?.verified ?? []).flatMap(({ key }) => (key.type === 'cosignature' ? key.name : [])),
    ...(policy && { policySha256: toHex(sha256(policy)) }),
    ...(keys && { keysSha256: toHex(sha256(keys)) }),
    faults,
  };
};
