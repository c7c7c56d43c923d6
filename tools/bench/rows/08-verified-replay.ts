import { start } from '@liandong/application';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Comparison, Row } from '../harness/row.ts';
import { longLog, logSizes, replay, verifiedPages, wholeLog } from '../support/long-log.ts';

/** The same rows, all columns, in binary, to nowhere. */
const copyOut = async (pool: pg.Pool, events: number): Promise<void> => {
  const client = await pool.connect();
  let bytes = 0;
  const nowhere = new Writable({
    write: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      done();
    },
  });
  try {
    const copied = client.query(
      copyTo(
        `COPY (SELECT * FROM store.event WHERE position <= ${events} ORDER BY position) TO STDOUT (FORMAT binary)`,
      ),
    );
    await pipeline(copied, nowhere);
    if (copied.rowCount !== events || bytes < events)
      throw new Error(`COPY gave ${copied.rowCount} of ${events} rows`);
  } finally {
    client.release();
  }
};

export const verifiedReplay: Row = {
  number: 8,
  title: {
    zh: '核验并重放：字节、哈希、状态，单进程',
    en: 'verified replay (bytes → hash → fold), one process',
  },
  physics: ['JSON.parse/s'],
  differences: [
    'ours: pages of events read, hashed and compared, parsed, checked by schema, ordered, folded to the state of every case',
    'COPY TO: the same rows in binary to a client that throws them away; it hashes, parses and folds nothing',
  ],
  run: async (bench) => {
    const { large, note } = logSizes(bench.full);
    const { ours } = await longLog(bench.server, large);
    const events = wholeLog(bench.full ? 100_000 : 8_000);
    const cell = (name: string, work: () => Promise<void>) => ({
      name,
      measure: async () => {
        const began = performance.now();
        await work();
        return { rate: (1000 * events) / (performance.now() - began) };
      },
    });
    const rounds = await bench.play([
      cell('replay', () => replay(ours.store, events)),
      cell('hashes', async () => {
        let seen = 0;
        for await (const { length } of verifiedPages(ours.store, start, events)) seen += length;
        if (seen !== events) throw new Error(`${seen} of ${events} events were hashed`);
      }),
      cell('COPY TO', () => copyOut(ours.pool, events)),
    ]);
    const against: Omit<Comparison, 'label' | 'ours'> = {
      rounds,
      rival: { cell: 'COPY TO', figure: 'rate' },
      better: 'more',
      unit: 'events/s',
    };
    return {
      comparisons: [
        {
          ...against,
          label: '重放 replay',
          ours: { cell: 'replay', figure: 'rate' },
          goal: { floor: 0.25, target: 0.5 },
        },
        { ...against, label: '只核哈希 hashes only', ours: { cell: 'hashes', figure: 'rate' } },
      ],
      notes: note,
    };
  },
};
