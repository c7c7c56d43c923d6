import { ownStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { ExerciseLevel } from './code-lists.ts';

/** The stream in which a tier publishes or adopts an item. */
export const itemStream = (tier: TierCode, item: string): StreamName => ownStream('item', tier, item);

/** 基本编码: the same item has one code at every level. */
export const isItemCode = (code: string): boolean => /^\d{12}$/.test(code);

/** 实施编码, 31 characters: who exercises the item, at which level, and which item. */
export const implementationCode = (creditCode: string, level: ExerciseLevel, item: string): string =>
  creditCode + level + item;
