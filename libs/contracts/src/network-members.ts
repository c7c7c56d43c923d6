import type { ServiceKey } from '@liandong/application';
import { serviceNames, type TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { epoch, tierCode } from './config-parts.ts';
import { type ConfigProblem, rule } from './config-problems.ts';

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
  /** The ledgers of its former epochs, oldest first, by their policies: what they proved stands. */
  readonly earlier?: readonly { readonly epoch: number; readonly policy: string }[] | undefined;
  /** What letters with personal fields are encrypted to: X25519, base64. Without it the tier is sent none. */
  readonly letterKey?: { readonly keyId: string; readonly publicKey: string } | undefined;
};

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

const policyText = z
  .string(
    rule(
      '必填：该层级账本的见证策略（tlog-policy），由该层级给出',
      'is needed: the tlog-policy of this tier’s ledger, which that tier gives out',
    ),
  )
  .min(1)
  .max(65_536);

export const memberShape = z.strictObject({
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
  policy: policyText,
  earlier: z
    .array(z.strictObject({ epoch, policy: policyText }))
    .max(100)
    .optional(),
  letterKey: letterKey.optional(),
});

type Tree = {
  readonly tier: TierCode;
  readonly epoch: number;
  readonly members: readonly Pick<NetworkMember, 'tier' | 'parent' | 'epoch' | 'earlier'>[];
  readonly parentLink?: { readonly address: string } | undefined;
};

/** The members are one tree, and the tier is in it. */
export const memberProblems = ({ tier, epoch, members, parentLink }: Tree): readonly ConfigProblem[] => {
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
  for (const [n, { epoch: now, earlier = [] }] of members.entries()) {
    const epochs = [...earlier.map((each) => each.epoch), now];
    if (epochs.some((each, at) => at > 0 && each !== (epochs[at - 1] ?? 0) + 1))
      problems.push({
        field: `members.${n}.earlier`,
        rule: rule(
          '须为此前各期，由旧到新，逐一相连',
          'must name the epochs before, oldest first, without a gap',
        ),
      });
  }
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
