import { z } from 'zod';
import { hash, tier } from './answer-parts.ts';

export const FieldAnswer = z
  .strictObject({
    digest: z.string().describe('字段摘要 · What stands in the event for the field'),
    event: hash,
    type: z.string(),
    tier,
    state: z.enum(['held', 'absent', 'erased']).describe('在库 · 不在本级 · 已删除'),
    name: z.string().optional().describe('字段名，在库时可知 · Known while the field is held here'),
  })
  .meta({
    id: 'PersonalField',
    description: '个人信息字段，不含内容 · A personal field, never what it says',
  });

export const ErasedAnswer = z
  .strictObject({
    stream: z.string(),
    events: z.array(z.strictObject({ id: z.string(), type: z.string(), hash })),
    repeated: z.boolean(),
  })
  .meta({ id: 'Erased', description: '已删除并已记录 · Erased here, and on record for every tier' });
