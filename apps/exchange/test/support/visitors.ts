import type { TierCode } from '@liandong/kernel';

// The shape is what the specs are about.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answer = { readonly status: number; readonly body: any };

/** `reviewer-431021-06` works at 431021. */
export const tierOf = (person: string): TierCode => person.split('-')[1] as TierCode;

/** Sample persons at the counter of their own tier, over HTTP like everybody else. */
export const visitors = (
  tokenOf: (person: string) => Promise<string>,
  doorOf: (tier: TierCode) => string,
) => {
  const tokens = new Map<string, Promise<string>>();
  const tokenFor = (person: string) => {
    const token = tokens.get(person) ?? tokenOf(person);
    tokens.set(person, token);
    return token;
  };
  const call = async (url: string, person: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await tokenFor(person)}` },
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    getAt: (url: string, person: string) => call(url, person, {}),
    get: (person: string, path: string) => call(`${doorOf(tierOf(person))}${path}`, person, {}),
    post: (person: string, path: string, key: string, body: object) =>
      call(`${doorOf(tierOf(person))}${path}`, person, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `"${key}"` },
        body: JSON.stringify(body),
      }),
  };
};
