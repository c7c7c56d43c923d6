import { describe, expect, it } from '@jest/globals';
import { utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { keyPair, sha256, suite } from '../test/suite.ts';
import { fromBase64 } from './base64.ts';
import { formatNote, parseNote, signNote, verifyNote } from './note.ts';
import { formatSignature } from './note-signature.ts';
import { formatVKey, keyIdOf, makeVKey, parseVKey, type VKey } from './vkey.ts';

const vector = {
  vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  text: 'This is an example message.\n',
  signature: 'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=',
};
const vectorNote = `${vector.text}\n\u2014 example.com/foo ${vector.signature}\n`;

const keyOf = (vkey: string): VKey => {
  const key = parseVKey(sha256, vkey);
  if (!key.ok) throw new Error(key.refusal.rule);
  return key.value;
};
const known = keyOf(vector.vkey);
const judge = (text: string, keys: readonly VKey[] = [known]) => {
  const note = parseNote(utf8(text));
  return note.ok ? verifyNote(suite, note.value, keys) : note;
};
const rule = (text: string | Uint8Array) => {
  const note = parseNote(typeof text === 'string' ? utf8(text) : text);
  return note.ok ? 'read' : `${note.refusal.rule} in line ${note.refusal.line}`;
};

describe('a signed note', () => {
  it('of the specification is verified, and no other text under its signature', () => {
    expect(judge(vectorNote)).toEqual({ ok: true, value: [{ key: known }] });
    expect(judge(vectorNote.replace('This', 'That'))).toEqual({
      ok: false,
      refusal: { code: 'bad-signature', name: 'example.com/foo', keyId: '530d903a', line: 3 },
    });
  });

  it('reads back as it was written', () => {
    const { key, sign } = keyPair('log.gov.example/1', 'ed25519');
    const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((s) => ![...s].some((c) => c < ' '));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        (lines, count) => {
          const text = `${lines.join('\n')}\n`;
          const signature = signNote(key, sign, text);
          const note = { text, signatures: Array.from({ length: count }, () => signature) };
          expect(parseNote(formatNote(note))).toEqual({ ok: true, value: note });
          expect(verifyNote(suite, note, [key])).toMatchObject({ ok: true });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('with any bit flipped is refused, or its signature is not', () => {
    const bytes = utf8(vectorNote);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.map((byte, n) => (n === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const note = parseNote(flipped);
      expect(note.ok && verifyNote(suite, note.value, [known]).ok).toBe(false);
    }
  });

  it('is split at the last empty line', () => {
    const { key, sign } = keyPair('log', 'ed25519');
    const text = 'a\n\n\u2014 not a signature\n\nb\n';
    const note = { text, signatures: [signNote(key, sign, text)] };
    expect(parseNote(formatNote(note))).toEqual({ ok: true, value: note });
  });

  const signature = `\u2014 example.com/foo ${vector.signature}`;
  it.each([
    ['has no empty line', `${vector.text}${signature}\n`, 'blank-line-before-signatures in line 1'],
    ['has no signature', `${vector.text}\n`, 'blank-line-before-signatures in line 2'],
    ['has no final newline', `${vector.text}\n${signature}`, 'ends-in-a-newline in line 3'],
    ['is empty', '', 'ends-in-a-newline in line 1'],
    ['has a carriage return', `a\r\n\n${signature}\n`, 'no-control-characters in line 1'],
    ['has a tab', `a\nb\tc\n\n${signature}\n`, 'no-control-characters in line 2'],
    [
      'has an en dash',
      `${vector.text}\n${signature.replace('\u2014', '\u2013')}\n`,
      'signature-line in line 3',
    ],
    ['has a trailing space', `${vector.text}\n${signature} \n`, 'signature-line in line 3'],
    ['has two spaces', `${vector.text}\n${signature.replace(' ', '  ')}\n`, 'signature-line in line 3'],
    [
      'has a plus in a name',
      `${vector.text}\n${signature.replace('/foo', '+foo')}\n`,
      'signature-line in line 3',
    ],
    [
      'has a space in a name',
      `${vector.text}\n${signature.replace('/foo', '\u00a0foo')}\n`,
      'signature-line in line 3',
    ],
    ['has a signature of a key id alone', `${vector.text}\n\u2014 a AAAAAA==\n`, 'signature-line in line 3'],
    ['has no padding', `${vector.text}\n${signature.slice(0, -1)}\n`, 'signature-line in line 3'],
    [
      'has bits beyond its last byte',
      `${vector.text}\n${signature.replace('aQM=', 'aQN=')}\n`,
      'signature-line in line 3',
    ],
    ['has a second signature that is none', `${vector.text}\n${signature}\nx\n`, 'signature-line in line 4'],
  ])('is refused if it %s', (_, text, expected) => {
    expect(rule(text)).toBe(expected);
  });

  it('is refused if it is not UTF-8 or longer than any note', () => {
    expect(rule(Uint8Array.of(0xff, ...utf8(`\n\n${signature}\n`)))).toBe('utf-8 in line 1');
    expect(rule(new Uint8Array(1_000_001).fill(0x61))).toBe('too-long in line 1');
  });

  it('bears 16 signatures and more, but not without end', () => {
    const lines = (count: number) => `${vector.text}\n${`${signature}\n`.repeat(count)}`;
    expect(judge(lines(16))).toMatchObject({ ok: true });
    expect(rule(lines(100))).toBe('read');
    expect(rule(lines(101))).toBe('too-many-signatures in line 103');
  });

  it('passes over keys it does not know, and needs one that it does', () => {
    const { key, sign } = keyPair('other', 'ed25519');
    const other = formatSignature(signNote(key, sign, vector.text));
    expect(judge(`${vectorNote}${other}`)).toEqual({ ok: true, value: [{ key: known }] });
    expect(judge(`${vector.text}\n${other}`)).toEqual({ ok: false, refusal: { code: 'no-known-signature' } });
    expect(judge(vectorNote, [])).toMatchObject({ refusal: { code: 'no-known-signature' } });
  });

  it('is spoilt by one bad signature of a known key, before or after a good one', () => {
    const bad = formatSignature({ name: known.name, keyId: known.keyId, signature: new Uint8Array(64) });
    expect(judge(`${vectorNote}${bad}`)).toMatchObject({ refusal: { code: 'bad-signature', line: 4 } });
    expect(judge(`${vector.text}\n${bad}${signature}\n`)).toMatchObject({
      refusal: { code: 'bad-signature' },
    });
    const short = formatSignature({ name: known.name, keyId: known.keyId, signature: new Uint8Array(63) });
    expect(judge(`${vectorNote}${short}`)).toMatchObject({ refusal: { code: 'bad-signature' } });
  });

  it('is not verified by a key of a type that signs no notes, nor spoilt by it', () => {
    const foreign: VKey = { ...known, type: 'private' };
    expect(judge(vectorNote, [foreign])).toMatchObject({ refusal: { code: 'no-known-signature' } });
    expect(judge(vectorNote, [{ ...known, type: 'unknown' }, known])).toMatchObject({ ok: true });
  });
});

describe('a verifier key', () => {
  it('is the one of the specification', () => {
    expect(known).toMatchObject({ name: 'example.com/foo', keyId: '530d903a', type: 'ed25519' });
    expect(formatVKey({ ...known, type: 'ed25519' })).toBe(vector.vkey);
  });

  it('may hold a plus in its base64', () => {
    for (let n = 0; n < 40; n++) {
      const { key } = keyPair('w.gov.example', 'cosignature', `${n}`);
      expect(keyOf(formatVKey(key))).toEqual(key);
    }
  });

  it('of one key has another id for each type and name', () => {
    const ids = [
      keyIdOf(sha256, 'a', 'ed25519', known.publicKey),
      keyIdOf(sha256, 'a', 'cosignature', known.publicKey),
      keyIdOf(sha256, 'b', 'ed25519', known.publicKey),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  const [name, id, key] = ['example.com/foo', '530d903a', 'AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'];
  it.each([
    ['no name', `+${id}+${key}`, 'key-name'],
    ['a space in its name', `a b+${id}+${key}`, 'key-name'],
    ['another name', `example.com/bar+${id}+${key}`, 'key-id'],
    ['another id', `${name}+530d903b+${key}`, 'key-id'],
    ['an id in capitals', `${name}+530D903A+${key}`, 'key-id'],
    ['a short id', `${name}+530d903+${key}`, 'key-id'],
    ['no key', `${name}+${id}+`, 'base64'],
    ['a key cut short', `${name}+${id}+AekyeRrm`, 'key-length'],
    ['a newline after it', `${vector.vkey}\n`, 'base64'],
    ['nothing at all', '', 'key-name'],
  ])('with %s is refused', (_, text, expected) => {
    expect(parseVKey(sha256, text)).toMatchObject({ refusal: { form: 'vkey', rule: expected } });
  });

  it('of a private or an unknown type is kept, and verifies nothing', () => {
    expect(keyOf('sm2+01020304+/3NtMg==').type).toBe('private');
    expect(keyOf('ml-dsa+01020304+BkFB').type).toBe('unknown');
  });

  it('is not made of a name or a key that no note can bear', () => {
    expect(() => makeVKey(sha256, 'a b', 'ed25519', new Uint8Array(32))).toThrow(RangeError);
    expect(() => makeVKey(sha256, 'a', 'ed25519', new Uint8Array(31))).toThrow(RangeError);
    expect(fromBase64(key)).toHaveLength(33);
  });
});
