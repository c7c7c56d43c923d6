import { describe, expect, it } from '@jest/globals';
import { meanings, type Refusal, toGrpcStatus, toProblemJson } from './index.ts';

const codes = Object.keys(meanings) as Refusal['code'][];

describe('a refusal seen from outside', () => {
  it.each(codes)('%s says in Chinese and English what happened', (code) => {
    const { title, http, grpc } = meanings[code];
    expect(title.zh).toMatch(/\p{Script=Han}/u);
    expect(title.en).toMatch(/^[A-Z][A-Za-z -]+[a-z;, ]*[a-z]$/);
    expect([403, 404, 409, 413, 422]).toContain(http);
    expect([3, 5, 6, 7, 8, 9, 10]).toContain(grpc);
  });

  it('carries its own fields, and standard members no field can hide', () => {
    expect(toProblemJson({ code: 'event-too-large', eventType: 'x', bytes: 70_000, limit: 65_535 })).toEqual({
      code: 'event-too-large',
      eventType: 'x',
      bytes: 70_000,
      limit: 65_535,
      type: 'urn:liandong:problem:event-too-large',
      title: '内容过大',
      titleEn: 'What would be recorded is too large',
      status: 413,
    });
  });

  it('reaches a gRPC caller with the same meaning', () => {
    expect(toGrpcStatus({ code: 'item-not-found', item: '1' })).toEqual({
      code: 5,
      reason: 'item-not-found',
      message: '未找到事项 There is no such item',
    });
  });
});
