import { Readable } from 'node:stream';

/** PostgreSQL's binary forms, so that the raw cells waste nothing on text. */
const oid = { bytea: 17, int4: 23, text: 25 } as const;

const array = (elementOid: number, parts: readonly Uint8Array[]): Buffer => {
  const whole = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + 4 + part.length, 20));
  whole.writeInt32BE(1, 0);
  whole.writeInt32BE(0, 4);
  whole.writeInt32BE(elementOid, 8);
  whole.writeInt32BE(parts.length, 12);
  whole.writeInt32BE(1, 16);
  let at = 20;
  for (const part of parts) {
    at = whole.writeInt32BE(part.length, at);
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const byteaArray = (values: readonly Uint8Array[]): Buffer => array(oid.bytea, values);

export const textArray = (values: readonly string[]): Buffer =>
  array(
    oid.text,
    values.map((value) => Buffer.from(value)),
  );

export const int4 = (value: number): Buffer => {
  const four = Buffer.allocUnsafe(4);
  four.writeInt32BE(value);
  return four;
};

export const int4Array = (values: readonly number[]): Buffer => array(oid.int4, values.map(int4));

const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const rowsPerChunk = 200;

/** Rows as COPY takes them, in chunks of a size that suits a socket. */
export const copyBinary = (rows: number, fieldsOf: (row: number) => readonly Uint8Array[]): Readable =>
  Readable.from(copyChunks(rows, fieldsOf), { objectMode: false });

function* copyChunks(rows: number, fieldsOf: (row: number) => readonly Uint8Array[]) {
  yield header;
  for (let from = 0; from < rows; from += rowsPerChunk) {
    const parts: Uint8Array[] = [];
    for (let row = from; row < Math.min(rows, from + rowsPerChunk); row++) {
      const fields = fieldsOf(row);
      const count = Buffer.allocUnsafe(2);
      count.writeInt16BE(fields.length);
      parts.push(count);
      for (const field of fields) parts.push(int4(field.length), field);
    }
    yield Buffer.concat(parts);
  }
  yield Buffer.from([0xff, 0xff]);
}
