import type { TierCode } from '@liandong/kernel';
import { setTimeout as pause } from 'node:timers/promises';

/** Where the services of one tier are reached. */
export type TierAddresses = {
  readonly tier: TierCode;
  readonly approval: string;
  readonly exchange: string;
  readonly grpc?: string;
  readonly supervision: string;
  readonly audit?: string;
};

export type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** A person of the demonstration at the counter of a tier, over HTTP like everybody else. */
export type Counter = {
  readonly get: (tier: TierCode, person: string, path: string) => Promise<Answer>;
  readonly post: (tier: TierCode, person: string, path: string, key: string, body: object) => Promise<Answer>;
  /** The same at the supervision of a tier. */
  readonly supervision: Pick<Counter, 'get' | 'post'>;
  readonly links: (tier: TierCode, person: string) => Promise<{ readonly drained: boolean }>;
};

export const counter = (
  addresses: readonly TierAddresses[],
  tokenOf: (person: string) => Promise<string>,
): Counter => {
  const at = (tier: TierCode): TierAddresses => {
    const found = addresses.find((each) => each.tier === tier);
    if (found === undefined) throw new Error(`tier ${tier} is not in this network`);
    return found;
  };
  const call = async (url: string, person: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${await tokenOf(person)}` },
      signal: AbortSignal.timeout(30_000),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const door = (service: 'approval' | 'supervision'): Pick<Counter, 'get' | 'post'> => ({
    get: (tier, person, path) => call(`${at(tier)[service]}${path}`, person, {}),
    post: (tier, person, path, key, body) =>
      call(`${at(tier)[service]}${path}`, person, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': `"${key}"` },
        body: JSON.stringify(body),
      }),
  });
  return {
    ...door('approval'),
    supervision: door('supervision'),
    links: async (tier, person) => {
      const { body } = await call(`${at(tier).exchange}/links`, person, {});
      return { drained: body['drained'] === true };
    },
  };
};

/** Asks until the answer is what is waited for. Throws, with the last answer, when that takes too long. */
export const until = async <Value>(
  what: string,
  ask: () => Promise<Value>,
  isEnough: (value: Value) => boolean,
  limitMs = 60_000,
): Promise<Value> => {
  const deadline = performance.now() + limitMs;
  for (let wait = 20; ; wait = Math.min(2 * wait, 500)) {
    const value = await ask();
    if (isEnough(value)) return value;
    if (performance.now() > deadline)
      throw new Error(`${what} did not come about within ${limitMs / 1000} s: ${JSON.stringify(value)}`);
    await pause(wait);
  }
};
