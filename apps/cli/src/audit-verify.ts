import { nodeSuite } from '@liandong/adapters/crypto';
import { type AuditReport, clockToleranceMs, type Inspectors, verifyExports } from '@liandong/application';
import { checkSchema, decodeCaseFact, decodeLedgerFact } from '@liandong/contracts';
import { tileWidth } from '@liandong/ledger';
import { availableParallelism } from 'node:os';
import { folderAt, policyNamed } from './audit-folders.ts';
import { reportText } from './audit-text.ts';
import type { Command, Options } from './command.ts';
import { Complaint } from './complaint.ts';
import { openInspectors } from './inspectors.ts';
import { progressBar } from './progress.ts';

export const auditVerify: Command = {
  usage: '<dir> [<dir>…] [--policy <file>] [--workers <n>]',
  zh: '离线核验一级或多级的导出，并相互比对',
  en: 'verify exports offline, each in itself and with each other',
  runAlone: async (options, ...folders) => {
    if (folders.length === 0) throw new Complaint('请指明导出目录\nWhich folder is to be verified?');
    const report = await verified(folders, options);
    return { json: report, text: reportText(report, options.policy !== undefined), wrong: !report.ok };
  },
};

/** Verifies folders, in threads where there is enough to do for them. */
export const verified = async (
  folders: readonly string[],
  { policy, workers }: Pick<Options, 'policy' | 'workers'>,
): Promise<AuditReport> => {
  const trusted = policy === undefined ? {} : { policy: policyNamed(policy) };
  const threads = workers === undefined ? await threadsFor(folders) : threadsIn(workers);
  const inspectors = threads > 1 ? openInspectors(threads) : undefined;
  try {
    return await verifyIn(inspectors, folders, trusted);
  } finally {
    await inspectors?.close();
  }
};

const verifyIn = (
  inspectors: Inspectors | undefined,
  folders: readonly string[],
  trusted: { readonly policy?: ReturnType<typeof policyNamed> },
) => {
  const bar = progressBar('核验 verified', process.stderr);
  return verifyExports(
    {
      ...{ suite: nodeSuite(), checkSchema, ledgerFactOf: decodeLedgerFact, factOf: decodeCaseFact },
      ...{ toleranceMs: clockToleranceMs, progress: (_, done, of) => bar(done, of), ...trusted },
      ...(inspectors && { inspectors }),
    },
    folders.map(folderAt),
  );
};

const threadsIn = (text: string): number => {
  const threads = Number(text);
  if (/^\d{1,2}$/.test(text) && threads > 0) return threads;
  throw new Complaint(`--workers ${text}：1 至 99\n--workers ${text}: a number from 1 to 99.`);
};

/** A thread takes longer to start than a small ledger to verify. */
const leavesWorthThreads = 16 * tileWidth;

const threadsFor = async (folders: readonly string[]): Promise<number> => {
  const notes = await Promise.all(folders.map((folder) => folderAt(folder).readFile('checkpoint')));
  const sizes = notes.map((note) => Number(new TextDecoder().decode(note).split('\n')[1] ?? 0));
  return sizes.some((size) => size >= leavesWorthThreads) ? availableParallelism() : 1;
};
