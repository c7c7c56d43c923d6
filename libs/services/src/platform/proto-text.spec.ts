import { describe, expect, it } from '@jest/globals';
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader';
import { protoDir } from '@liandong/contracts';
import fc from 'fast-check';
import { textChecker } from './proto-text.ts';

const definition = loadSync('liandong/approval/v1/approval.proto', { includeDirs: [protoDir] });
const execute = 'liandong.approval.v1.ExecuteRequest';
const isText = textChecker(definition)(execute);
const written = (request: object) =>
  (definition[execute] as MessageTypeDefinition<object, object>).serialize(request);

describe('the text of a message', () => {
  it('passes whatever an honest client writes', () => {
    const value = fc.letrec<{ value: object }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }).map((stringValue) => ({ stringValue })),
        fc.double().map((numberValue) => ({ numberValue })),
        fc.boolean().map((boolValue) => ({ boolValue })),
        fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ listValue: { values } })),
        fc
          .dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 3 })
          .map((fields) => ({ structValue: { fields } })),
      ),
    })).value;
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.dictionary(fc.string(), value), (command, fields) => {
        expect(isText(written({ command, arguments: { fields } }))).toBe(true);
      }),
    );
  });

  it.each<[string, (mark: string) => object]>([
    ['a field', (mark) => ({ command: mark })],
    ['a name', (mark) => ({ arguments: { fields: { [mark]: { boolValue: true } } } })],
    ['a value', (mark) => ({ arguments: { fields: { a: { stringValue: mark } } } })],
    [
      'a value far inside',
      (mark) => ({
        arguments: {
          fields: {
            a: { listValue: { values: [{ structValue: { fields: { b: { stringValue: mark } } } }] } },
          },
        },
      }),
    ],
  ])('is refused where %s is not UTF-8', (_, request) => {
    for (const broken of [
      [0xff, 0xfe],
      [0xc0, 0x80],
      [0xed, 0xa0],
      [0xe4, 0xb8],
    ]) {
      const bytes = written(request('@@'));
      expect(isText(bytes)).toBe(true);
      bytes.set(broken, bytes.indexOf('@@'));
      expect(isText(bytes)).toBe(false);
    }
  });

  it('is not looked for in a message the package does not have', () => {
    expect(() => textChecker(definition)('liandong.approval.v1.Nothing')).toThrow('not in the package');
  });

  it('does not look into what the message does not have, and never fails on bytes', () => {
    expect(isText(Uint8Array.of(0x7a, 0x01, 0xff))).toBe(true);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(typeof isText(bytes)).toBe('boolean');
      }),
    );
  });
});
