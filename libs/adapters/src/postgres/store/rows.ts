import type { Position, Recorded } from '@liandong/application';
import type { EventHash, Source, StreamName } from '@liandong/kernel';
import type pg from 'pg';

/** What `recordedFrom` decodes, in its order. Bytes travel as hex whatever the session's settings. */
export const recordedColumns = `e.position, e.revision, e.source, e.stream, e.id, e.type,
  encode(e.hash, 'hex'), encode(e.bytes, 'hex')`;

export type RecordedRow = readonly [
  position: string,
  revision: string,
  source: string,
  stream: string,
  id: string,
  type: string,
  hash: string,
  bytes: string,
];

/** Leaves every column the text it arrived as: rows are decoded in one place, once. */
const asText = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

export type Query = { readonly name: string; readonly text: string };

/** Runs a prepared statement and gives its rows as arrays of text. */
export const textRows = async <Row extends readonly unknown[]>(
  pool: pg.Pool,
  query: Query,
  values: readonly unknown[],
): Promise<readonly Row[]> => {
  const { rows } = await pool.query<unknown[]>({
    ...query,
    values: [...values],
    rowMode: 'array',
    types: asText,
  });
  return rows as unknown as readonly Row[];
};

export const recordedFrom = (
  [position, revision, , stream, id, type, hash, bytes]: RecordedRow,
  source: Source,
): Recorded => ({
  position: BigInt(position) as Position,
  stream: stream as StreamName,
  revision: Number(revision),
  source,
  id,
  type,
  hash: hash as EventHash,
  bytes: Buffer.from(bytes, 'hex'),
});
