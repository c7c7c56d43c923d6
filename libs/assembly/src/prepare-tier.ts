import { createTierDatabase, type PostgresServer } from '@liandong/adapters/postgres';
import type { TierConfig, TierFounding } from '@liandong/contracts';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { foundTier } from './found-tier.ts';
import { authoringOf, openAccess } from './tier.ts';

/**
 * Makes an operated tier ready for its services: its database with its roles, whose passwords stand
 * in their connection URLs in `secrets`, its store up to date, and its directory. May be called at
 * every start, and again after it was cut short.
 */
export const prepareTier = async (
  config: TierConfig,
  secrets: string,
  founding: TierFounding,
): Promise<{ readonly database: string }> => {
  const { database } = await createTierDatabase(serverOf(secrets, config), config.tier);
  const access = openAccess(config, 'approval', 2);
  try {
    await foundTier(access.store, authoringOf(config, access), commandsOf(config, founding));
  } finally {
    await access.close();
  }
  return { database };
};

/** A server of somebody else's, as far as a tier's database is made on it. */
const serverOf = (secrets: string, { tier }: TierConfig): Pick<PostgresServer, 'url' | 'password'> => {
  const urlOf = (name: string): URL => {
    const file = path.join(secrets, `${name}.url`);
    try {
      return new URL(readFileSync(file, 'utf8').trim());
    } catch (error) {
      throw new Error(`无法读取 ${file} cannot be read as a connection URL`, { cause: error });
    }
  };
  const nameOf = (role: string) => (role === 'postgres' ? 'superuser' : role.slice(`tier_${tier}_`.length));
  return {
    url: (role, database) => {
      const url = urlOf(nameOf(role));
      url.pathname = `/${database}`;
      return url.href;
    },
    password: (role) => decodeURIComponent(urlOf(nameOf(role)).password),
  };
};

const commandsOf = ({ network, tier, members }: TierConfig, founding: TierFounding) => {
  const superior = members.find((member) => member.tier === tier)?.parent;
  const { level, name } = founding;
  return {
    founding: [
      {
        ...{ type: 'foundTier' as const, network, tier, level, name, demonstration: false },
        ...(superior !== undefined && { superior: { tier: superior, network, demonstration: false } }),
      },
      ...founding.tier,
    ],
    departments: founding.departments,
  };
};
