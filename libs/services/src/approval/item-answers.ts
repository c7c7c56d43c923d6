import { itemCommandBodies } from '@liandong/contracts';
import { z } from 'zod';
import { hash, tier } from './answer-parts.ts';

const ItemVersion = itemCommandBodies.publishVersion.shape.version.meta({
  id: 'ItemVersion',
  description: '事项版本 · A dated version of an item',
});

export const ItemRowAnswer = z
  .strictObject({
    tier,
    code: z.string(),
    entry: z.int(),
    origin: z.enum(['published', 'adopted']),
    verb: z.string().optional(),
    version: z.int(),
    standardTier: tier.optional(),
    standardHash: hash.optional(),
    status: z.string(),
    effectiveFrom: z.string(),
    effectiveTo: z.string().optional(),
    supersededOn: z.string().optional(),
    promisedDays: z.int().optional(),
    content: ItemVersion.optional(),
  })
  .meta({ id: 'ItemRow', description: '目录中的一条 · A dated entry of the catalogue' });

export const InForceAnswer = z.strictObject({ on: z.string(), version: ItemVersion });

export const ItemVersionsAnswer = z.strictObject({
  status: z.enum(['published', 'adopted']),
  versions: z.array(ItemVersion),
  adoptions: z.array(
    z.strictObject({
      standard: z.strictObject({ tier, code: z.string(), version: z.int(), hash }),
      effectiveFrom: z.string(),
      promisedDays: z.int().optional(),
    }),
  ),
});

export const ItemDoneAnswer = z
  .strictObject({
    item: z.string(),
    events: z.array(z.strictObject({ id: z.string(), type: z.string(), hash })),
    repeated: z.boolean(),
  })
  .meta({ id: 'ItemDone' });
