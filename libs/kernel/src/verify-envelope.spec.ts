import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import {
  canonicalJson,
  caseStream,
  type Envelope,
  eventBytes,
  eventHash,
  eventId,
  maxNesting,
  type Sha256,
  sourceOf,
  type TierCode,
  twentyDigits,
  utf8,
  verifyEnvelope,
} from './index.ts';

const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
};

const source = sourceOf({ network: 'liandong.example', tier: '431021' as TierCode, epoch: 1 });
const id = eventId(sha256, 'clerk', 'key', 0);
const opening: Envelope = {
  specversion: '1.0',
  id,
  source,
  type: 'liandong.case.opened.v1',
  subject: caseStream(sha256, source, id),
  time: '2026-03-02T01:00:00.000Z',
  recordedtime: '2026-03-02T01:00:00.123Z',
  datacontenttype: 'application/json',
  dataschema: 'urn:liandong:schema:case.opened.v1',
  sequence: twentyDigits(1),
  parents: '',
  height: twentyDigits(1),
  term: '0.0',
  authtype: 'user',
  authid: 'p-1',
  data: { item: { code: '桂阳', days: 20 }, missing: [null, true, 1.5] },
};
const later: Envelope = {
  ...opening,
  id: eventId(sha256, 'clerk', 'key', 1),
  type: 'liandong.case.accepted.v1',
  sequence: twentyDigits(2),
  height: twentyDigits(2),
  parents: eventHash(sha256, eventBytes(opening)),
};

const verdict = (value: unknown) => {
  const verified = verifyEnvelope(sha256, utf8(canonicalJson(value)));
  return verified.ok ? 'accepted' : `${verified.refusal.field}: ${verified.refusal.rule}`;
};
const verdictOfText = (text: string) => {
  const verified = verifyEnvelope(sha256, utf8(text));
  return verified.ok ? 'accepted' : verified.refusal.rule;
};
const openingText = canonicalJson(opening);
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('foreign bytes', () => {
  it('are accepted when they are an event in its canonical form', () => {
    expect(verifyEnvelope(sha256, eventBytes(opening))).toEqual({ ok: true, value: opening });
    expect(verifyEnvelope(sha256, eventBytes(later))).toEqual({ ok: true, value: later });
    expect(verdict({ ...later, correlationid: 'c', causationid: 'd', rulepack: 'r@1#ab' })).toBe('accepted');
    expect(verdict({ ...opening, subject: 'item-431021.X1' })).toBe('accepted');
  });

  it.each(Object.keys(opening))('are refused without %s', (field) => {
    const { [field]: _, ...rest } = opening as unknown as Record<string, unknown>;
    expect(verdict(rest)).toBe(`${field}: missing`);
  });

  it.each(Object.keys(opening).flatMap((field) => [1, null, [], true].map((value) => ({ field, value }))))(
    'are refused when $field is $value',
    ({ field, value }) => {
      expect(verdict({ ...opening, [field]: value })).toBe(`${field}: malformed`);
    },
  );

  it.each([
    [{ ...opening, extra: 1 }, 'extra: unknown-attribute'],
    [{ ...opening, __proto__x: 1 }, '__proto__x: unknown-attribute'],
    [{ ...opening, specversion: '1.1' }, 'specversion: malformed'],
    [{ ...opening, id: '5c0c1a52-1f2e-4c3b-9d8e-000000000000' }, 'id: malformed'],
    [{ ...opening, source: 'https://liandong.example/tiers/43/1' }, 'source: malformed'],
    [{ ...opening, type: 'liandong.case.opened' }, 'type: malformed'],
    [{ ...opening, type: 'other.case.opened.v1' }, 'type: malformed'],
    [{ ...opening, subject: 'case-x' }, 'subject: malformed'],
    [{ ...opening, subject: 'case-431021.X' }, 'subject: malformed'],
    [{ ...opening, subject: 'item-431021.a\u0000b' }, 'subject: malformed'],
    [{ ...opening, subject: `item-431000.X` }, 'subject: stream-of-another-tier'],
    [{ ...opening, subject: `case-${'0'.repeat(32)}` }, 'subject: does-not-hash-to-its-case'],
    [{ ...opening, time: '2026-02-30T00:00:00.000Z' }, 'time: malformed'],
    [{ ...opening, time: '2026-03-02T09:00:00+08:00' }, 'time: malformed'],
    [{ ...opening, recordedtime: '2026-03-02' }, 'recordedtime: malformed'],
    [{ ...opening, datacontenttype: 'text/plain' }, 'datacontenttype: malformed'],
    [{ ...opening, sequence: '1' }, 'sequence: malformed'],
    [{ ...opening, sequence: twentyDigits(0) }, 'sequence: out-of-range'],
    [{ ...opening, sequence: '9'.repeat(20) }, 'sequence: out-of-range'],
    [{ ...opening, sequence: twentyDigits(2) }, 'sequence: a-first-event-has-no-parents'],
    [{ ...opening, height: twentyDigits(2) }, 'height: a-first-event-has-no-parents'],
    [{ ...later, height: twentyDigits(1) }, 'height: a-first-event-has-no-parents'],
    [{ ...later, parents: 'ab' }, 'parents: malformed'],
    [{ ...later, parents: `${later.parents},${later.parents}` }, 'parents: not-sorted'],
    [{ ...later, parents: ['b', 'a'].map((digit) => digit.repeat(64)).join(',') }, 'parents: not-sorted'],
    [
      { ...later, parents: Array.from({ length: 65 }, (_, n) => String(n).padStart(64, '0')).join(',') },
      'parents: too-many',
    ],
    [{ ...later, term: '1' }, 'term: malformed'],
    [{ ...later, term: '01.0' }, 'term: malformed'],
    [{ ...later, authtype: 'root' }, 'authtype: malformed'],
    [{ ...later, authid: '' }, 'authid: malformed'],
    [{ ...later, authid: 'x'.repeat(201) }, 'authid: malformed'],
    [{ ...later, correlationid: '' }, 'correlationid: malformed'],
    [{ ...later, data: 'text' }, 'data: malformed'],
    [{ ...later, data: { n: 2 ** 53 } }, ': number-out-of-range'],
    [{ ...later, data: { text: 'x'.repeat(70_000) } }, ': too-large'],
    [{ ...later, data: { deep: nested(maxNesting - 1) } }, ': nested-too-deeply'],
  ])('are refused by the rule they break (%#)', (value, expected) => {
    expect(verdict(value)).toBe(expected);
  });

  it('may nest as deeply as the bound says', () => {
    expect(verdict({ ...later, data: { deep: nested(maxNesting - 2) } })).toBe('accepted');
  });

  it.each([
    ['white space', ` ${openingText}`, 'not-canonical'],
    ['a member twice', openingText.replace('"authid"', '"authid":"p-0","authid"'), 'not-canonical'],
    ['another order', openingText.replace(/^\{(.*?),(.*?),/, '{$2,$1,'), 'not-canonical'],
    [
      'an escape that is not needed',
      openingText.replace('clerk', 'clerk').replace('p-1', '\\u0070-1'),
      'not-canonical',
    ],
    ['a lone surrogate', openingText.replace('p-1', '\\ud800'), 'not-canonical'],
    ['a number nobody can hold', openingText.replace('1.5', '1e400'), 'number-out-of-range'],
    ['a number that loses digits', openingText.replace('1.5', '1.50000000000000000001'), 'not-canonical'],
    ['a byte order mark', `\ufeff${openingText}`, 'not-a-json-object'],
    ['nothing', '', 'not-a-json-object'],
    ['an array', '[]', 'not-a-json-object'],
    ['a hundred thousand brackets', '['.repeat(60_000), 'nested-too-deeply'],
    ['brackets in a string only', `"${'['.repeat(60_000)}"`, 'not-a-json-object'],
  ])('are refused with %s', (_, text, rule) => {
    expect(verdictOfText(text)).toBe(rule);
  });

  it('are refused when they are not UTF-8', () => {
    const bytes = eventBytes(opening);
    bytes[bytes.length - 5] = 0xff;
    expect(verifyEnvelope(sha256, bytes)).toMatchObject({ ok: false, refusal: { rule: 'not-utf8' } });
  });

  it('never make the check throw, and what passes has exactly one form', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(utf8),
      fc
        .dictionary(fc.constantFrom(...Object.keys(opening)), fc.jsonValue())
        .map((v) => utf8(canonicalJson({ ...later, ...v }))),
    );
    fc.assert(
      fc.property(bytes, (candidate) => {
        const verified = verifyEnvelope(sha256, candidate);
        if (verified.ok) expect(eventBytes(verified.value)).toEqual(candidate);
      }),
      { numRuns: 2_000 },
    );
  });

  it('with a changed byte never pass as the same event', () => {
    const original = eventBytes(later);
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const mutated = original.slice();
        mutated[at] = (mutated[at] ?? 0) ^ flip;
        const verified = verifyEnvelope(sha256, mutated);
        if (verified.ok) {
          expect(verified.value).not.toEqual(later);
          expect(eventHash(sha256, mutated)).not.toBe(eventHash(sha256, original));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('cut short or joined with more never pass', () => {
    const original = eventBytes(later);
    fc.assert(
      fc.property(
        fc.nat(original.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        (length, more) => {
          expect(verifyEnvelope(sha256, original.subarray(0, length)).ok).toBe(false);
          expect(verifyEnvelope(sha256, Uint8Array.from([...original, ...more])).ok).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
