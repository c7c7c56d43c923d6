import { uniformityAspects, type UniformityFact } from '@liandong/domain/catalogue';
import { z } from 'zod';
import { code, count, data, line, sha256Hex, tierCode } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

const compared = {
  item: code,
  standard: z.strictObject({ version: count, hash: sha256Hex }),
  applied: z.strictObject({ tier: tierCode, version: count, hash: sha256Hex }),
};
const drift = z.strictObject({
  aspect: z.enum(uniformityAspects),
  // Names a law or a fee as the item does.
  place: line(1500),
  kind: z.enum(['missing', 'added', 'changed']),
});

export const uniformitySchemas = schemasOf<UniformityFact>()({
  'liandong.item.driftFound.v1': data({ ...compared, drifts: z.array(drift).min(1).max(200) }),
  'liandong.item.driftEnded.v1': data(compared),
});
