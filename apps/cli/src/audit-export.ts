import { sha256 } from '@liandong/adapters/crypto';
import { type Exported, exportLedger, type ExportRefusal } from '@liandong/application';
import { decodeCaseFact } from '@liandong/contracts';
import { utf8 } from '@liandong/kernel';
import { parsePolicy, type Policy } from '@liandong/ledger';
import { emptyFolder, policyNamed, writerTo } from './audit-folders.ts';
import { type AuditService, filesFrom, linesFrom, servicesNamed } from './audit-service.ts';
import { withTier } from './audit-tier.ts';
import type { Command, Options } from './command.ts';
import { Complaint } from './complaint.ts';
import { progressBar } from './progress.ts';

export const auditExport: Command = {
  usage: '--tier <code> | --config <file> [--epoch <n>] | --url <url> --out <dir> [--policy <file>]',
  zh: '导出一级的全部事件记录，供独立核验',
  en: 'export the ledger of a tier, to be verified without it',
  runAlone: async (options) => {
    const out = await emptyFolder(options.out);
    const [service] = await servicesNamed(options);
    const exported = await (service === undefined ? exportedFrom(options, out) : exportedBy(service, out));
    return { json: { ...exported, out }, text: exportedText(exported, out) };
  },
};

const label = '导出 exported';

const exportedFrom = async (options: Options, out: string): Promise<Exported> => {
  const exported = await withTier(options, ({ config, store, bookOf }) => {
    const { network, tier, members } = config;
    const { keys = [], earlier = [] } = members.find((each) => each.tier === tier) ?? {};
    const epoch = options.epoch === undefined ? config.epoch : Number(options.epoch);
    const former = earlier.find((each) => each.epoch === epoch);
    if (epoch !== config.epoch && former === undefined)
      throw new Complaint(
        `配置中没有第 ${options.epoch} 期\nThe configuration names no epoch ${options.epoch} of ${tier}.`,
      );
    const policy =
      former === undefined || options.policy !== undefined
        ? policyNamed(options.policy ?? config.policyFile)
        : policyIn(former.policy);
    const others = [...earlier.map((each) => each.epoch), config.epoch].filter((each) => each !== epoch);
    return exportLedger({
      ...{ self: { network, tier, epoch }, store, book: bookOf(epoch), sha256, policy },
      otherEpochs: others.map(bookOf),
      factOf: decodeCaseFact,
      keys: keys.map(({ service, keyId, publicKey }) => ({ purpose: service, keyId, publicKey })),
      writeFile: writerTo(out),
      progress: progressBar(label, process.stderr),
    });
  });
  if (exported.ok) return exported.value;
  throw new Complaint(refusalText(exported.refusal));
};

const policyIn = (text: string): Policy => {
  const policy = parsePolicy(sha256, utf8(text));
  if (policy.ok) return policy.value;
  throw new Complaint(`${policy.refusal.rule}`);
};

/** The files as they come; the checkpoint, without which they are nothing, comes last. */
const exportedBy = async (service: AuditService, out: string): Promise<Exported> => {
  const write = writerTo(out);
  let [head, streams]: [readonly string[], number] = [[], 0];
  for await (const { path, bytes } of filesFrom(linesFrom(service, 'export'), () => undefined)) {
    await write(path, bytes);
    if (path.startsWith('case-index/')) streams += bytes.filter((byte) => byte === 0x0a).length;
    if (path === 'checkpoint') head = new TextDecoder().decode(bytes).split('\n');
  }
  const [origin, size] = head;
  if (origin !== undefined) return { origin, size: Number(size), streams };
  throw new Complaint(`${service.url} 没有给出账本头\n${service.url} sent no checkpoint.`);
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
