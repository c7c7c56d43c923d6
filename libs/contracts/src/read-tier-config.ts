import { ok, refuse, type Result } from '@liandong/kernel';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  type ConfigProblem,
  type ConfigRefusal,
  rule,
  schemaProblems,
  withFound,
} from './config-problems.ts';
import { absoluteEventStore } from './event-store-config.ts';
import { absoluteBrokers, absoluteLinks, linkProblems } from './link-config.ts';
import { loadConfig } from './load-config.ts';
import { memberProblems } from './network-members.ts';
import { type TierConfig, tierShape } from './tier-config.ts';

/** What the rules between fields look at. */
const between = z.object(
  tierShape.pick({
    tier: true,
    epoch: true,
    members: true,
    parentLink: true,
    links: true,
    keyFiles: true,
    evidenceFolder: true,
  }).shape,
);

/** Checks a configuration whole and names every field that is wrong. Relative paths stand against `folder`. */
export const parseTierConfig = (json: unknown, folder: string): Result<TierConfig, ConfigRefusal> => {
  const parsed = tierShape.safeParse(json);
  const related = parsed.success ? parsed : between.safeParse(json);
  const problems = [
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, json)),
    ...(related.success
      ? [...memberProblems(related.data), ...keyProblems(related.data), ...linkProblems(related.data)]
      : []),
  ];
  if (!parsed.success || problems.length > 0)
    return refuse({ code: 'bad-configuration', problems: withFound(problems, json) });
  const at = (file: string | undefined) => (file === undefined ? undefined : resolve(folder, file));
  const { demonstration, databaseUrlFiles, keyFiles, policyFile, evidenceFolder, secretFile, copies } =
    parsed.data;
  const { links, eventTopic, eventStore } = parsed.data;
  return ok({
    ...parsed.data,
    demonstration: demonstration && { clockOffsetFile: resolve(folder, demonstration.clockOffsetFile) },
    eventStore: absoluteEventStore(eventStore, folder),
    databaseUrlFiles: {
      approval: at(databaseUrlFiles.approval),
      supervision: at(databaseUrlFiles.supervision),
      exchange: at(databaseUrlFiles.exchange),
      audit: at(databaseUrlFiles.audit),
    },
    keyFiles: {
      approval: at(keyFiles.approval),
      supervision: at(keyFiles.supervision),
      exchange: at(keyFiles.exchange),
      log: at(keyFiles.log),
      witness: at(keyFiles.witness),
      letters: at(keyFiles.letters),
    },
    policyFile: at(policyFile),
    evidenceFolder: at(evidenceFolder),
    secretFile: at(secretFile),
    ...(links && { links: absoluteLinks(links, folder) }),
    ...(eventTopic && { eventTopic: absoluteBrokers(eventTopic, folder) }),
    copies: {
      exports: copies.exports.map((name) => resolve(folder, name)),
      backups: copies.backups.map((name) => resolve(folder, name)),
    },
  });
};

/** What keeps the ledger and opens letters cannot do without its key and its place for evidence. */
const keyProblems = ({
  tier,
  members,
  keyFiles,
  evidenceFolder,
}: z.infer<typeof between>): readonly ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  if (keyFiles.exchange === undefined) return problems;
  if (keyFiles.log === undefined)
    problems.push({
      field: 'keyFiles.log',
      rule: rule(
        '必填：签署本层级账本的私钥文件，其公钥写在 policy 中',
        'is needed: the file with the private key that signs this tier’s ledger, whose public key its policy names',
      ),
    });
  if (evidenceFolder === undefined)
    problems.push({
      field: 'evidenceFolder',
      rule: rule(
        '必填：保存账本作假证据的文件夹',
        'is needed: a folder for evidence against ledgers that told two stories',
      ),
    });
  const own = members.find((each) => each.tier === tier);
  if (own?.letterKey !== undefined && keyFiles.letters === undefined)
    problems.push({
      field: 'keyFiles.letters',
      rule: rule('必填：members 中有信函公钥', 'is needed: the members name a key for letters'),
    });
  return problems;
};

/** Reads and checks the file, or throws an error that an operator can act on. */
export const loadTierConfig = (file: string): TierConfig =>
  loadConfig(file, { zh: '层级', en: 'tier' }, parseTierConfig);
