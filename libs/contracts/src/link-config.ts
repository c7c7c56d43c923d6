import type { TierCode } from '@liandong/kernel';
import { resolve } from 'node:path';
import { z } from 'zod';
import { filePath, hostAndPort, tierCode } from './config-parts.ts';
import { type ConfigProblem, rule } from './config-problems.ts';

/** Brokers, and what they are shown. Paths are absolute. */
export type KafkaBrokers = {
  readonly brokers: readonly string[];
  /** Without it the connection is plain text. */
  readonly tls?:
    | {
        readonly caFile?: string | undefined;
        readonly certFile?: string | undefined;
        readonly keyFile?: string | undefined;
      }
    | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly passwordFile: string;
      }
    | undefined;
};

/** How the link to a neighbour is carried. One that is not named is carried by gRPC alone. */
export type LinkConfig =
  | { readonly peer: TierCode; readonly via: 'grpc' }
  /** gRPC stays: it brings what the topics no longer hold, and all that never goes onto them. */
  | ({ readonly peer: TierCode; readonly via: 'kafka' } & KafkaBrokers);

export const kafkaBrokersShape = z.strictObject({
  brokers: z.array(hostAndPort).min(1).max(32),
  tls: z
    .strictObject({
      caFile: filePath.optional(),
      certFile: filePath.optional(),
      keyFile: filePath.optional(),
    })
    .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
      error: rule('certFile 与 keyFile 须同时给出', 'certFile and keyFile go together'),
    })
    .optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
      username: z.string().min(1),
      passwordFile: filePath,
    })
    .optional(),
});

export const linksShape = z
  .array(
    z.discriminatedUnion('via', [
      z.strictObject({ peer: tierCode, via: z.literal('grpc') }),
      kafkaBrokersShape.extend({ peer: tierCode, via: z.literal('kafka') }),
    ]),
  )
  .max(10_000);

/** The brokers with their paths against `folder`. */
export const absoluteBrokers = <Brokers extends KafkaBrokers>(brokers: Brokers, folder: string): Brokers => {
  const { tls, sasl } = brokers;
  const at = (path: string | undefined) => (path === undefined ? undefined : resolve(folder, path));
  return {
    ...brokers,
    ...(tls && { tls: { caFile: at(tls.caFile), certFile: at(tls.certFile), keyFile: at(tls.keyFile) } }),
    ...(sasl && { sasl: { ...sasl, passwordFile: resolve(folder, sasl.passwordFile) } }),
  };
};

export const absoluteLinks = (links: readonly LinkConfig[], folder: string): readonly LinkConfig[] =>
  links.map((link) => (link.via === 'kafka' ? absoluteBrokers(link, folder) : link));

type Neighbours = {
  readonly tier: TierCode;
  readonly members: readonly { readonly tier: TierCode; readonly parent?: TierCode | undefined }[];
  readonly links?: readonly LinkConfig[] | undefined;
};

/** A link is between neighbours of the tree, and has one line. */
export const linkProblems = ({ tier, members, links = [] }: Neighbours): readonly ConfigProblem[] => {
  const parent = members.find((member) => member.tier === tier)?.parent;
  const near = new Set(members.filter((member) => member.parent === tier).map((member) => member.tier));
  if (parent !== undefined) near.add(parent);
  return links.flatMap(({ peer }, n) => [
    ...(near.has(peer)
      ? []
      : [
          {
            field: `links.${n}.peer`,
            rule: rule('不是本层级的直接上下级', 'is not a neighbour of this tier'),
          },
        ]),
    ...(links.findIndex((link) => link.peer === peer) < n
      ? [{ field: `links.${n}.peer`, rule: rule('出现两次', 'is named twice') }]
      : []),
  ]);
};
