import { ok, refuse, type Result, type TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { tierCode } from './config-parts.ts';
import {
  type ConfigProblem,
  type ConfigRefusal,
  rule,
  schemaProblems,
  withFound,
} from './config-problems.ts';

/** One tier as the founder of a network plans it. */
export type PlannedTier = {
  readonly tier: TierCode;
  readonly parent?: TierCode | undefined;
  readonly name: string;
  /** Its database server, `host:port`. */
  readonly database: string;
  /** Where its EventStoreDB or KurrentDB is, for an engine that keeps events there. */
  readonly eventStoreUrl?: string | undefined;
  /** Anything of its configuration file that does not follow from the plan. */
  readonly settings: Readonly<Record<string, unknown>>;
};

/** A network before it exists: what its first files are made of. */
export type NetworkPlanFile = {
  readonly network: string;
  /** Where services find their secrets, and where they may write; beside their configuration unless given. */
  readonly secretsFolder?: string | undefined;
  readonly dataFolder?: string | undefined;
  /** Superiors before those below them. */
  readonly tiers: readonly PlannedTier[];
  /** The address of each process of witnesses: those of a tier under its code, those from outside under their name. */
  readonly witnesses: Readonly<Record<string, string>>;
  /** Where every process of witnesses listens. */
  readonly witnessPort: number;
  /** By the name of an engine: what the tiers' files say besides, to run on it. */
  readonly engines: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
};

const settings = z.record(z.string(), z.unknown());
const folder = z.string().regex(/^\//, rule('绝对路径', 'an absolute path'));

const shape = z.strictObject({
  network: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, rule('小写主机名', 'a lower-case host name')),
  secretsFolder: folder.optional(),
  dataFolder: folder.optional(),
  tiers: z
    .array(
      z.strictObject({
        tier: tierCode,
        parent: tierCode.optional(),
        name: z.string().min(1).max(100),
        database: z
          .string()
          .regex(/^[^\s/@:]+:\d{1,5}$/, rule('地址，形如 `host:port`', 'an address `host:port`')),
        eventStoreUrl: z
          .string()
          .regex(
            /^(esdb|kurrentdb|kurrent|kdb)(\+discover)?:\/\/[^\s]+$/,
            rule('连接地址，esdb:// 或 kurrentdb://', 'a connection string, esdb:// or kurrentdb://'),
          )
          .optional(),
        settings: settings.default({}),
      }),
    )
    .min(1)
    .max(10_000),
  witnesses: z.record(
    z
      .string()
      .regex(/^[a-z0-9-]{1,63}$/, rule('小写字母、数字与连字符', 'lower-case letters, digits and hyphens')),
    z.url(),
  ),
  witnessPort: z.int().min(1).max(65_535),
  engines: z.record(z.string(), z.record(z.string(), settings)).default({}),
});

/** Those that watch from outside; every tier has witnesses of its own besides. */
export const outsideWitnesses = ['audit-office', 'archive', 'province'] as const;

export const parseNetworkPlan = (json: unknown): Result<NetworkPlanFile, ConfigRefusal> => {
  const parsed = shape.safeParse(json);
  const problems = parsed.success
    ? [...orderProblems(parsed.data), ...witnessProblems(parsed.data), ...engineProblems(parsed.data)]
    : schemaProblems(parsed.error.issues, json);
  return parsed.success && problems.length === 0
    ? ok(parsed.data)
    : refuse({ code: 'bad-configuration', problems: withFound(problems, json) });
};

const orderProblems = ({ tiers }: NetworkPlanFile): readonly ConfigProblem[] =>
  tiers.flatMap(({ tier, parent }, n): readonly ConfigProblem[] => {
    const above = tiers.slice(0, n).map((each) => each.tier);
    return [
      ...(above.includes(tier)
        ? [{ field: `tiers.${n}.tier`, rule: rule('出现两次', 'is named twice') }]
        : []),
      ...((parent === undefined ? n === 0 : above.includes(parent))
        ? []
        : [{ field: `tiers.${n}.parent`, rule: rule('须是排在前面的层级', 'must be a tier named before') }]),
    ];
  });

const witnessProblems = ({ tiers, witnesses }: NetworkPlanFile): readonly ConfigProblem[] => {
  const needed = [...outsideWitnesses, ...tiers.map(({ tier }) => tier as string)];
  return [
    ...needed
      .filter((name) => !Object.hasOwn(witnesses, name))
      .map((name) => ({ field: `witnesses.${name}`, rule: rule('必填：其地址', 'is needed: its address') })),
    ...Object.keys(witnesses)
      .filter((name) => !needed.includes(name))
      .map((name) => ({
        field: `witnesses.${name}`,
        rule: rule('没有此见证', 'is no witness of this network'),
      })),
  ];
};

const engineProblems = ({ tiers, engines }: NetworkPlanFile): readonly ConfigProblem[] =>
  Object.entries(engines).flatMap(([engine, byTier]) =>
    Object.keys(byTier)
      .filter((code) => !tiers.some(({ tier }) => tier === code))
      .map((code) => ({
        field: `engines.${engine}.${code}`,
        rule: rule('没有此层级', 'is no tier of this network'),
      })),
  );
