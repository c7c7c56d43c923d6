import { type Erased, erasureGrounds, type ErasureGround } from '@liandong/domain/privacy';
import { z } from 'zod';
import { code, data, digests, optional } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

export const erasureGround = z.enum(erasureGrounds as readonly [ErasureGround, ...ErasureGround[]]);

export const privacySchemas = schemasOf<Erased>()({
  'liandong.privacy.erased.v1': data({
    digests,
    ground: erasureGround,
    law: code,
    by: z.strictObject({ role: z.literal('dataProtection'), department: optional(code) }),
  }),
});
