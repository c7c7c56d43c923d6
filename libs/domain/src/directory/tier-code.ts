import type { TierCode } from '@liandong/kernel';
import type { TierLevel } from './facts.ts';

/** The level a division code stands for; `undefined` if it is no code of a tier. */
export const levelOf = (code: string): TierLevel | undefined => {
  if (/^\d{9}$/.test(code)) return code.endsWith('000') ? undefined : 'township';
  if (!/^\d{6}$/.test(code)) return undefined;
  if (!code.endsWith('00')) return 'county';
  return code.endsWith('0000') ? undefined : 'city';
};

/** The tier right above in the division codes; `undefined` for a city and for what is no code. */
export const superiorOf = (code: string): TierCode | undefined => {
  switch (levelOf(code)) {
    case 'township':
      return code.slice(0, 6) as TierCode;
    case 'county':
      return `${code.slice(0, 4)}00` as TierCode;
    case 'city':
    case undefined:
      return undefined;
  }
};

/** Every tier above, nearest first. */
export const superiorsOf = (code: string): readonly TierCode[] => {
  const above = superiorOf(code);
  return above === undefined ? [] : [above, ...superiorsOf(above)];
};

/** Whether a 12-digit code names a village or community of that township. */
export const isAgentPointOf = (township: string, agentPoint: string): boolean =>
  /^\d{12}$/.test(agentPoint) && agentPoint.startsWith(township) && !agentPoint.endsWith('000');
