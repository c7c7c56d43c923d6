import { nodeSuite } from '@liandong/adapters/crypto';
import {
  composeDossier,
  type Dossier,
  type DossierDeps,
  type Proven,
  provenInDossier,
  writeDossier,
  type WriteFile,
} from '@liandong/application';
import { decodeCaseFact, decodeItemFact } from '@liandong/contracts';
import type { Result, StreamName } from '@liandong/kernel';
import path from 'node:path';
import { emptyFolder, folderAt, policyNamed, writerTo } from './audit-folders.ts';
import { type AuditService, filesFrom, linesFrom, servicesNamed } from './audit-service.ts';
import { reportText } from './audit-text.ts';
import { verified } from './audit-verify.ts';
import { caseNamed, type Command, type Found, type Options } from './command.ts';
import { Complaint } from './complaint.ts';

const suite = nodeSuite();
const deps: DossierDeps = { sha256: suite.sha256, factOf: decodeCaseFact, itemFactOf: decodeItemFact };

export const auditDossier: Command = {
  usage: '<id> <dir> [<dir>…] | --tier <code> | --url <url>… --out <dir> [--policy <file>]',
  zh: '办件的决定卷宗：决定者当时所见，附证明',
  en: 'what the deciders of a case saw, with proofs, out of verified exports or from running tiers',
  runAlone: async (options, caseId, ...folders) => {
    const id = caseNamed(caseId) as StreamName;
    const services = await servicesNamed(options);
    if (folders.length === 0 && services.length === 0)
      throw new Complaint(
        '请指明导出目录，或用 --url 指明审计服务\nWhich exports, or which services, is it to be made of?',
      );
    const out = await emptyFolder(options.out);
    return services.length === 0
      ? fromExports(id, folders, options, out)
      : madeIn(out, id, await fromServices(id, services, options, writerTo(out)));
  },
};

const fromExports = async (
  id: StreamName,
  folders: readonly string[],
  options: Options,
  out: string,
): Promise<Found> => {
  const report = await verified(folders, options);
  // A proof out of a ledger that does not stand would prove nothing.
  if (!report.ok)
    return { json: report, text: reportText(report, options.policy !== undefined), wrong: true };
  const exports = report.exports.flatMap(({ folder, origin, size }) =>
    origin === undefined || size === undefined ? [] : [{ ...folderAt(folder), origin, size }],
  );
  return madeIn(out, id, await writeDossier(deps, exports, id, writerTo(out)));
};

/** What the services say is proven here again, event by event, and put together. */
const fromServices = async (
  id: StreamName,
  services: readonly AuditService[],
  { policy }: Options,
  writeFile: WriteFile,
) => {
  const trusted = policy === undefined ? undefined : policyNamed(policy);
  const proven: Proven[] = [];
  for (const service of services) {
    const files = new Map<string, Uint8Array>();
    const lines = linesFrom(service, `dossiers/${id}`);
    for await (const file of filesFrom(lines, () => undefined)) files.set(file.path, file.bytes);
    const found = provenInDossier(suite, files, trusted);
    if (!found.ok)
      throw new Complaint(
        `${service.url} 的证明不成立：${found.refusal.path}\n${service.url}: the proof of ${found.refusal.path} does not hold.`,
      );
    proven.push(...found.value);
  }
  return composeDossier(deps, proven, id, writeFile);
};

const madeIn = (out: string, id: StreamName, made: Result<Dossier, unknown>): Found => {
  if (!made.ok) throw new Complaint(`所给账本中没有办件 ${id}\nNone of these ledgers has ${id}.`);
  const { events, decisions, guide, unproven } = made.value;
  return {
    json: {
      ...{ out, events: events.length, decisions: decisions.length, unproven },
      guide: guide === undefined ? null : { version: guide.version.version, event: guide.published.hash },
    },
    text:
      `✓ ${events.length} 个事件、${decisions.length} 个决定，见 ${path.join(out, 'index.html')}\n` +
      `  ${events.length} events and ${decisions.length} decisions; ${unproven.length} earlier events are not proven here`,
  };
};
