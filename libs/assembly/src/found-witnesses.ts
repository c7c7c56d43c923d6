import { ed25519Signer, newPrivateKey, sha256 } from '@liandong/adapters/crypto';
import { originOf } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';
import { formatPolicy, formatVKey, makeVKey, type Policy, type SigningType } from '@liandong/ledger';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { homeOf, secretIn, write } from './files.ts';
import { tierWitness } from './ledger.ts';
import type { NetworkPlan } from './network-plan.ts';

/** One witness of a network on one machine. */
export type FoundedWitness = {
  readonly name: string;
  /** Where it answers under its process's address. */
  readonly path: string;
  readonly keyFile: string;
  readonly folder: string;
  /** The tiers whose ledgers it watches. */
  readonly watches: readonly TierCode[];
  /** Those of them to which its own tier is subordinate: it cosigns their ledgers, and never counts. */
  readonly uncounted: readonly TierCode[];
};

export type AnsweringWitness = FoundedWitness & { readonly url: string };

/** All witnesses of a network behind one address. */
export const witnessesAt = (
  url: string,
  folder: string,
  plan: Pick<NetworkPlan, 'network' | 'tiers'>,
): readonly AnsweringWitness[] =>
  foundWitnesses(folder, plan).map((witness) => ({ ...witness, url: `${url}/${witness.path}` }));

/**
 * The witnesses of a network on one machine, with their keys. Of each ledger four count: the
 * superior tier, or the province for the top; an audit office and an archive from outside; and
 * the tier's own audit authority. The tiers below cosign it as well, and do not count. What is
 * already there is kept.
 */
export const foundWitnesses = (
  folder: string,
  { network, tiers }: Pick<NetworkPlan, 'network' | 'tiers'>,
): readonly FoundedWitness[] => {
  const everybody = tiers.map(({ tier }) => tier);
  const below = (superior: TierCode | undefined) =>
    tiers.filter(({ parent }) => parent === superior).map(({ tier }) => tier);
  const witnesses = [
    { name: `${network}/audit-office`, path: 'audit-office', watches: everybody },
    { name: `${network}/archive`, path: 'archive', watches: everybody },
    { name: `${network}/province`, path: 'province', watches: below(undefined) },
    ...tiers.flatMap(({ tier, parent }) => {
      const above = parent === undefined ? [] : [parent];
      const name = tierWitness(network, tier);
      return [
        { name, path: tier, watches: [...below(tier), ...above], uncounted: above },
        { name: `${network}/${tier}/authority`, path: `${tier}-authority`, watches: [tier] },
      ];
    }),
  ].filter(({ watches }) => watches.length > 0);
  return witnesses.map((witness) => {
    const home = path.join(folder, 'witnesses', witness.path);
    mkdirSync(home, { recursive: true, mode: 0o700 });
    secretIn(home, 'key.pem', newPrivateKey);
    return {
      uncounted: [],
      ...witness,
      keyFile: path.join(home, 'key.pem'),
      folder: path.join(home, 'cosigned'),
    };
  });
};

/** Writes what one process of some of these witnesses is started with. */
export const writeWitnessConfig = (
  folder: string,
  file: string,
  { network, clockOffsetFile }: Pick<NetworkPlan, 'network' | 'clockOffsetFile'>,
  witnesses: readonly FoundedWitness[],
  listen: { readonly host: string; readonly port: number },
): void =>
  write(
    file,
    `${JSON.stringify(
      {
        listen,
        ...(clockOffsetFile !== undefined && { demonstration: { clockOffsetFile } }),
        witnesses: witnesses.map(({ watches, uncounted: _, ...witness }) => ({
          ...witness,
          logs: watches.map((tier) => {
            const home = homeOf(folder, tier);
            mkdirSync(home, { recursive: true, mode: 0o700 });
            return publicKey(
              originOf({ network, tier, epoch: 1 }),
              'ed25519',
              secretIn(home, 'log.pem', newPrivateKey),
            );
          }),
        })),
      },
      null,
      2,
    )}\n`,
  );

/** The policy of a tier's ledger: three of the four witnesses that count, and those that only cosign. */
export const policyOfTier = (
  folder: string,
  network: string,
  tier: TierCode,
  witnesses: readonly AnsweringWitness[],
): string => {
  const witnessing = ({ name, keyFile, url }: (typeof witnesses)[number]) => ({
    ...{ kind: 'witness' as const, name, url },
    key: keyIn(name, 'cosignature', secretIn(path.dirname(keyFile), path.basename(keyFile), newPrivateKey)),
  });
  const asked = witnesses.filter(({ watches }) => watches.includes(tier));
  const members = asked.filter(({ uncounted }) => !uncounted.includes(tier)).map(witnessing);
  const home = homeOf(folder, tier);
  const log = keyIn(
    originOf({ network, tier, epoch: 1 }),
    'ed25519',
    secretIn(home, 'log.pem', newPrivateKey),
  );
  const policy: Policy = {
    logs: [{ key: log }],
    witnesses: asked.map(witnessing),
    quorum: { kind: 'group', name: 'quorum', threshold: 3, members },
  };
  return formatPolicy(policy);
};

const keyIn = <Type extends SigningType>(name: string, type: Type, pem: string) => ({
  ...makeVKey(sha256, name, type, ed25519Signer(pem).publicKey),
  type,
});

const publicKey = (name: string, type: SigningType, pem: string): string =>
  formatVKey(keyIn(name, type, pem));
