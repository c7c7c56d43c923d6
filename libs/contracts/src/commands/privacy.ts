import type { StreamName } from '@liandong/kernel';
import { z } from 'zod';
import { digests, streamName } from '../schemas/parts.ts';
import { erasureGround } from '../schemas/privacy.ts';

/** A demand to erase fields of one stream, which the path names. */
export const erasureBody = z.strictObject({
  digests: digests.describe('字段摘要，须排序 · Digests of the fields, sorted'),
  ground: erasureGround.describe('个人信息保护法第四十七条：目的已实现 · 期限已届满 · 撤回同意 · 违法处理'),
});

export const streamParam: z.ZodType<StreamName> = streamName;
