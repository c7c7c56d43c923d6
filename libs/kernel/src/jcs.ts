/**
 * The one way to write a JSON value down (RFC 8785, JCS): no white space, members
 * sorted by UTF-16 code units, numbers as ECMAScript prints them. A member that is
 * `undefined` is left out. Throws on what has no canonical form: a lone surrogate,
 * NaN, an infinity, a function.
 */
export const canonicalJson = (value: unknown): string => {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`${value} has no canonical JSON form`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`${typeof value} has no canonical JSON form`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalString(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
};

const canonicalString = (text: string): string => {
  if (!text.isWellFormed()) throw new RangeError('a lone surrogate has no canonical JSON form');
  return JSON.stringify(text);
};
