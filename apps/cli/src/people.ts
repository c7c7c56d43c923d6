import { must, reach, read } from './http.ts';
import { Complaint } from './complaint.ts';
import type { Addresses } from './network.ts';

/** Somebody who exists in a demonstration network only. */
export type Person = {
  readonly id: string;
  readonly tier: string;
  readonly roles: readonly string[];
  readonly name: string;
};

const issuerOf = ({ issuer }: Addresses): string => {
  if (issuer !== undefined) return issuer;
  throw new Complaint(
    '本网络没有开发用签发者，请用 --token 提供令牌\n' +
      'This network has no development issuer: pass --token <bearer token>.',
  );
};

export const people = async (addresses: Addresses): Promise<readonly Person[]> => {
  const { items } = must(await read(await reach(`${issuerOf(addresses)}/people`)));
  return items as readonly Person[];
};

/** Somebody with a role at a tier, or at any tier if none is named; the id of a person is taken as it is. */
export const personAt = async (
  addresses: Addresses,
  role: string,
  tier: string | undefined,
): Promise<string> => {
  const all = await people(addresses);
  const having = all.filter(({ id, roles }) => id === role || roles.includes(role));
  const found = having.find((person) => tier === undefined || person.id === role || person.tier === tier);
  if (found !== undefined) return found.id;
  const roles = [...new Set(all.flatMap((person) => person.roles))].sort().join(', ');
  if (having.length === 0)
    throw new Complaint(`没有角色或人员 ${role}\nNobody is or has the role ${role}. Roles: ${roles}`);
  const tiers = [...new Set(having.map((person) => person.tier))].join(', ');
  throw new Complaint(
    `${tier} 没有角色 ${role}\nNobody at ${tier} has the role ${role}; at ${tiers} somebody has.`,
  );
};

export const tokenFor = async (addresses: Addresses, person: string): Promise<string> => {
  const url = `${issuerOf(addresses)}/token?person=${encodeURIComponent(person)}`;
  const { access_token: token } = must(await read(await reach(url)));
  if (typeof token === 'string') return token;
  throw new Complaint(`签发者没有给出 ${person} 的令牌\nThe issuer gave no token for ${person}.`);
};
