import { nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { memoryViews } from '@liandong/adapters/memory';
import {
  compareViews,
  exportLedger,
  type Exported,
  type ExportFolder,
  type ExportRefusal,
  projections,
  type Recorded,
  replayInto,
  storeOf,
  verifyExports,
  writeDossier,
  type WriteFile,
} from '@liandong/application';
import { checkSchema, decodeCaseFact, decodeLedgerFact, loadPolicy } from '@liandong/contracts';
import { decodeEvent, type StreamName } from '@liandong/kernel';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { replayText, reportText } from './audit-text.ts';
import { type AuditAccess, complaining, rowsDeps, withLiveViews, withTier } from './audit-tier.ts';
import { instantOf } from './cases.ts';
import { caseNamed, type Command, type Options } from './command.ts';
import { Complaint } from './complaint.ts';

/** Clocks of neighbouring tiers differ by less; what differs by more is told. */
const toleranceMs = 5 * 60_000;

export const auditExport: Command = {
  usage: '--config <file> --out <dir> [--policy <file>] [--tier <code>]',
  zh: '导出一级的全部事件记录，供独立核验',
  en: 'export the ledger of a tier, to be verified without it',
  runAlone: async (options) => {
    const out = await emptyFolder(options.out);
    const exported = await withTier(options, ({ config, store, book }) => {
      const { network, tier, epoch, members } = config;
      const policy = policyNamed(options.policy ?? config.policyFile);
      const keys = members.find((each) => each.tier === tier)?.keys ?? [];
      return exportLedger({
        ...{ self: { network, tier, epoch }, store, book, sha256, policy },
        factOf: decodeCaseFact,
        keys: keys.map(({ service, keyId, publicKey }) => ({ purpose: service, keyId, publicKey })),
        writeFile: writerTo(out),
        progress: progressOf('导出 exported'),
      });
    });
    if (!exported.ok) throw new Complaint(refusalText(exported.refusal));
    return { json: { ...exported.value, out }, text: exportedText(exported.value, out) };
  },
};

const emptyFolder = async (out: string | undefined): Promise<string> => {
  if (out === undefined) throw new Complaint('请用 --out 指明目录\n--out <dir> must name a folder.');
  if (existsSync(out) && (await readdir(out)).length > 0)
    throw new Complaint(`${out} 不是空目录\n${out} is not an empty folder.`);
  return out;
};

const writerTo =
  (folder: string): WriteFile =>
  async (name, bytes) => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
  };

const policyNamed = (file: string | undefined) => {
  if (file === undefined)
    throw new Complaint(
      '请用 --policy 指明见证策略\nThe configuration has no policyFile: --policy <file> must name the policy of the ledger.',
    );
  return complaining(() => loadPolicy(sha256, file));
};

const exportedText = ({ origin, size, streams }: Exported, out: string): string =>
  `✓ ${origin}：${size} 条记录、${streams} 个案卷已写入 ${out}\n` +
  `  ${size} entries and ${streams} streams are in ${out}`;

const refusalText = (refusal: ExportRefusal): string => {
  switch (refusal.code) {
    case 'nothing-anchored':
      return '账本尚无达到见证法定数的账本头\nNo head of the ledger has the signatures its policy asks for yet.';
    case 'sealed-event-gone':
      return `已封存的第 ${refusal.seq} 条事件不在库中\nThe store has lost event ${refusal.seq}, which was sealed.`;
    case 'tile-gone':
      return `缺少哈希块 ${refusal.path}\nThe tile ${refusal.path} is gone.`;
  }
};

export const auditVerify: Command = {
  usage: '<dir> [<dir>…] [--policy <file>]',
  zh: '离线核验一级或多级的导出，并相互比对',
  en: 'verify exports offline, each in itself and with each other',
  runAlone: async ({ policy }, ...folders) => {
    if (folders.length === 0) throw new Complaint('请指明导出目录\nWhich folder is to be verified?');
    const report = await verified(folders, policy);
    return { json: report, text: reportText(report, policy !== undefined), wrong: !report.ok };
  },
};

const verified = (folders: readonly string[], policy: string | undefined) =>
  verifyExports(
    {
      ...{ suite: nodeSuite(), checkSchema, ledgerFactOf: decodeLedgerFact, factOf: decodeCaseFact },
      ...{ toleranceMs, progress: progressOf('核验 verified') },
      ...(policy !== undefined && { policy: policyNamed(policy) }),
    },
    folders.map(folderAt),
  );

const folderAt = (name: string): ExportFolder => ({
  name,
  readFile: async (file) => {
    try {
      return new Uint8Array(await readFile(path.join(name, file)));
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
      throw error;
    }
  },
});

export const auditDossier: Command = {
  usage: '<id> <dir> [<dir>…] --out <dir> [--policy <file>]',
  zh: '办件的决定卷宗：决定者当时所见，附证明',
  en: 'what the deciders of a case saw, with proofs, out of verified exports',
  runAlone: async ({ out, policy }, caseId, ...folders) => {
    const id = caseNamed(caseId) as StreamName;
    if (folders.length === 0) throw new Complaint('请指明导出目录\nWhich exports is it to be made of?');
    const target = await emptyFolder(out);
    const report = await verified(folders, policy);
    // A proof out of a ledger that does not stand would prove nothing.
    if (!report.ok) return { json: report, text: reportText(report, policy !== undefined), wrong: true };
    const exports = report.exports.flatMap(({ folder, origin, size }) =>
      origin === undefined || size === undefined ? [] : [{ ...folderAt(folder), origin, size }],
    );
    const made = await writeDossier({ sha256, factOf: decodeCaseFact }, exports, id, writerTo(target));
    if (!made.ok) throw new Complaint(`这些导出中没有办件 ${id}\nNone of these exports has ${id}.`);
    const { events, decisions, unproven } = made.value;
    return {
      json: { out: target, events: events.length, decisions: decisions.length, unproven },
      text:
        `✓ ${events.length} 个事件、${decisions.length} 个决定，见 ${path.join(target, 'index.html')}\n` +
        `  ${events.length} events and ${decisions.length} decisions; ${unproven.length} earlier events are not proven here`,
    };
  },
};

export const auditReplay: Command = {
  usage: '--config <file> [--tier <code>] [--case <id>] [--at <time|seq>] [--projection <name>]',
  zh: '仅凭事件重建视图，并与现行视图比较',
  en: 'rebuild the views from events alone, compare with the live ones',
  runAlone: (options) =>
    withTier(options, async (access) => {
      const only = options.case === undefined ? undefined : (caseNamed(options.case) as StreamName);
      const which = projectionsNamed(options.projection);
      const store = storeOf(access.store, await countedBy(access, options.at));
      const replayed = memoryViews();
      const streams = await replayInto(
        { ...rowsDeps(store), store, ...(only !== undefined && { only }) },
        replayed,
      );
      // What was at an earlier moment stands in no view any more: it is shown, not compared.
      const compared =
        options.at === undefined
          ? await withLiveViews(access.config, (live) => compareViews(live, replayed, which, only))
          : undefined;
      const json = {
        ...{ tier: access.config.tier, at: options.at ?? null, streams, compared: compared ?? null },
        ...(only !== undefined && { case: (await replayed.case(only)) ?? null }),
      };
      return { json, text: replayText(json), wrong: compared?.divergence !== undefined };
    }),
};

const projectionsNamed = (name: string | undefined) => {
  if (name === undefined) return projections;
  const found = projections.filter((each) => each === name);
  if (found.length > 0) return found;
  throw new Complaint(`没有视图 ${name}\n--projection is one of ${projections.join(', ')}.`);
};

/** Which events count: those recorded by a moment, or that stand in the store up to a leaf of the tier's own ledger. */
const countedBy = async (
  { book }: AuditAccess,
  at: Options['at'],
): Promise<(recorded: Recorded) => boolean> => {
  if (at === undefined) return () => true;
  if (!/^\d{1,15}$/.test(at)) {
    const moment = instantOf(at);
    return ({ bytes }) => decodeEvent(bytes).recordedtime <= moment;
  }
  const [entry] = await book.entries(Number(at), Number(at) + 1);
  if (entry === undefined) throw new Complaint(`账本没有第 ${at} 条\nThe ledger has no leaf ${at}.`);
  return ({ position }) => position <= entry.position;
};

/** Told on a terminal only: what programs read stays what it is. */
const progressOf = (label: string) => {
  if (!process.stderr.isTTY) return () => undefined;
  return (...told: readonly (string | number)[]) => {
    const [done, size] = told.slice(-2).map(Number);
    process.stderr.write(`\r${label} ${done}/${size}${done === size ? '\n' : ''}`);
  };
};
