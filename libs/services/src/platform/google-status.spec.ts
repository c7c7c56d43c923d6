import { describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { googleStatus } from './google-status.ts';

/** A reader that knows protobuf and nothing of our writer. */
const protobuf = createRequire(createRequire(import.meta.url).resolve('@grpc/proto-loader'))(
  'protobufjs',
) as {
  parse: (proto: string) => {
    root: {
      lookupType: (name: string) => {
        decode: (bytes: Uint8Array) => { toJSON: () => Record<string, unknown> };
      };
    };
  };
};
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }
  message FieldViolation { string field = 1; string description = 2; string reason = 3; }
  message BadRequest { repeated FieldViolation field_violations = 1; }
`);
const read = (type: string, bytes: Uint8Array) => root.lookupType(type).decode(bytes).toJSON();

describe('google.rpc.Status', () => {
  it('is read by others as it was meant', () => {
    const bytes = googleStatus({
      code: 3,
      message: '请求内容不符合规则',
      reason: 'INVALID_REQUEST',
      metadata: { found: 'concluded', long: 'x'.repeat(300) },
      fields: [{ field: '/days', rule: 'too-big', detail: 'at most 100' }],
    });
    const { code, message, details } = read('Status', bytes) as {
      code: number;
      message: string;
      details: { typeUrl: string; value: string }[];
    };
    expect({ code, message }).toEqual({ code: 3, message: '请求内容不符合规则' });
    expect(details.map(({ typeUrl }) => typeUrl)).toEqual([
      'type.googleapis.com/google.rpc.ErrorInfo',
      'type.googleapis.com/google.rpc.BadRequest',
    ]);
    expect(read('ErrorInfo', Buffer.from(details[0]?.value ?? '', 'base64'))).toEqual({
      reason: 'INVALID_REQUEST',
      domain: 'liandong',
      metadata: { found: 'concluded', long: 'x'.repeat(300) },
    });
    expect(read('BadRequest', Buffer.from(details[1]?.value ?? '', 'base64'))).toEqual({
      fieldViolations: [{ field: '/days', description: 'at most 100', reason: 'too-big' }],
    });
  });
});
