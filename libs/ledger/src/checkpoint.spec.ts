import { describe, expect, it } from '@jest/globals';
import { fromUtf8, utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { headOf, log, origin, witnessedAt, witnesses } from '../test/sample-log.ts';
import { keyPair, sha256, suite } from '../test/suite.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { cosign, cosignedText } from './cosignature.ts';
import { formatNote, parseNote, signNote, verifyNote } from './note.ts';
import { openHead } from './signed-head.ts';
import type { VKey } from './vkey.ts';

const root = sha256(utf8('root'));
const text = formatCheckpoint({ origin, size: 70_000, root });
const [witness] = witnesses;

describe('a checkpoint', () => {
  it('is three lines, and reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, root) => {
        const written = formatCheckpoint({ origin, size, root });
        expect(written.split('\n')).toHaveLength(4);
        expect(parseCheckpoint(written)).toEqual({ ok: true, value: { origin, size, root, extensions: [] } });
      }),
    );
  });

  it('may hold lines that others added', () => {
    expect(parseCheckpoint(`${text}extra\n`)).toMatchObject({ ok: true, value: { extensions: ['extra'] } });
  });

  const [first, size, hash] = text.split('\n');
  it.each([
    ['no final newline', text.slice(0, -1), 'ends-in-a-newline', 3],
    ['too few lines', `${first}\n${size}\n`, 'too-few-lines', 1],
    ['no origin', `\n${size}\n${hash}\n`, 'origin', 1],
    ['a leading zero', `${first}\n070000\n${hash}\n`, 'size', 2],
    ['a sign', `${first}\n+70000\n${hash}\n`, 'size', 2],
    ['a negative size', `${first}\n-1\n${hash}\n`, 'size', 2],
    ['a size that is not exact', `${first}\n9007199254740992\n${hash}\n`, 'size', 2],
    ['a size of 20 digits', `${first}\n10000000000000000000\n${hash}\n`, 'size', 2],
    ['a hash of 31 bytes', `${first}\n1\n${'A'.repeat(40)}AA==\n`, 'hash', 3],
    ['a hash without padding', `${first}\n1\n${hash?.slice(0, -1)}\n`, 'hash', 3],
    ['a space after its hash', `${first}\n1\n${hash} \n`, 'hash', 3],
    ['a carriage return', text.replaceAll('\n', '\r\n'), 'no-control-characters', 1],
    ['an empty line at its end', `${text}\n`, 'no-empty-line', 4],
    ['an empty line among others', `${text}a\n\nb\n`, 'no-empty-line', 5],
    ['a lone surrogate', `\ud800\n${size}\n${hash}\n`, 'utf-8', 1],
  ])('with %s is refused', (_, given, rule, line) => {
    expect(parseCheckpoint(given)).toEqual({
      ok: false,
      refusal: { code: 'malformed', form: 'checkpoint', line, rule },
    });
  });

  it('is not written with an origin or a size that could not be read', () => {
    expect(() => formatCheckpoint({ origin: 'a\nb', size: 1, root })).toThrow(RangeError);
    expect(() => formatCheckpoint({ origin: '', size: 1, root })).toThrow(RangeError);
    expect(() => formatCheckpoint({ origin, size: 1.5, root })).toThrow(RangeError);
    expect(() => formatCheckpoint({ origin, size: 1, root: root.subarray(1) })).toThrow(RangeError);
  });
});

describe('a signed head', () => {
  const keys = [log.key, ...witnesses.map(({ key }) => key)];

  it('is signed by the log and cosigned by witnesses, each at its time', () => {
    const head = openHead(suite, headOf({ size: 5, root }, 2), keys);
    expect(head).toMatchObject({ ok: true, value: { checkpoint: { origin, size: 5, root } } });
    expect(head.ok && head.value.verified.map(({ key, time }) => [key.name, time])).toEqual([
      [origin, undefined],
      ['city.gov.example', witnessedAt],
      ['county.gov.example', witnessedAt],
    ]);
  });

  it('needs the key of its own log: no witness and no other log makes one', () => {
    const refusal = { code: 'not-signed-by-its-log', origin };
    const cosigned = formatNote({ text, signatures: [cosign(witness!.key, witness!.sign, text, 1)] });
    expect(openHead(suite, cosigned, keys)).toEqual({ ok: false, refusal });
    const other = keyPair('city-431000.gov.example/1', 'ed25519');
    const foreign = formatNote({ text, signatures: [signNote(other.key, other.sign, text)] });
    expect(openHead(suite, foreign, [...keys, other.key])).toEqual({ ok: false, refusal });
    const asWitness = keyPair(origin, 'cosignature');
    const posing = formatNote({ text, signatures: [cosign(asWitness.key, asWitness.sign, text, 1)] });
    expect(openHead(suite, posing, [asWitness.key])).toEqual({ ok: false, refusal });
  });

  it('is refused where its note, its checkpoint or a signature is not good', () => {
    const bytes = headOf({ size: 5, root });
    const edited = utf8(fromUtf8(bytes).replace('\n5\n', '\n6\n'));
    expect(openHead(suite, edited, keys)).toMatchObject({ refusal: { code: 'bad-signature', line: 5 } });
    expect(openHead(suite, utf8('x\n'), keys)).toMatchObject({ refusal: { form: 'note' } });
    const noHead = formatNote({ text: 'hello\n', signatures: [signNote(log.key, log.sign, 'hello\n')] });
    expect(openHead(suite, noHead, keys)).toMatchObject({ refusal: { form: 'checkpoint' } });
  });
});

describe('a cosignature', () => {
  const { key, sign } = witness!;

  it('speaks of the whole checkpoint and of a second', () => {
    expect(fromUtf8(cosignedText(`${text}extra\n`, 17)!)).toBe(`cosignature/v1\ntime 17\n${text}extra\n`);
    const signature = cosign(key, sign, text, 17);
    expect(signature.signature).toHaveLength(72);
    expect([...signature.signature.subarray(0, 8)]).toEqual([0, 0, 0, 0, 0, 0, 0, 17]);
    expect(verifyNote(suite, { text, signatures: [signature] }, [key])).toEqual({
      ok: true,
      value: [{ key, time: 17 }],
    });
  });

  it('is refused with any bit flipped, its time included', () => {
    const { signature } = cosign(key, sign, text, witnessedAt);
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const flipped = signature.map((byte, n) => (n === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const note = { text, signatures: [{ name: key.name, keyId: key.keyId, signature: flipped }] };
      expect(verifyNote(suite, note, [key])).toMatchObject({ refusal: { code: 'bad-signature' } });
    }
  });

  it('has a time that is exact as a number, and the length of its kind, whatever a verifier would let pass', () => {
    const gullible = { ...suite, verifyEd25519: () => true };
    const verdict = (signature: Uint8Array, of: VKey = key) =>
      verifyNote(gullible, { text, signatures: [{ ...of, signature }] }, [of]).ok;
    const [last, beyond] = [new Uint8Array(72), new Uint8Array(72)];
    last.set([0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    beyond.set([0, 0x20, 0, 0, 0, 0, 0, 0]);
    expect(verdict(last)).toBe(true);
    expect(verdict(beyond)).toBe(false);
    for (const length of [71, 73, 64]) expect(verdict(new Uint8Array(length))).toBe(false);
    const byLog = (length: number) => verdict(new Uint8Array(length), log.key);
    expect([63, 64, 65].map(byLog)).toEqual([false, true, false]);
  });

  it('is only ever of a checkpoint', () => {
    expect(() => cosign(key, sign, 'hello\n', 1)).toThrow(RangeError);
    expect(() => cosign(key, sign, text, -1)).toThrow(RangeError);
    const line = { name: key.name, keyId: key.keyId, signature: new Uint8Array(72) };
    expect(verifyNote(suite, { text: 'hello\n', signatures: [line] }, [key]).ok).toBe(false);
  });

  it('is no log signature, and a log signature no cosignature', () => {
    const posing = signNote({ ...key, type: 'ed25519' }, sign, text);
    expect(verifyNote(suite, { text, signatures: [posing] }, [key]).ok).toBe(false);
    expect(parseNote(formatNote({ text, signatures: [posing] })).ok).toBe(true);
  });
});
