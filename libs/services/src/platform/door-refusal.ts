import type { Meaning, Meanings } from '@liandong/contracts';

/** What is wrong with one part of a request: where, which rule, and in plain words. */
export type FieldError = {
  /** JSON Pointer (RFC 6901) into the body, or the name of a parameter; '' is the whole. */
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
};

/** A "no" that is said at the door, before any rule of the business is asked. */
export type DoorRefusal =
  | { readonly code: 'malformed-request'; readonly errors: readonly FieldError[] }
  | { readonly code: 'invalid-request'; readonly errors: readonly FieldError[] }
  | { readonly code: 'request-too-large'; readonly limit: number }
  | { readonly code: 'request-timed-out' }
  | { readonly code: 'media-type-unsupported'; readonly supported: string }
  | { readonly code: 'method-not-allowed'; readonly allowed: readonly string[] }
  | { readonly code: 'not-found'; readonly what: string }
  | { readonly code: 'idempotency-key-missing' }
  | { readonly code: 'deadline-missing' }
  | { readonly code: 'unauthenticated'; readonly reason: string }
  | { readonly code: 'role-not-entitled'; readonly action: string }
  | { readonly code: 'other-tier'; readonly tier: string; readonly tokenTier: string }
  | { readonly code: 'not-ready'; readonly failing: readonly string[] }
  | { readonly code: 'internal-error' };

const grpc = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

const meaning = (http: number, code: number, zh: string, en: string): Meaning => ({
  http,
  grpc: code,
  title: { zh, en },
});

/** One line per refusal: a new one does not compile until it says what callers see. */
export const doorMeanings: Meanings<DoorRefusal['code']> = {
  'malformed-request': meaning(400, grpc.invalidArgument, '请求格式错误', 'The request is malformed'),
  'invalid-request': meaning(422, grpc.invalidArgument, '请求内容不符合规则', 'The request breaks a rule'),
  'request-too-large': meaning(413, grpc.resourceExhausted, '请求过大', 'The request is too large'),
  'request-timed-out': meaning(408, grpc.deadlineExceeded, '请求超时', 'The request took too long'),
  'media-type-unsupported': meaning(
    415,
    grpc.invalidArgument,
    '不支持的媒体类型',
    'The media type is not supported',
  ),
  'method-not-allowed': meaning(405, grpc.unimplemented, '不允许的方法', 'The method is not allowed here'),
  'not-found': meaning(404, grpc.notFound, '未找到', 'There is no such thing'),
  'idempotency-key-missing': meaning(
    400,
    grpc.invalidArgument,
    '缺少 Idempotency-Key',
    'Idempotency-Key is missing or is not a quoted string',
  ),
  'deadline-missing': meaning(400, grpc.invalidArgument, '调用须带截止时间', 'A call needs a deadline'),
  unauthenticated: meaning(401, grpc.unauthenticated, '未通过身份验证', 'Who is calling is not proven'),
  'role-not-entitled': meaning(403, grpc.permissionDenied, '无权执行此操作', 'The caller may not do this'),
  'other-tier': meaning(403, grpc.permissionDenied, '令牌属于其他层级', 'The token belongs to another tier'),
  'not-ready': meaning(503, grpc.unavailable, '服务尚未就绪', 'The service is not ready'),
  'internal-error': meaning(500, grpc.internal, '内部错误', 'Something went wrong inside'),
};
