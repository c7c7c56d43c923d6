import { newPrivateKey, newTierSecret, serviceKey } from '@liandong/adapters/crypto';
import { encryptionKeyOf, newEncryptionKey } from '@liandong/adapters/jwe';
import {
  loadTierConfig,
  type NetworkMember,
  type NetworkPlanFile,
  outsideWitnesses,
} from '@liandong/contracts';
import { type ServiceName, serviceNames } from '@liandong/kernel';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { homeOf, secretIn, write } from './files.ts';
import { type FoundedWitness, foundWitnesses, policyOfTier, writeWitnessConfig } from './found-witnesses.ts';
import type { NetworkPlan } from './network-plan.ts';

const keyed = ['approval', 'supervision', 'exchange'] as const satisfies readonly ServiceName[];

/**
 * The files of a network that operators run: for every tier its configuration, its keys, its
 * secret and the connection URLs of its database's roles; for every process of witnesses its
 * configuration and keys. Nothing is connected to. What is already there is kept, so that a
 * tier added to the plan is founded by a second call; configurations are written anew.
 * Resolves to the files of the tiers.
 */
export const foundNetworkFiles = (
  folder: string,
  plan: NetworkPlanFile,
  engine?: string,
): readonly string[] => {
  const { network, tiers } = plan;
  const witnesses = foundWitnesses(folder, treeOf(plan));
  const answering = witnesses.map((witness) => ({
    ...witness,
    url: `${plan.witnesses[processOf(witness)]}/${witness.path}`,
  }));
  const members = tiers.map(({ tier, parent, name }): NetworkMember => {
    const home = homeOf(folder, tier);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return {
      ...{ tier, name, epoch: 1 },
      keys: keyed.map((service) => serviceKey(service, secretIn(home, `${service}.pem`, newPrivateKey))),
      policy: policyOfTier(folder, network, tier, answering),
      letterKey: encryptionKeyOf(secretIn(home, 'letters.pem', newEncryptionKey)),
      ...(parent !== undefined && { parent }),
    };
  });
  for (const name of [...outsideWitnesses, ...tiers.map(({ tier }) => tier)])
    witnessFiles(
      folder,
      plan,
      name,
      witnesses.filter((witness) => processOf(witness) === name),
    );

  const inSecrets = (name: string) => path.posix.join(plan.secretsFolder ?? '', name);
  return tiers.map(({ tier, database, eventStoreUrl, settings }) => {
    const home = homeOf(folder, tier);
    secretIn(home, 'secret', newTierSecret);
    const superuser = secretIn(home, 'superuser.password', newTierSecret);
    secretIn(home, 'superuser.url', () => `postgres://postgres:${superuser}@${database}/postgres`);
    for (const role of ['owner', ...serviceNames])
      secretIn(
        home,
        `${role}.url`,
        () => `postgres://tier_${tier}_${role}:${newTierSecret()}@${database}/tier_${tier}`,
      );
    if (eventStoreUrl !== undefined) secretIn(home, 'eventstore.url', () => eventStoreUrl);
    const policy = members.find((member) => member.tier === tier)?.policy ?? '';
    write(path.join(home, 'policy'), policy);
    const config = {
      ...{ network, tier, epoch: 1, members },
      databaseUrlFiles: Object.fromEntries(serviceNames.map((name) => [name, inSecrets(`${name}.url`)])),
      keyFiles: Object.fromEntries(
        [...keyed, 'letters', 'log'].map((name) => [name, inSecrets(`${name}.pem`)]),
      ),
      policyFile: 'policy',
      evidenceFolder: path.posix.join(plan.dataFolder ?? '', 'evidence'),
      secretFile: inSecrets('secret'),
      ...settings,
      ...plan.engines[engine ?? '']?.[tier],
    };
    const file = path.join(home, 'tier.json');
    write(file, `${JSON.stringify(config, null, 2)}\n`);
    loadTierConfig(file);
    return file;
  });
};

const treeOf = ({ network, tiers }: NetworkPlanFile): Pick<NetworkPlan, 'network' | 'tiers'> => ({
  network,
  tiers: tiers.map(({ tier, parent, name }) => ({ tier, name, ...(parent !== undefined && { parent }) })),
});

/** A tier's witness and its audit authority share a process; each from outside has one of its own. */
const processOf = ({ path: name }: Pick<FoundedWitness, 'path'>): string => name.replace(/-authority$/, '');

const witnessFiles = (
  folder: string,
  { network, secretsFolder, dataFolder, witnessPort: port }: NetworkPlanFile,
  name: string,
  witnesses: readonly FoundedWitness[],
): void => {
  const placed = witnesses.map((witness) => ({
    ...witness,
    ...(secretsFolder !== undefined && { keyFile: path.posix.join(secretsFolder, `${witness.path}.pem`) }),
    ...(dataFolder !== undefined && { folder: path.posix.join(dataFolder, witness.path) }),
  }));
  const file = path.join(folder, 'witnesses', `${name}.json`);
  writeWitnessConfig(folder, file, { network }, placed, { host: '0.0.0.0', port });
};
