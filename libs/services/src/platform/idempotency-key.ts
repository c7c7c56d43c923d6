import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ok, refuse, type Result } from '@liandong/kernel';
import type { DoorRefusal } from './door-refusal.ts';
import { orRefuse } from './refused.ts';

/** A structured-field string (RFC 8941 §3.3.3) of 1 to 128 characters: `"8e03978e-40d5"`. */
const quoted = /^"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,128})"$/;

/** Reads the value of an Idempotency-Key header. */
export const parseIdempotencyKey = (header: unknown): Result<string, DoorRefusal> => {
  const [, key] = typeof header === 'string' ? (quoted.exec(header.trim()) ?? []) : [];
  return key === undefined
    ? refuse({ code: 'idempotency-key-missing' })
    : ok(key.replaceAll(/\\(["\\])/g, '$1'));
};

/** The request's Idempotency-Key, without which a command is refused. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
  return orRefuse(parseIdempotencyKey(headers['idempotency-key']));
});
