import { disclosureDigest, fromHex, type Personal, type Sha256, toHex, utf8 } from '@liandong/kernel';
import type { Tombstone } from '../ports/disclosures.ts';

/** What is left of an erased field. */
export type Trace =
  /** Its salt, or the whole disclosure: what it held can be told from it. */
  | { readonly of: 'field'; readonly digest: string }
  /** A text that the person asking had named; by its number among them, so that a report does not repeat it. */
  | { readonly of: 'text'; readonly text: number };

/** Finds what should be gone in any text: a row, a file, a dump. */
export type FindTraces = (text: string) => readonly Trace[];

/** Lower-case hex of this length and more is read as bytes: a dump writes them so. */
const hexRuns = /[0-9a-f]{80,}/g;
/** What is quoted inside a quoted text is quoted again, and a dump of that once more. */
const quotings = 3;

/**
 * A field that was held here gives itself away by its salt, in whatever form it is written;
 * one that was not, by a whole disclosure whose digest is the erased one. A text that
 * somebody copied without its salt is only found by that text itself.
 */
export const traceFinder = (
  sha256: Sha256,
  tombstones: readonly Tombstone[],
  texts: readonly string[] = [],
): FindTraces => {
  const digests = new Set(tombstones.map(({ digest }) => digest));
  const bySalt = new Map(
    tombstones.flatMap(({ digest, salt }) => (salt === undefined ? [] : [[salt, digest] as const])),
  );
  const named = texts.map((text) => [text, JSON.stringify(text).slice(1, -1), asciiJson(text)]);

  const digestOf = (candidate: unknown): string | undefined => {
    const [salt, name, value] = partsOf(candidate);
    if (typeof salt !== 'string' || typeof name !== 'string' || value === undefined) return undefined;
    const digest = disclosureDigest(sha256, { salt, name, value: value as Personal });
    return digests.has(digest) ? digest : undefined;
  };

  const fieldsIn = (text: string): readonly string[] => [
    ...[...text.matchAll(/(?<![\w-])[\w-]{22}(?![\w-])/g)].flatMap(
      ([token]) => bySalt.get(toHex(sha256(utf8(token)))) ?? [],
    ),
    ...[...text.matchAll(/\[\s*"[\w-]{16,}"\s*,|\{(?=[^{}]*"salt"\s*:)/g)].flatMap(
      ({ index }) => digestOf(jsonAt(text, index)) ?? [],
    ),
    // `["` and the first of the salt, which is a letter or `_` (J), or a digit or `-` (I).
    ...[...text.matchAll(/(?<![\w-])Wy[IJ][\w-]{24,}/g)].flatMap(
      ([token]) => digestOf(jsonAt(fromBase64(token), 0)) ?? [],
    ),
  ];

  return (text) => {
    const fields = new Set(readingsOf(text).flatMap(fieldsIn));
    return [
      ...[...fields].sort().map((digest): Trace => ({ of: 'field', digest })),
      ...named.flatMap((forms, n): Trace[] =>
        forms.some((form) => text.includes(form)) ? [{ of: 'text', text: n }] : [],
      ),
    ];
  };
};

const partsOf = (candidate: unknown): readonly unknown[] => {
  if (Array.isArray(candidate)) return candidate;
  if (typeof candidate !== 'object' || candidate === null) return [];
  return ['salt', 'name', 'value'].map((member) => Reflect.get(candidate, member) as unknown);
};

/** The text as it is, what is quoted in it, and what bytes written as hex say. */
const readingsOf = (text: string): readonly string[] => {
  const readings = [text, ...[...text.matchAll(hexRuns)].map(([run]) => textOf(run))];
  for (const reading of [...readings]) {
    if (reading.includes('""')) readings.push(reading.replaceAll('""', '"'));
    let quoted = reading;
    for (let depth = 0; depth < quotings && /\\["\\]/.test(quoted); depth++) {
      quoted = quoted.replaceAll(/\\(["\\])/g, '$1');
      readings.push(quoted);
    }
  }
  return readings;
};

const tolerant = new TextDecoder();

const textOf = (hex: string): string => tolerant.decode(fromHex(hex.slice(0, hex.length & ~1)));

const fromBase64 = (token: string): string =>
  tolerant.decode(
    Uint8Array.from(atob(token.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)),
  );

/** As a dump that keeps to ASCII writes it. */
const asciiJson = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A disclosure is not longer. */
const longest = 100_000;

/** The JSON array or object that begins there; `undefined` if none does. */
const jsonAt = (text: string, start: number): unknown => {
  let depth = 0;
  let inText = false;
  const end = Math.min(text.length, start + longest);
  for (let at = start; at < end; at++) {
    const char = text[at];
    if (inText) {
      if (char === '\\') at++;
      else if (char === '"') inText = false;
    } else if (char === '"') inText = true;
    else if (char === '[' || char === '{') depth++;
    else if ((char === ']' || char === '}') && --depth === 0) return parsed(text.slice(start, at + 1));
  }
  return undefined;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
