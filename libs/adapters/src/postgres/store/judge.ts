import type { AppendRefusal, Recorded } from '@liandong/application';
import { ok, refuse, type Result, sameBytes, type Source } from '@liandong/kernel';
import type pg from 'pg';
import { int4Array, textArray } from './arrays.ts';
import type { Call } from './group-commit.ts';
import { recordedColumns, recordedFrom, type RecordedRow, textRows } from './rows.ts';

/** What a call is told without writing; `fits` if it may be written. */
export type Verdict = Result<readonly Recorded[], AppendRefusal> | 'fits';

/** One statement, so that revisions and identities are judged by one snapshot. */
const judgement = {
  name: 'store-judge',
  text: `SELECT coalesce((SELECT max(k.revision) FROM store.key k WHERE k.stream = w.stream), 0), ${recordedColumns}
    FROM unnest($1::text[], $2::integer[], $3::text[]) WITH ORDINALITY AS w(stream, source, id, n)
    LEFT JOIN store.event e
      ON e.position = (SELECT k.position FROM store.key k WHERE k.source = w.source AND k.id = w.id)
    ORDER BY w.n`,
};

type JudgedRow = readonly [current: string, ...stored: RecordedRow | null[]];

export const judge = async (
  pool: pg.Pool,
  sources: ReadonlyMap<Source, number>,
  batch: readonly Call[],
): Promise<readonly Verdict[]> => {
  const rows = await textRows<JudgedRow>(pool, judgement, [
    textArray(batch.flatMap(({ stream, events }) => events.map(() => stream))),
    int4Array(batch.flatMap(({ events }) => events.map(({ envelope }) => sources.get(envelope.source) ?? 0))),
    textArray(batch.flatMap(({ events }) => events.map(({ envelope }) => envelope.id))),
  ]);
  let at = 0;
  return batch.map((call) => verdict(call, rows.slice(at, (at += call.events.length))));
};

const verdict = ({ stream, seen, events }: Call, rows: readonly JudgedRow[]): Verdict => {
  const stored = events.flatMap((event, n) => {
    const [, ...row] = rows[n] ?? [];
    return row.length === 0 || row[0] === null
      ? []
      : [{ event, recorded: recordedFrom(row as unknown as RecordedRow, event.envelope.source) }];
  });
  const other = stored.find(({ event, recorded }) => !sameBytes(event.bytes, recorded.bytes));
  if (other === undefined && stored.length === events.length)
    return ok(stored.map(({ recorded }) => recorded));
  const taken = (other ?? stored[0])?.recorded;
  if (taken !== undefined)
    return refuse({ code: 'identity-taken', source: taken.source, id: taken.id, storedHash: taken.hash });
  const revision = Number(rows[0]?.[0] ?? 0);
  return revision === seen ? 'fits' : refuse({ code: 'stream-moved-on', stream, revision });
};
