import type { Sha256 } from './bytes.ts';
import { fromUtf8 } from './bytes.ts';
import { authorOf, type Envelope, maxEventBytes, maxParents } from './event.ts';
import { caseStream, streamOwner } from './identity.ts';
import { isCanonicalJson } from './jcs.ts';
import { ok, refuse, type Result } from './result.ts';

/** Which rule the bytes break, and at which attribute ('' = the event as a whole). */
export type EnvelopeRefusal = {
  readonly code: 'envelope-refused';
  readonly field: string;
  readonly rule: EnvelopeRule;
};

export type EnvelopeRule =
  | 'too-large'
  | 'not-utf8'
  | 'nested-too-deeply'
  | 'not-a-json-object'
  | 'not-canonical'
  | 'number-out-of-range'
  | 'missing'
  | 'unknown-attribute'
  | 'malformed'
  | 'out-of-range'
  | 'not-sorted'
  | 'too-many'
  | 'stream-of-another-tier'
  | 'does-not-hash-to-its-case'
  | 'a-first-event-has-no-parents';

/** Deep enough for every schema, shallow enough that no walk over the value can exhaust a stack. */
export const maxNesting = 32;

/**
 * The strict door for bytes from elsewhere: what passes is an event in its one
 * canonical form, whole and self-consistent. Says nothing about who sealed it or
 * whether its parents exist. Never throws.
 */
export const verifyEnvelope = (sha256: Sha256, bytes: Uint8Array): Result<Envelope, EnvelopeRefusal> => {
  const value = canonicalObject(bytes);
  if (typeof value === 'string') return broken('', value);
  for (const [field, rule] of Object.entries(attributes)) {
    const attribute = value[field];
    if (attribute === undefined) {
      if (!optional.has(field)) return broken(field, 'missing');
    } else if (typeof attribute !== 'string' && field !== 'data') return broken(field, 'malformed');
    else {
      const breaks = rule(attribute);
      if (breaks !== undefined) return broken(field, breaks);
    }
  }
  for (const field of Object.keys(value))
    if (!Object.hasOwn(attributes, field)) return broken(field, 'unknown-attribute');
  const envelope = value as Envelope;
  return crossChecks(sha256, envelope) ?? ok(envelope);
};

const broken = (field: string, rule: EnvelopeRule) =>
  refuse({ code: 'envelope-refused', field, rule } as const);

const canonicalObject = (bytes: Uint8Array): Readonly<Record<string, unknown>> | EnvelopeRule => {
  if (bytes.length > maxEventBytes) return 'too-large';
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    return 'not-utf8';
  }
  if (nestingOf(bytes) > maxNesting) return 'nested-too-deeply';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'not-a-json-object';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not-a-json-object';
  if (!numbersInRange(value)) return 'number-out-of-range';
  if (!isCanonicalJson(text, value)) return 'not-canonical';
  return value as Readonly<Record<string, unknown>>;
};

/** The greatest depth of brackets outside strings. Read from the bytes, before anything walks the value. */
const nestingOf = (bytes: Uint8Array): number => {
  let [depth, deepest, inString] = [0, 0, false];
  for (let n = 0; n < bytes.length; n++) {
    const byte = bytes[n];
    if (inString) {
      if (byte === sign.backslash) n++;
      else if (byte === sign.quote) inString = false;
    } else if (byte === sign.quote) inString = true;
    else if (byte === sign.brace || byte === sign.bracket) deepest = Math.max(deepest, ++depth);
    else if (byte === sign.endOfBrace || byte === sign.endOfBracket) depth--;
  }
  return deepest;
};

const sign = {
  quote: 0x22,
  backslash: 0x5c,
  brace: 0x7b,
  endOfBrace: 0x7d,
  bracket: 0x5b,
  endOfBracket: 0x5d,
} as const;

/** Beyond 2^53 − 1 two readers may disagree about what a number says. */
const numbersInRange = (value: unknown): boolean => {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(numbersInRange);
};

// Attributes

type Rule = (value: unknown) => EnvelopeRule | undefined;

const matching =
  (shape: RegExp): Rule =>
  (value) =>
    shape.test(value as string) ? undefined : 'malformed';

const text = (longest: number): Rule => matching(new RegExp(`^[^\\p{Cc}]{1,${longest}}$`, 'u'));

const instantRule: Rule = (value) => {
  const date = new Date(value as string);
  return Number.isNaN(date.getTime()) || date.toISOString() !== value ? 'malformed' : undefined;
};

const countRule: Rule = (value) => {
  if (!/^\d{20}$/.test(value as string)) return 'malformed';
  const count = Number(value);
  return count >= 1 && count <= Number.MAX_SAFE_INTEGER ? undefined : 'out-of-range';
};

const parentsRule: Rule = (value) => {
  if (value === '') return undefined;
  const hashes = (value as string).split(',');
  if (!hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))) return 'malformed';
  if (hashes.length > maxParents) return 'too-many';
  return hashes.every((hash, n) => n === 0 || (hashes[n - 1] ?? '') < hash) ? undefined : 'not-sorted';
};

const streamShape = /^(?:case-[0-9a-f]{32}|(?!case-)[a-z]+-(?:\d{6}|\d{9})\.[^-\s\p{C}]{1,120})$/u;

const attributes: Readonly<Record<string, Rule>> = {
  specversion: matching(/^1\.0$/),
  id: matching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  source: (value) => (authorOf(value as string) === undefined ? 'malformed' : undefined),
  type: matching(/^liandong\.[a-z]{1,40}\.[a-z][A-Za-z0-9]{0,60}\.v[1-9]\d{0,3}$/),
  subject: matching(streamShape),
  time: instantRule,
  recordedtime: instantRule,
  datacontenttype: matching(/^application\/json$/),
  dataschema: text(500),
  sequence: countRule,
  parents: parentsRule,
  height: countRule,
  term: matching(/^(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})$/),
  authtype: matching(/^(?:user|service_account|system)$/),
  authid: text(200),
  correlationid: text(200),
  causationid: text(200),
  rulepack: text(300),
  data: (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : 'malformed',
};

const optional = new Set(['correlationid', 'causationid', 'rulepack']);

// What one attribute says about another

const crossChecks = (sha256: Sha256, { source, id, subject, parents, height, sequence }: Envelope) => {
  const owner = streamOwner(subject);
  if (owner !== undefined && owner !== authorOf(source)?.tier)
    return broken('subject', 'stream-of-another-tier');
  const first = parents === '';
  if (first !== (Number(height) === 1)) return broken('height', 'a-first-event-has-no-parents');
  if (first && Number(sequence) !== 1) return broken('sequence', 'a-first-event-has-no-parents');
  if (first && owner === undefined && caseStream(sha256, source, id) !== subject)
    return broken('subject', 'does-not-hash-to-its-case');
  return undefined;
};
