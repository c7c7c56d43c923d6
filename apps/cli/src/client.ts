import { Complaint } from './complaint.ts';
import type { Addresses } from './network.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Asks the services of a tier as one of its people. */
export type Client = {
  readonly get: (url: string, role: string, tier: string) => Promise<Json>;
  readonly post: (url: string, role: string, tier: string, body: Json) => Promise<Json>;
};

export const client = (addresses: Addresses, token: string | undefined): Client => {
  const ask = async (url: string, role: string, tier: string, init: RequestInit): Promise<Json> => {
    const bearer = token ?? (await tokenFor(addresses, await personWith(addresses, role, tier)));
    const answer = await reach(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${bearer}` },
    });
    const body = (await answer.json().catch(() => ({}))) as Json;
    if (answer.ok) return body;
    throw new Complaint(problemText(answer.status, body));
  };
  return {
    get: (url, role, tier) => ask(url, role, tier, {}),
    post: (url, role, tier, body) =>
      ask(url, role, tier, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  };
};

const problemText = (status: number, { title, titleZh, detail, code, type }: Json): string => {
  const said = [titleZh, title].filter((text) => typeof text === 'string').join(' · ');
  return [`${status} ${said || 'the service refused'}`, detail, code ?? type]
    .filter((line) => line !== undefined)
    .join('\n  ');
};

const reach = async (url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).message;
    throw new Complaint(
      `连不上 ${url}（${cause}）\n${url} cannot be reached (${cause}): is the network running?`,
    );
  }
};

type Person = {
  readonly id: string;
  readonly tier: string;
  readonly roles: readonly string[];
  readonly name: string;
};

export const people = async ({ issuer }: Addresses): Promise<readonly Person[]> => {
  if (issuer === undefined)
    throw new Complaint(
      '本网络没有开发用签发者，请用 --token 提供令牌\nThis network has no development issuer: pass --token <bearer token>.',
    );
  const answer = await reach(`${issuer}/people`, {});
  return ((await answer.json()) as { items: readonly Person[] }).items;
};

/** The sample person with a role at a tier; the id of a person is taken as it is. */
export const personWith = async (addresses: Addresses, role: string, tier: string): Promise<string> => {
  const all = await people(addresses);
  const found =
    all.find(({ id }) => id === role) ?? all.find((one) => one.tier === tier && one.roles.includes(role));
  if (found !== undefined) return found.id;
  const known = [...new Set(all.flatMap(({ roles }) => roles))].sort().join(', ');
  throw new Complaint(`${tier} 没有角色 ${role}\nNobody at ${tier} has the role ${role}. Roles: ${known}`);
};

export const tokenFor = async ({ issuer }: Addresses, person: string): Promise<string> => {
  const answer = await reach(`${issuer}/token?person=${encodeURIComponent(person)}`, {});
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token === undefined) throw new Complaint(`the issuer has no token for ${person}`);
  return token;
};
