import { ed25519Signer, nodeSuite, serviceKey } from '@liandong/adapters/crypto';
import { encryptionKeyOf } from '@liandong/adapters/jwe';
import {
  type ConfigProblem,
  type KafkaBrokers,
  type Listen,
  rule,
  type TierConfig,
} from '@liandong/contracts';
import { type ServiceName, utf8 } from '@liandong/kernel';
import { parsePolicy } from '@liandong/ledger';
import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * What is wrong with what a configuration names, as far as this machine can tell without
 * connecting anywhere: files, keys, URLs, ports. Only what these services need.
 */
export const tierProblems = (
  config: TierConfig,
  services: readonly ServiceName[],
): readonly ConfigProblem[] => {
  const own = config.members.find(({ tier }) => tier === config.tier);
  const problems = services.flatMap((service) => [
    ...urlProblems(config, service),
    ...storeProblems(config),
    ...(service === 'audit' ? [] : keyProblems(config, service)),
    ...(service === 'exchange' ? exchangeProblems(config) : []),
    ...(service === 'approval' || service === 'supervision' ? secretProblems(config) : []),
    ...(service === 'approval' || service === 'exchange' ? topicProblems(config) : []),
  ]);
  return [
    ...problems,
    ...portProblems(config.listen, services),
    ...(config.identity === undefined
      ? [{ field: 'identity', rule: rule('必填：谁签发令牌', 'is needed: whose tokens are accepted') }]
      : []),
    ...(services.includes('audit') && own?.policy === undefined
      ? [
          needed(
            'members',
            '审计服务需要本层级账本的 policy',
            'the audit needs a policy of this tier’s ledger',
          ),
        ]
      : []),
  ].filter((problem, n, all) => all.findIndex(({ field }) => field === problem.field) === n);
};

const needed = (field: string, zh: string, en: string): ConfigProblem => ({ field, rule: rule(zh, en) });

type Content = { readonly text: string } | { readonly problem: ConfigProblem };

const contentOf = (file: string | undefined, field: string): Content => {
  if (file === undefined)
    return { problem: needed(field, '必填：一个文件', 'is needed: the name of a file') };
  try {
    return { text: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const said = rule('文件须存在且可读', 'the file must be there and readable');
    return { problem: { field, rule: `${said} (${code})`, found: file } };
  }
};

/** What a file's content is wrong by, without showing it. */
const inFile = (
  file: string | undefined,
  field: string,
  ruleOf: (text: string) => string | undefined,
): readonly ConfigProblem[] => {
  const content = contentOf(file, field);
  if ('problem' in content) return [content.problem];
  const said = ruleOf(content.text);
  return said === undefined ? [] : [{ field, rule: said, found: file }];
};

const urlProblems = ({ databaseUrlFiles }: TierConfig, service: ServiceName) =>
  inFile(databaseUrlFiles[service], `databaseUrlFiles.${service}`, (text) =>
    URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
      ? undefined
      : rule('内容须为 postgres:// 连接地址', 'must hold a connection URL, postgres://'),
  );

const storeProblems = ({ eventStore }: TierConfig): readonly ConfigProblem[] =>
  eventStore.engine === 'postgres'
    ? []
    : inFile(eventStore.urlFile, 'eventStore.urlFile', (text) =>
        /^(esdb|kurrentdb|kurrent|kdb)(\+discover)?:\/\/\S+$/.test(text)
          ? undefined
          : rule(
              '内容须为 esdb:// 或 kurrentdb:// 连接地址',
              'must hold a connection string, esdb:// or kurrentdb://',
            ),
      );

const keyProblems = ({ keyFiles, members, tier }: TierConfig, service: Exclude<ServiceName, 'audit'>) =>
  inFile(keyFiles[service], `keyFiles.${service}`, (pem) => {
    const key = readAs(() => serviceKey(service, pem));
    if (key === undefined)
      return rule('内容须为 PEM 格式的 Ed25519 私钥', 'must hold an Ed25519 private key, PEM');
    const known = members.find((member) => member.tier === tier)?.keys ?? [];
    return known.some((each) => each.service === service && each.publicKey === key.publicKey)
      ? undefined
      : rule(
          `members 中本层级 ${service} 没有此公钥 ${key.keyId}，请加入各层级的 members`,
          `the members name no such key of ${service}, ${key.keyId}: add it to the members at every tier`,
        );
  });

const secretProblems = ({ secretFile }: TierConfig) =>
  inFile(secretFile, 'secretFile', (text) =>
    /^[A-Za-z0-9_-]{43,}$/.test(text)
      ? undefined
      : rule('至少 256 位随机数，base64url', 'at least 256 random bits, base64url'),
  );

const exchangeProblems = (config: TierConfig): readonly ConfigProblem[] => {
  const { tier, epoch, network, members, keyFiles, evidenceFolder, links = [] } = config;
  const own = members.find((member) => member.tier === tier);
  const policy = own?.policy === undefined ? undefined : parsePolicy(nodeSuite().sha256, utf8(own.policy));
  const policyField = `members.${members.findIndex((member) => member === own)}.policy`;
  return [
    ...(policy === undefined
      ? []
      : policy.ok
        ? inFile(keyFiles.log, 'keyFiles.log', (pem) => {
            const key = readAs(() => ed25519Signer(pem).publicKey);
            if (key === undefined)
              return rule('内容须为 PEM 格式的 Ed25519 私钥', 'must hold an Ed25519 private key, PEM');
            return policy.value.logs.some((log) => Buffer.from(log.key.publicKey).equals(key))
              ? undefined
              : rule(
                  '不是 policy 所写的账本密钥',
                  `is not the key that the policy of ${network}/${tier}/${epoch} names`,
                );
          })
        : [{ field: policyField, rule: rule(`第 ${policy.refusal.line} 行有误`, policy.refusal.rule) }]),
    ...(evidenceFolder === undefined ? [] : writableProblems(evidenceFolder, 'evidenceFolder')),
    ...(own?.letterKey === undefined
      ? []
      : inFile(keyFiles.letters, 'keyFiles.letters', (pem) =>
          readAs(() => encryptionKeyOf(pem).publicKey) === own.letterKey?.publicKey
            ? undefined
            : rule('不是 members 所写的信函密钥', 'is not the key for letters that the members name'),
        )),
    ...links.flatMap((link, n) => (link.via === 'kafka' ? brokerProblems(link, `links.${n}`) : [])),
    ...(own?.parent !== undefined && config.parentLink === undefined
      ? [needed('parentLink', '必填：上级的链路地址', 'is needed: where the superior listens for links')]
      : []),
    ...(members.some(({ parent }) => parent === tier) && config.listen.link === undefined
      ? [needed('listen.link', '必填：下级由此接入', 'is needed: the tiers below dial in there')]
      : []),
  ];
};

const topicProblems = ({ eventTopic }: TierConfig): readonly ConfigProblem[] =>
  eventTopic === undefined ? [] : brokerProblems(eventTopic, 'eventTopic');

const brokerProblems = ({ tls, sasl }: KafkaBrokers, field: string): readonly ConfigProblem[] => {
  const files = [
    ...(['caFile', 'certFile', 'keyFile'] as const).map(
      (name) => [tls?.[name], `${field}.tls.${name}`] as const,
    ),
    [sasl?.passwordFile, `${field}.sasl.passwordFile`] as const,
  ];
  return files.flatMap(([file, name]) => (file === undefined ? [] : inFile(file, name, () => undefined)));
};

/** The folder itself, or the nearest that is there, in which it will be made. */
const writableProblems = (folder: string, field: string): readonly ConfigProblem[] => {
  try {
    accessSync(folder, constants.W_OK);
    return [];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const above = path.dirname(folder);
    if (code === 'ENOENT' && above !== folder) return writableProblems(above, field);
    return [{ field, rule: rule('目录须可写', 'the folder must be writable'), found: folder }];
  }
};

const portProblems = (
  listen: TierConfig['listen'],
  services: readonly ServiceName[],
): readonly ConfigProblem[] => {
  const doors = Object.entries(listen).flatMap(([name, at]): { name: string; at: Listen }[] =>
    at !== undefined && services.includes(serviceOf(name)) ? [{ name, at }] : [],
  );
  return doors.flatMap(({ name, at }, n) => {
    const taken = doors.slice(0, n).find((other) => collide(other.at, at));
    return taken === undefined
      ? []
      : [
          {
            field: `listen.${name}`,
            rule: rule(`与 listen.${taken.name} 端口相同`, `has the port of listen.${taken.name}`),
            found: `${at.host}:${at.port}`,
          },
        ];
  });
};

const serviceOf = (door: string): ServiceName => {
  if (door.startsWith('approval')) return 'approval';
  if (door.startsWith('audit')) return 'audit';
  return door.startsWith('supervision') ? 'supervision' : 'exchange';
};

const everywhere = new Set(['0.0.0.0', '::']);
const collide = (a: Listen, b: Listen): boolean =>
  a.port !== 0 &&
  a.port === b.port &&
  (a.host === b.host || everywhere.has(a.host) || everywhere.has(b.host));

const readAs = <Value>(read: () => Value): Value | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};
