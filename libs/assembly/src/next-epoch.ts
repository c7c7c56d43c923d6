import { ed25519Signer, sha256 } from '@liandong/adapters/crypto';
import { originOf } from '@liandong/application';
import type { NetworkMember, TierConfig } from '@liandong/contracts';
import { utf8 } from '@liandong/kernel';
import { formatPolicy, formatVKey, makeVKey, parsePolicy } from '@liandong/ledger';
import { fileContent } from './files.ts';

export type NextEpoch = Required<Pick<NetworkMember, 'epoch' | 'policy' | 'earlier'>> & {
  readonly origin: string;
  /** What every witness of the ledger must know, before it cosigns anything of it. */
  readonly logKey: string;
};

/** What the members' lists say of a tier from its next epoch on: the same witnesses, under the name of the next ledger. */
export const nextEpoch = ({ network, tier, members, keyFiles }: TierConfig): NextEpoch => {
  const own = members.find((member) => member.tier === tier);
  if (own === undefined) throw new Error(`the members do not name ${tier}`);
  const policy = parsePolicy(sha256, utf8(own.policy));
  if (!policy.ok)
    throw new Error(`the policy of ${tier}: line ${policy.refusal.line}: ${policy.refusal.rule}`);
  const epoch = own.epoch + 1;
  const origin = originOf({ network, tier, epoch });
  const { publicKey } = ed25519Signer(fileContent(keyFiles.log, 'keyFiles.log'));
  const key = { ...makeVKey(sha256, origin, 'ed25519', publicKey), type: 'ed25519' as const };
  return {
    ...{ epoch, origin, logKey: formatVKey(key) },
    policy: formatPolicy({ ...policy.value, logs: [{ key }] }),
    earlier: [...(own.earlier ?? []), { epoch: own.epoch, policy: own.policy }],
  };
};
