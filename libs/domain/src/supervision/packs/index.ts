import type { RulePack } from '../rule-pack.ts';
import { hunan2018 } from './hunan-2018.ts';
import { strict2026 } from './strict-2026.ts';

/** The packs that ship, by id. A tier adopts one; it may also adopt one of its own. */
export const shippedPacks: Readonly<Record<string, RulePack>> = {
  [hunan2018.id]: hunan2018,
  [strict2026.id]: strict2026,
};

export { hunan2018, strict2026 };
