import type { LedgerFact } from '@liandong/application';
import { serviceNames } from '@liandong/kernel';
import { z } from 'zod';
import { data, instant, line, optional, sha256Hex } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

const epoch = z.int().min(0).max(999_999_999);
const treeSize = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const origin = z
  .string()
  .max(300)
  .regex(/^[a-z0-9.-]{1,250}\/(?:\d{6}|\d{9})\/(?:0|[1-9]\d{0,8})$/, 'the origin of a ledger');
const head = { origin, size: treeSize, root: sha256Hex };

const purpose = z.enum(['log', 'witness', ...serviceNames]);
const keyId = z.string().regex(/^[0-9a-f]{8}$/, '8 lower-case hex digits');
const publicKey = z.string().regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, '32 bytes, base64');

/** What a ledger says about itself and its neighbours. */
export const ledgerSchemas = schemasOf<LedgerFact>()({
  'liandong.ledger.epochOpened.v1': data({
    epoch,
    previous: z.strictObject({
      origin,
      epoch,
      stored: treeSize,
      known: treeSize,
      cosigned: optional(z.strictObject(head)),
    }),
    reason: line(500),
  }),
  'liandong.ledger.anchored.v1': data({
    checkpoints: z
      .array(z.strictObject({ ...head, time: instant }))
      .min(1)
      .max(100),
  }),
  'liandong.ledger.keyRotated.v1': data({
    key: z.strictObject({ purpose, keyId, publicKey }),
    replaces: keyId,
  }),
  'liandong.ledger.keyRevoked.v1': data({ purpose, keyId, reason: line(500) }),
  'liandong.ledger.splitView.v1': data({
    smaller: z.strictObject(head),
    larger: z.strictObject(head),
    frozenAt: treeSize,
    evidence: sha256Hex,
    seenBy: line(255),
  }),
});
