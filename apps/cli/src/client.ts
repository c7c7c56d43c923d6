import { type Json, must, reach, read } from './http.ts';
import type { Addresses, TierAddress } from './network.ts';
import { personAt, tokenFor } from './people.ts';

/** Asks the services of a tier as one of its people. */
export type Client = {
  readonly get: (url: string, role: string, at: TierAddress) => Promise<Json>;
  /** Like `get`, but `undefined` for what is not there. */
  readonly find: (url: string, role: string, at: TierAddress) => Promise<Json | undefined>;
  /** Sent again under the same key it is done once. */
  readonly post: (url: string, role: string, at: TierAddress, body: Json, key?: string) => Promise<Json>;
};

export const client = (addresses: Addresses, token: string | undefined): Client => {
  const ask = async (url: string, role: string, { tier }: TierAddress, init: RequestInit) => {
    const bearer = token ?? (await tokenFor(addresses, await personAt(addresses, role, tier)));
    const headers = { ...init.headers, authorization: `Bearer ${bearer}` };
    return read(await reach(url, { ...init, headers }));
  };
  const get: Client['get'] = async (url, role, at) => must(await ask(url, role, at, {}));
  return {
    get,
    find: async (url, role, at) => {
      const answer = await ask(url, role, at, {});
      return answer.status === 404 ? undefined : must(answer);
    },
    post: async (url, role, at, body, key) =>
      must(
        await ask(url, role, at, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(key !== undefined && { 'idempotency-key': `"${key}"` }),
          },
          body: JSON.stringify(body),
        }),
      ),
  };
};
