import { assessmentAdopt, assessmentList, assessmentPublish, assessmentShow } from './assessments.ts';
import { auditDossier } from './audit-dossier.ts';
import { auditExport } from './audit-export.ts';
import { auditReplay } from './audit-replay.ts';
import { auditVerify } from './audit-verify.ts';
import { calendarCorrect, calendarPublish, calendarShow, hoursSet, hoursShow } from './calendar.ts';
import { casePersonal } from './case-personal.ts';
import { caseList, caseReplay, caseShow } from './cases.ts';
import { coverage, guide, uniformity } from './catalogue.ts';
import type { Command } from './command.ts';
import { cardDisagreements, cardGive, cardList, cardShow, cardStatistics, explain } from './cards.ts';
import { configCheck } from './config-check.ts';
import { networkFound, tierPrepare } from './found.ts';
import { kafkaPlan } from './kafka-plan.ts';
import { ledgerNextEpoch, ledgerOpenEpoch } from './ledger-epoch.ts';
import { ledgerRevokeKey, ledgerRotateKey } from './ledger-keys.ts';
import { ledgerRecover } from './ledger-recover.ts';
import { links, linksResume } from './links.ts';
import { packAdopt, packList } from './packs.ts';
import { overview, overviewEvents, overviewRows } from './overview.ts';
import { parkedList, parkedRedrive, parkedShow } from './parked.ts';
import { privacyErase, privacyFields } from './privacy.ts';
import { privacyCoverage } from './privacy-coverage.ts';
import { privacyPublish, privacyVerify } from './privacy-publish.ts';
import { tiers } from './tiers.ts';
import { token } from './tokens.ts';

export const commands: Readonly<Record<string, Command>> = {
  tiers,
  'case list': caseList,
  'case show': caseShow,
  'case replay': caseReplay,
  'case personal': casePersonal,
  'cards list': cardList,
  'cards show': cardShow,
  'cards statistics': cardStatistics,
  'cards disagreements': cardDisagreements,
  'cards give': cardGive,
  explain,
  overview,
  'overview rows': overviewRows,
  'overview events': overviewEvents,
  guide,
  uniformity,
  coverage,
  'assessment list': assessmentList,
  'assessment show': assessmentShow,
  'assessment publish': assessmentPublish,
  'assessment adopt': assessmentAdopt,
  'calendar show': calendarShow,
  'calendar publish': calendarPublish,
  'calendar correct': calendarCorrect,
  'hours show': hoursShow,
  'hours set': hoursSet,
  'pack list': packList,
  'pack adopt': packAdopt,
  links,
  'links resume': linksResume,
  'ledger next-epoch': ledgerNextEpoch,
  'ledger open-epoch': ledgerOpenEpoch,
  'ledger recover': ledgerRecover,
  'ledger revoke-key': ledgerRevokeKey,
  'ledger rotate-key': ledgerRotateKey,
  'config check': configCheck,
  'network found': networkFound,
  'tier prepare': tierPrepare,
  'kafka plan': kafkaPlan,
  'parked list': parkedList,
  'parked show': parkedShow,
  'parked redrive': parkedRedrive,
  token,
  'audit export': auditExport,
  'audit verify': auditVerify,
  'audit replay': auditReplay,
  'audit dossier': auditDossier,
  'privacy fields': privacyFields,
  'privacy erase': privacyErase,
  'privacy coverage': privacyCoverage,
  'privacy publish': privacyPublish,
  'privacy verify': privacyVerify,
};

const line = ([name, { usage, zh, en }]: readonly [string, Command]): string =>
  `  ${`${name} ${usage}`.trim()}\n      ${zh} · ${en}`;

export const usageOf = (names: readonly string[]): string =>
  [
    '用法 usage:',
    ...Object.entries(commands)
      .filter(([name]) => names.includes(name))
      .map(line),
  ].join('\n');

export const usage = `liandong <command> [options]

${Object.entries(commands).map(line).join('\n')}

  --json            机器可读 · for programs
  --network <file>  网络地址文件，缺省 .liandong/addresses.json · where the services are
  --token <token>   使用已有令牌 · a bearer token of your identity provider
  --help            本说明 · this text`;
