import { nodeSuite } from '@liandong/adapters/crypto';
import {
  publishRedacted,
  type PublishRefusal,
  type RedactedFault,
  type VerifiedFolder,
  verifyRedacted,
} from '@liandong/application';
import { loadTierConfig } from '@liandong/contracts';
import type { Disclosure, StreamName } from '@liandong/kernel';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { emptyFolder, folderAt, policyNamed, writerTo } from './audit-folders.ts';
import { reportText } from './audit-text.ts';
import { verified } from './audit-verify.ts';
import { caseNamed, type Command, type Options } from './command.ts';
import { complaining, Complaint } from './complaint.ts';
import { shown, table } from './table.ts';

const suite = nodeSuite();

export const privacyPublish: Command = {
  usage: '<id> <dir> [<dir>…] --config <file> --out <dir> [--field <digest>…] [--policy <file>]',
  zh: '公开办件：仅披露所选字段，附证明',
  en: 'publish a case with chosen personal fields and no others, each with its proof',
  runAlone: async (options, caseId, ...folders) => {
    const id = caseNamed(caseId) as StreamName;
    if (folders.length === 0) throw new Complaint('请指明导出目录\nWhich exports is it to be made of?');
    const out = await emptyFolder(options.out);
    const chosen = await heldFields(options);
    const report = await verified(folders, options);
    // A proof out of a ledger that does not stand would prove nothing.
    if (!report.ok)
      return { json: report, text: reportText(report, options.policy !== undefined), wrong: true };
    const exports = report.exports.flatMap(({ folder, origin, size }): VerifiedFolder[] =>
      origin === undefined || size === undefined ? [] : [{ ...folderAt(folder), origin, size }],
    );
    const made = await publishRedacted(suite.sha256, exports, id, chosen, writerTo(out));
    if (!made.ok) throw new Complaint(refusalText(made.refusal, id));
    const { events, fields } = made.value;
    return {
      json: { out, events, fields: fields.map(({ event, name }) => ({ event, name })) },
      text:
        `✓ ${events} 个事件、${fields.length} 个字段已写入 ${out}\n` +
        `  ${events} events and ${fields.length} fields are in ${out}`,
    };
  },
};

const refusalText = (refusal: PublishRefusal, id: string): string => {
  switch (refusal.code) {
    case 'case-unknown':
      return `所给账本中没有办件 ${id}\nNone of these ledgers has ${id}.`;
    case 'field-not-of-events': {
      const digests = refusal.digests.join(' ');
      return `这些字段不属于该办件：${digests}\nNo event of the case has the fields ${digests}.`;
    }
  }
};

/** The clear text of the chosen fields, as the tier's own counter holds it. */
const heldFields = async ({ config: file, field = [] }: Options): Promise<readonly Disclosure[]> => {
  if (field.length === 0) return [];
  if (file === undefined)
    throw new Complaint(
      '请用 --config 指明层级配置文件\n--config <file> must name the configuration of the tier.',
    );
  const { databaseUrlFiles } = complaining(() => loadTierConfig(file));
  const { approval } = databaseUrlFiles;
  if (approval === undefined)
    throw new Complaint(
      '层级配置没有 databaseUrlFiles.approval\nThe configuration does not set databaseUrlFiles.approval.',
    );
  const { openPool, postgresDisclosures } = await import('@liandong/adapters/postgres');
  const pool = openPool(
    complaining(() => readFileSync(approval, 'utf8').trim()),
    { max: 1 },
  );
  try {
    const held = await postgresDisclosures(pool).held(field);
    const absent = field.filter((digest) => !held.some((each) => each.digest === digest));
    if (absent.length === 0) return held;
    throw new Complaint(
      `本级不持有字段 ${absent.join(' ')}\nThis tier does not hold the fields ${absent.join(' ')}: erased, or never here.`,
    );
  } finally {
    await pool.end();
  }
};

export const privacyVerify: Command = {
  usage: '<dir> [--policy <file>]',
  zh: '离线核验公开的办件：每一字段确为事件所载',
  en: 'verify a published case offline: each field is what its event says',
  runAlone: async ({ policy }, folder) => {
    if (folder === undefined) throw new Complaint('请指明目录\nWhich folder is to be verified?');
    const trusted = policy === undefined ? undefined : policyNamed(policy);
    const found = verifyRedacted(suite, await filesUnder(folder), trusted);
    if (!found.ok)
      return { json: { ok: false, fault: found.refusal }, text: faultText(found.refusal), wrong: true };
    const { events, fields, withheld } = found.value;
    const json = {
      ...{ ok: true, fields, withheld },
      events: events.map(({ hash, origin, seq, envelope: { type } }) => ({ hash, origin, seq, type })),
    };
    return {
      json,
      text: [
        table(
          ['字段 field', '内容 value', '事件 event'],
          fields.map(({ name, value, event }) => [name, value, event.slice(0, 16)]),
        ),
        `事件 events ${events.length}  未披露 withheld ${withheld}`,
        ...(policy === undefined
          ? ['策略取自该目录本身，请与别处所得比对 · the policies are the folder’s own: compare them']
          : []),
        '✓ 核验通过 · verified',
      ].join('\n'),
    };
  },
};

const faultText = ({ code, ...place }: RedactedFault): string =>
  [
    `✗ 核验不通过 · not verified: ${code}`,
    ...Object.entries(place).map(([name, value]) => `${name}=${shown(value)}`),
  ].join(' ');

const filesUnder = async (folder: string): Promise<ReadonlyMap<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>();
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const each of found.filter((entry) => entry.isFile())) {
    const file = path.join(each.parentPath, each.name);
    files.set(path.relative(folder, file).split(path.sep).join('/'), new Uint8Array(await readFile(file)));
  }
  return files;
};
