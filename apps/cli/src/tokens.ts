import type { Command, Found } from './command.ts';
import { tierAt } from './network.ts';
import { people, type Person, personAt, tokenFor } from './people.ts';
import { table } from './table.ts';

export const token: Command = {
  usage: '[<role or person>] [--tier <code>]',
  zh: '示范网络的令牌和人员',
  en: 'a token of the demonstration network, or its people',
  run: async ({ addresses, options }, role) => {
    const tier = options.tier === undefined ? undefined : tierAt(addresses, options.tier).tier;
    if (role === undefined)
      return listed(
        (await people(addresses)).filter((person) => tier === undefined || person.tier === tier),
        tier,
      );
    const person = await personAt(addresses, role, tier);
    const bearer = await tokenFor(addresses, person);
    return { json: { person, token: bearer }, text: bearer };
  },
};

/** Of one tier everybody; of all tiers only who has which role, since there are hundreds. */
const listed = (all: readonly Person[], tier: string | undefined): Found => {
  if (tier !== undefined) {
    const text = table(
      ['人员 person', '角色 roles', '姓名 name'],
      all.map(({ id, roles, name }) => [id, roles.join(', '), name]),
    );
    return { json: all, text };
  }
  const roles = [...new Set(all.flatMap((person) => person.roles))];
  const text = table(
    ['角色 role', '层级 tiers', '例如 for instance'],
    roles.map((role) => {
      const having = all.filter((person) => person.roles.includes(role));
      return [role, [...new Set(having.map((person) => person.tier))].join(', '), having[0]?.id];
    }),
  );
  return { json: all, text: `${text}\n\n一级的全部人员 everybody of a tier: liandong token --tier <code>` };
};
