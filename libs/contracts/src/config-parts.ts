import type { TierCode } from '@liandong/kernel';
import { z } from 'zod';
import { rule } from './config-problems.ts';

/** What several parts of a configuration are made of. */

export type Listen = { readonly host: string; readonly port: number };

export const tierCode = z
  .string()
  .regex(/^(\d{6}|\d{9})$/, rule('6 或 9 位区划代码', 'a division code of 6 or 9 digits'))
  .transform((code) => code as TierCode);

export const epoch = z.int().min(0).max(999_999_999);

export const filePath = z.string().min(1);

export const listen = z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) });

export const hostAndPort = z
  .string()
  .regex(/^[^\s/]+:\d{1,5}$/, rule('地址，形如 `host:port`', 'an address `host:port`'));
