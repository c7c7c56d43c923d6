/**
 * Arrays in PostgreSQL's binary form, which `pg` sends as they are: half the size of the
 * text form for bytes, and nothing to escape or parse.
 */
const oid = { bytea: 17, int8: 20, int4: 23, text: 25 } as const;

const header = (whole: Buffer, elementOid: number, count: number, hasNulls = false): void => {
  whole.writeInt32BE(1, 0); // dimensions
  whole.writeInt32BE(hasNulls ? 1 : 0, 4);
  whole.writeInt32BE(elementOid, 8);
  whole.writeInt32BE(count, 12);
  whole.writeInt32BE(1, 16); // first index
};

const array = (elementOid: number, parts: readonly (Uint8Array | null)[]): Buffer => {
  const size = parts.reduce((sum, part) => sum + 4 + (part?.length ?? 0), 20);
  const whole = Buffer.allocUnsafe(size);
  header(whole, elementOid, parts.length, parts.includes(null));
  let at = 20;
  for (const part of parts) {
    at = whole.writeInt32BE(part === null ? -1 : part.length, at);
    if (part !== null) {
      whole.set(part, at);
      at += part.length;
    }
  }
  return whole;
};

export const byteaArray = (values: readonly (Uint8Array | null)[]): Buffer => array(oid.bytea, values);

export const textArray = (values: readonly string[]): Buffer =>
  array(
    oid.text,
    values.map((value) => Buffer.from(value, 'utf8')),
  );

/** All elements of one size: written where they stand, without a buffer each. */
const numbers = (
  elementOid: number,
  size: number,
  count: number,
  write: (whole: Buffer, n: number, at: number) => void,
): Buffer => {
  const whole = Buffer.allocUnsafe(20 + count * (4 + size));
  header(whole, elementOid, count);
  for (let n = 0; n < count; n++) write(whole, n, whole.writeInt32BE(size, 20 + n * (4 + size)));
  return whole;
};

export const int4Array = (values: readonly number[]): Buffer =>
  numbers(oid.int4, 4, values.length, (whole, n, at) => whole.writeInt32BE(values[n] ?? 0, at));

export const int8Array = (values: readonly bigint[]): Buffer =>
  numbers(oid.int8, 8, values.length, (whole, n, at) => whole.writeBigInt64BE(values[n] ?? 0n, at));
