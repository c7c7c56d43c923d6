import { concat, utf8 } from '@liandong/kernel';
import type { FieldError } from './door-refusal.ts';

/**
 * `google.rpc.Status` as the trailer `grpc-status-details-bin` carries it: an
 * `ErrorInfo` with the reason a program can act on, and a `BadRequest` where fields
 * are at fault. Written out by hand because these three messages are all we need.
 */
export const googleStatus = (status: {
  readonly code: number;
  readonly message: string;
  readonly reason: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly fields?: readonly FieldError[];
}): Uint8Array => {
  const errorInfo = concat(
    text(1, status.reason),
    text(2, 'liandong'),
    ...Object.entries(status.metadata).map(([key, value]) => message(3, text(1, key), text(2, value))),
  );
  const details = [any('google.rpc.ErrorInfo', errorInfo)];
  if (status.fields !== undefined)
    details.push(
      any(
        'google.rpc.BadRequest',
        concat(
          ...status.fields.map(({ field, rule, detail }) =>
            message(1, text(1, field), text(2, detail), text(3, rule)),
          ),
        ),
      ),
    );
  return concat(
    Uint8Array.of(0x08),
    varint(status.code),
    text(2, status.message),
    ...details.map((detail) => message(3, detail)),
  );
};

const any = (type: string, value: Uint8Array): Uint8Array =>
  concat(text(1, `type.googleapis.com/${type}`), message(2, value));

const text = (field: number, value: string): Uint8Array => message(field, utf8(value));

const message = (field: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const body = concat(...parts);
  return concat(varint((field << 3) | 2), varint(body.length), body);
};

const varint = (n: number): Uint8Array => {
  const bytes: number[] = [];
  for (; n > 0x7f; n >>>= 7) bytes.push((n & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, n]);
};
