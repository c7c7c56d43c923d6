import { newPrivateKey, newTierSecret, serviceKey } from '@liandong/adapters/crypto';
import { encryptionKeyOf, newEncryptionKey } from '@liandong/adapters/jwe';
import { createTierDatabase, type PostgresServer } from '@liandong/adapters/postgres';
import { loadTierConfig, type NetworkMember, type TierConfig } from '@liandong/contracts';
import type { ServiceName } from '@liandong/kernel';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { homeOf, secretIn, write } from './files.ts';
import { type AnsweringWitness, policyOfTier } from './found-witnesses.ts';
import type { NetworkPlan } from './network-plan.ts';

export type WitnessedPlan = NetworkPlan & { readonly witnesses: readonly AnsweringWitness[] };

const keyed = ['approval', 'supervision', 'exchange'] as const satisfies readonly ServiceName[];

/**
 * A network on one machine: for every tier a database, keys, a secret, and the same
 * configuration file an operator would write. What is already there is kept, so this
 * runs at every start; a tier that was added later is founded then.
 */
export const foundNetwork = async (
  folder: string,
  server: PostgresServer,
  { network, tiers, clockOffsetFile, kurrentUrl, witnesses }: WitnessedPlan,
): Promise<readonly TierConfig[]> => {
  const members = tiers.map(({ tier, parent, name }): NetworkMember => {
    const home = homeOf(folder, tier);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const keys = keyed.map((service) => serviceKey(service, secretIn(home, `${service}.pem`, newPrivateKey)));
    const policy = policyOfTier(folder, network, tier, witnesses);
    const letterKey = encryptionKeyOf(secretIn(home, 'letters.pem', newEncryptionKey));
    return {
      ...{ tier, name, epoch: 1, keys, policy, letterKey },
      ...(parent !== undefined && { parent }),
    };
  });

  const configs: TierConfig[] = [];
  for (const { tier } of tiers) {
    const home = homeOf(folder, tier);
    secretIn(home, 'secret', newTierSecret);
    const { urls } = await createTierDatabase(server, tier);
    for (const service of [...keyed, 'audit'] as const)
      write(path.join(home, `${service}.url`), `${urls[service]}\n`);
    write(path.join(home, 'policy'), policyOfTier(folder, network, tier, witnesses));
    const file = path.join(home, 'tier.json');
    const config = {
      network,
      tier,
      epoch: 1,
      members,
      ...(clockOffsetFile !== undefined && { demonstration: { clockOffsetFile } }),
      ...(kurrentUrl !== undefined && { eventStore: partOf(kurrentUrl, home) }),
      databaseUrlFiles: {
        ...{ approval: 'approval.url', supervision: 'supervision.url' },
        ...{ exchange: 'exchange.url', audit: 'audit.url' },
      },
      keyFiles: {
        ...{ approval: 'approval.pem', supervision: 'supervision.pem', exchange: 'exchange.pem' },
        ...{ letters: 'letters.pem', log: 'log.pem' },
      },
      policyFile: 'policy',
      evidenceFolder: 'evidence',
      secretFile: 'secret',
    };
    write(file, `${JSON.stringify(config, null, 2)}\n`);
    configs.push(loadTierConfig(file));
  }
  return configs;
};

/** A part of the server that no other tier and no other network has, whatever was tried out there before. */
const partOf = (url: string, home: string) => {
  write(path.join(home, 'kurrent.url'), `${url}\n`);
  const prefix = secretIn(home, 'kurrent.prefix', () => `${randomBytes(8).toString('hex')}_`);
  return { engine: 'kurrent', urlFile: 'kurrent.url', prefix };
};
