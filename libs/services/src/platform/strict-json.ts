import { fromUtf8, ok, refuse, type Result } from '@liandong/kernel';
import type { DoorRefusal, FieldError } from './door-refusal.ts';

/** Deeper than any request of ours, and shallow enough that nothing that walks a body can overflow. */
export const maxDepth = 24;

/**
 * Reads JSON that means the same to everyone (I-JSON, RFC 7493): valid UTF-8, bounded
 * nesting, no duplicate or dangerous names, no number that would change when it is
 * read, no text that could not be stored. Names where the first fault is.
 */
export const parseStrictJson = (bytes: Uint8Array): Result<unknown, DoorRefusal> => {
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    return malformed({ field: '', rule: 'utf-8', detail: 'The body is not valid UTF-8.' });
  }
  const shape = shapeFault(text);
  if (shape !== undefined) return malformed(shape);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed({ field: '', rule: 'json', detail: 'The body is not valid JSON.' });
  }
  return checkJson(value);
};

/** The same limits for a value that came in another encoding. */
export const checkJson = (value: unknown): Result<unknown, DoorRefusal> => {
  const fault = valueFault(value);
  return fault === undefined ? ok(value) : malformed(fault);
};

const malformed = (error: FieldError) =>
  refuse({ code: 'malformed-request', errors: [error] }) satisfies Result<never, DoorRefusal>;

/**
 * What can only be seen before parsing: nesting, before anything recurses into it, and
 * names said twice. One pass, each character looked at once, whatever the text is.
 */
const shapeFault = (text: string): FieldError | undefined => {
  const names: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      if (names.length === maxDepth)
        return { field: '', rule: 'max-depth', detail: `The body is nested deeper than ${maxDepth}.` };
      names.push(character === '{' ? new Set() : undefined);
    } else if (character === '}' || character === ']') {
      names.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      if (beforeColon(text, end)) {
        const seen = names.at(-1);
        const name = unescaped(text.slice(at, end));
        if (seen?.has(name))
          return { field: '', rule: 'unique-names', detail: `The name ${name.slice(0, 80)} is given twice.` };
        seen?.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
};

/** Just after the closing quote of the string that starts here, or the end of an unfinished text. */
const endOfString = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
};

const beforeColon = (text: string, from: number): boolean => {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? 'x')) at++;
  return text[at] === ':';
};

const unescaped = (quoted: string): string => {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
};

const forbiddenNames = ['__proto__', 'constructor', 'prototype'];

const valueFault = (root: unknown): FieldError | undefined => {
  const open: { value: unknown; field: string; depth: number }[] = [{ value: root, field: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, field, depth } = next;
    if (typeof value === 'string') {
      const fault = textFault(value, field);
      if (fault !== undefined) return fault;
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
        return { field, rule: 'number-range', detail: 'The number is beyond ±(2^53 − 1).' };
    } else if (typeof value === 'object' && value !== null) {
      if (depth === maxDepth)
        return { field, rule: 'max-depth', detail: `The body is nested deeper than ${maxDepth}.` };
      for (const [name, member] of Object.entries(value)) {
        const at = `${field}/${pointerToken(name)}`;
        if (!Array.isArray(value)) {
          const fault = forbiddenNames.includes(name)
            ? { field: at, rule: 'forbidden-name', detail: 'This name is not allowed.' }
            : textFault(name, at);
          if (fault !== undefined) return fault;
        }
        open.push({ value: member, field: at, depth: depth + 1 });
      }
    }
  }
  return undefined;
};

const textFault = (text: string, field: string): FieldError | undefined => {
  if (!text.isWellFormed())
    return { field, rule: 'well-formed-text', detail: 'The text holds half of a surrogate pair.' };
  if (text.includes('\0')) return { field, rule: 'no-nul', detail: 'The text holds U+0000.' };
  return undefined;
};

/** One reference token of a JSON Pointer (RFC 6901 §3); a name that is not well formed is made so. */
export const pointerToken = (name: PropertyKey): string =>
  String(name).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 200);
