import type { ServiceKey } from '@liandong/application';
import { ok, refuse, type Result, serviceNames, type TierCode } from '@liandong/kernel';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import {
  type ConfigProblem,
  type ConfigRefusal,
  problemText,
  rule,
  schemaProblems,
  withFound,
} from './config-problems.ts';
import { type EventTopicConfig, eventTopicShape } from './event-topic-config.ts';
import { absoluteBrokers, absoluteLinks, type LinkConfig, linkProblems, linksShape } from './link-config.ts';

/** A tier of the network as every other tier knows it: the trust root of this release. */
export type NetworkMember = {
  readonly tier: TierCode;
  /** The superior tier; absent for the top of the network. */
  readonly parent?: TierCode | undefined;
  readonly name: string;
  readonly epoch: number;
  readonly keys: readonly ServiceKey[];
  /** The verifier key of the tier's ledger; its name is the ledger's origin. */
  readonly logKey?: string | undefined;
  /**
   * The tlog-policy of the tier's ledger: its log key, its witnesses with their addresses, and
   * their quorum. Nothing of the tier is taken without a proof that it believes.
   */
  readonly policy: string;
  /** What letters with personal fields are encrypted to: X25519, base64. Without it the tier is sent none. */
  readonly letterKey?: { readonly keyId: string; readonly publicKey: string } | undefined;
};

export type Listen = { readonly host: string; readonly port: number };

/** Everything that makes the same services the city's, the county's or the township's. Paths are absolute. */
export type TierConfig = {
  readonly network: string;
  readonly tier: TierCode;
  readonly epoch: number;
  /** Set in a demonstration network only: the file that holds its clock's offset in milliseconds. */
  readonly demonstration?: { readonly clockOffsetFile: string } | undefined;
  readonly members: readonly NetworkMember[];
  /** Where the superior tier listens for links, `host:port`. The lower tier dials. */
  readonly parentLink?: { readonly address: string } | undefined;
  /** How links to neighbours are carried, where that is not by gRPC alone. */
  readonly links?: readonly LinkConfig[] | undefined;
  /** Where the tier's events are published, for followers of its own and for joined systems. */
  readonly eventTopic?: EventTopicConfig | undefined;
  /** Which engine holds the events. Everything else of the tier lies in PostgreSQL either way. */
  readonly eventStore: EventStoreConfig;
  readonly listen: {
    readonly approvalHttp?: Listen | undefined;
    readonly approvalGrpc?: Listen | undefined;
    readonly exchangeHttp?: Listen | undefined;
    readonly auditHttp?: Listen | undefined;
    readonly auditGrpc?: Listen | undefined;
    readonly supervisionHttp?: Listen | undefined;
    readonly supervisionGrpc?: Listen | undefined;
    /** Where lower tiers dial in; absent for a tier without any. */
    readonly link?: Listen | undefined;
  };
  /** Files that each hold the connection URL of one role, so that no secret stands in the configuration. */
  readonly databaseUrlFiles: {
    readonly approval?: string | undefined;
    readonly supervision?: string | undefined;
    readonly exchange?: string | undefined;
    /** Reads and writes nothing: for auditors. */
    readonly audit?: string | undefined;
  };
  /** Private keys, PEM, one file per service. */
  readonly keyFiles: {
    readonly approval?: string | undefined;
    readonly supervision?: string | undefined;
    readonly exchange?: string | undefined;
    /** What signs the tier's ledger: a key of its own, as is that of a witness. */
    readonly log?: string | undefined;
    readonly witness?: string | undefined;
    /** What opens letters with personal fields to this tier; only `exchange` reads it. */
    readonly letters?: string | undefined;
  };
  /** The tlog-policy of the tier's own ledger: its witnesses and their quorum. */
  readonly policyFile?: string | undefined;
  /** Where the exchange keeps evidence against ledgers that told two stories. */
  readonly evidenceFolder?: string | undefined;
  /** How the tier's ledger is kept. */
  readonly ledger: {
    /** From the end of one round of the scrub to the beginning of the next. */
    readonly scrubSeconds: number;
    /** How far an event's time may lie outside what other ledgers prove before it is reported. */
    readonly timeToleranceSeconds: number;
  };
  /** Milliseconds that an act of the lead waits until what it builds on is anchored; then it needs an override. */
  readonly anchorPatienceMs: number;
  /** What pseudonyms and fingerprints of this tier are keyed with; only `approval` and `supervision` read it. */
  readonly secretFile?: string | undefined;
  readonly privacy: {
    /** How many years the law has a record kept once its matter has ended; personal fields stay as long. */
    readonly retentionYears: number;
  };
  /** Where else copies of the tier's data lie. What is named here is searched for what was erased. */
  readonly copies: { readonly exports: readonly string[]; readonly backups: readonly string[] };
  /** Whose bearer tokens are accepted. */
  readonly identity?:
    { readonly issuer: string; readonly audience: string; readonly jwksUrl: string } | undefined;
};

export type EventStoreConfig =
  | { readonly engine: 'postgres' }
  | {
      /** EventStoreDB from 23.10 or KurrentDB. */
      readonly engine: 'kurrent';
      /** The file that holds the connection string, which names a user and a password. */
      readonly urlFile: string;
      /** Begins the names of the tier's streams, where several tiers try one server out together. */
      readonly prefix: string;
    };

const tierCode = z
  .string()
  .regex(/^(\d{6}|\d{9})$/, rule('6 或 9 位区划代码', 'a division code of 6 or 9 digits'))
  .transform((code) => code as TierCode);
const epoch = z.int().min(0).max(999_999_999);
const path = z.string().min(1);
const listen = z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) });

const serviceKey = z.strictObject({
  service: z.enum(serviceNames),
  keyId: z.string().regex(/^[0-9a-f]{8}$/, rule('8 位十六进制数字', '8 hex digits')),
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, rule('32 字节 Ed25519 公钥，base64', 'a 32-byte Ed25519 key in base64')),
});

const letterKey = z.strictObject({
  keyId: z.string().regex(/^[0-9a-f]{8}$/, rule('8 位十六进制数字', '8 hex digits')),
  publicKey: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, rule('32 字节 X25519 公钥，base64', 'a 32-byte X25519 key in base64')),
});

const member = z.strictObject({
  tier: tierCode,
  parent: tierCode.optional(),
  name: z.string().min(1).max(100),
  epoch: epoch.default(1),
  keys: z.array(serviceKey).max(64),
  logKey: z
    .string()
    .max(500)
    .regex(
      /^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/,
      rule('验证公钥（名称+8 位十六进制+base64）', 'a verifier key'),
    )
    .optional(),
  policy: z
    .string(
      rule(
        '必填：该层级账本的见证策略（tlog-policy），由该层级给出',
        'is needed: the tlog-policy of this tier’s ledger, which that tier gives out',
      ),
    )
    .min(1)
    .max(65_536),
  letterKey: letterKey.optional(),
});

const shape = z.strictObject({
  network: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, rule('小写主机名', 'a lower-case host name')),
  tier: tierCode,
  epoch: epoch.default(1),
  demonstration: z.strictObject({ clockOffsetFile: path }).optional(),
  members: z.array(member).min(1).max(10_000),
  parentLink: z
    .strictObject({
      address: z
        .string()
        .regex(/^[^\s/]+:\d{1,5}$/, rule('地址，形如 `host:port`', 'an address `host:port`')),
    })
    .optional(),
  links: linksShape.optional(),
  eventTopic: eventTopicShape.optional(),
  eventStore: z
    .discriminatedUnion('engine', [
      z.strictObject({ engine: z.literal('postgres') }),
      z.strictObject({
        engine: z.literal('kurrent'),
        urlFile: path,
        prefix: z
          .string()
          .regex(
            /^([a-z0-9]{1,40}_)?$/,
            rule('小写字母或数字加“_”', 'lower-case letters or digits and a `_`'),
          )
          .default(''),
      }),
    ])
    .default({ engine: 'postgres' }),
  listen: z
    .strictObject({
      approvalHttp: listen.optional(),
      approvalGrpc: listen.optional(),
      exchangeHttp: listen.optional(),
      auditHttp: listen.optional(),
      auditGrpc: listen.optional(),
      supervisionHttp: listen.optional(),
      supervisionGrpc: listen.optional(),
      link: listen.optional(),
    })
    .default({}),
  databaseUrlFiles: z
    .strictObject({
      approval: path.optional(),
      supervision: path.optional(),
      exchange: path.optional(),
      audit: path.optional(),
    })
    .default({}),
  keyFiles: z
    .strictObject({
      approval: path.optional(),
      supervision: path.optional(),
      exchange: path.optional(),
      log: path.optional(),
      witness: path.optional(),
      letters: path.optional(),
    })
    .default({}),
  policyFile: path.optional(),
  evidenceFolder: path.optional(),
  ledger: z
    .strictObject({
      scrubSeconds: z.int().min(1).max(604_800).default(3_600),
      timeToleranceSeconds: z.int().min(1).max(86_400).default(300),
    })
    .prefault({}),
  anchorPatienceMs: z.int().min(0).max(25_000).default(15_000),
  secretFile: path.optional(),
  privacy: z.strictObject({ retentionYears: z.int().min(0).max(1_000).default(10) }).prefault({}),
  copies: z
    .strictObject({
      exports: z.array(path).max(1_000).default([]),
      backups: z.array(path).max(1_000).default([]),
    })
    .prefault({}),
  identity: z.strictObject({ issuer: z.url(), audience: z.string().min(1), jwksUrl: z.url() }).optional(),
});

/** What the rules between fields look at. */
const between = z.object(
  shape.pick({
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
  const parsed = shape.safeParse(json);
  const related = parsed.success ? parsed : between.safeParse(json);
  const problems = [
    ...(parsed.success ? [] : schemaProblems(parsed.error.issues, json)),
    ...(related.success ? [...treeProblems(related.data), ...linkProblems(related.data)] : []),
  ];
  if (!parsed.success || problems.length > 0)
    return refuse({ code: 'bad-configuration', problems: withFound(problems, json) });
  const at = (file: string | undefined) => (file === undefined ? undefined : resolve(folder, file));
  const { demonstration, databaseUrlFiles, keyFiles, policyFile, evidenceFolder, secretFile, copies, links } =
    parsed.data;
  const { eventStore } = parsed.data;
  return ok({
    ...parsed.data,
    demonstration: demonstration && { clockOffsetFile: resolve(folder, demonstration.clockOffsetFile) },
    eventStore:
      eventStore.engine === 'postgres'
        ? eventStore
        : { ...eventStore, urlFile: resolve(folder, eventStore.urlFile) },
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
    ...(parsed.data.eventTopic && { eventTopic: absoluteBrokers(parsed.data.eventTopic, folder) }),
    copies: {
      exports: copies.exports.map((name) => resolve(folder, name)),
      backups: copies.backups.map((name) => resolve(folder, name)),
    },
  });
};

const treeProblems = ({
  tier,
  epoch,
  members,
  parentLink,
  keyFiles,
  evidenceFolder,
}: z.infer<typeof between>): readonly ConfigProblem[] => {
  const problems: ConfigProblem[] = [];
  const byTier = new Map(members.map((each) => [each.tier, each]));
  const own = byTier.get(tier);
  if (byTier.size < members.length)
    problems.push({ field: 'members', rule: rule('同一层级出现两次', 'names a tier twice') });
  if (own === undefined)
    problems.push({
      field: 'tier',
      rule: rule('不在 members 之中，请补上', 'is not among the members: add it'),
    });
  else if (own.epoch !== epoch)
    problems.push({
      field: 'epoch',
      rule: rule(`members 中为 ${own.epoch}`, `the members say ${own.epoch}`),
    });
  if (parentLink !== undefined && own !== undefined && own.parent === undefined)
    problems.push({
      field: 'parentLink',
      rule: rule('本层级没有上级，请删去', 'this tier has no superior: leave it out'),
    });
  if (keyFiles.exchange !== undefined) {
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
  }
  if (own?.letterKey !== undefined && keyFiles.exchange !== undefined && keyFiles.letters === undefined)
    problems.push({
      field: 'keyFiles.letters',
      rule: rule('必填：members 中有信函公钥', 'is needed: the members name a key for letters'),
    });
  if (members.filter(({ parent }) => parent === undefined).length !== 1)
    problems.push({
      field: 'members',
      rule: rule('须恰有一个层级没有上级', 'exactly one tier has no parent'),
    });
  for (const [n, { parent }] of members.entries())
    if (parent !== undefined && !byTier.has(parent))
      problems.push({
        field: `members.${n}.parent`,
        rule: rule('不在 members 之中，请补上', 'is not among the members: add it'),
      });
  for (const [n, { tier }] of members.entries()) {
    const seen = new Set<TierCode>();
    let above = byTier.get(tier);
    while (above !== undefined && !seen.has(above.tier)) {
      seen.add(above.tier);
      above = above.parent === undefined ? undefined : byTier.get(above.parent);
    }
    if (above !== undefined)
      problems.push({ field: `members.${n}.parent`, rule: rule('上级关系成环', 'is its own superior') });
  }
  return problems;
};

/** Reads and checks the file, or throws an error that an operator can act on. */
export const loadTierConfig = (file: string): TierConfig => {
  const parsed = parseTierConfig(readJson(file), dirname(resolve(file)));
  if (parsed.ok) return parsed.value;
  const lines = parsed.refusal.problems.map(problemText);
  throw new Error(`${file} 不是有效的层级配置 is not a tier configuration:\n${lines.join('\n')}`);
};

const readJson = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`无法读取 cannot read the tier configuration ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

/** For editors and for checks that are not ours. What a rule between fields forbids it does not say. */
export const tierConfigSchema = (): object => z.toJSONSchema(shape, { io: 'input' });
