import { sha256 } from '@liandong/adapters/crypto';
import { openPool } from '@liandong/adapters/postgres';
import { migrateLedger, postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { type LedgerBook, type Position, start } from '@liandong/application';
import { fromHex, sameBytes } from '@liandong/kernel';
import { emptyEdge, growEdge, rootOfEdge } from '@liandong/ledger';
import type { Row } from '../harness/row.ts';
import { startChild } from '../support/child.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { benchAuthor, jobsFor } from '../support/events.ts';
import { until } from '../support/network.ts';
import { openOurs, type Ours } from '../support/ours.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

const callers = 32;
const page = 2_000;

/** That the ledger holds exactly what the store holds, in its order, by the root it signed. */
const assertSameRoot = async ({ store }: Ours, book: LedgerBook): Promise<void> => {
  const head = await book.head();
  let edge = emptyEdge;
  let at: Position = start;
  for (;;) {
    const records = await store.readAll(at, page);
    const last = records.at(-1);
    if (last === undefined) break;
    edge = growEdge(
      sha256,
      edge,
      records.map(({ hash }) => fromHex(hash)),
    ).edge;
    at = last.position;
  }
  if (head?.size !== edge.size || !sameBytes(head.root, rootOfEdge(sha256, edge)))
    throw new Error(`the ledger signed ${head?.size} events with another root than the store's ${edge.size}`);
};

export const keeperOn: Row = {
  number: 5,
  title: { zh: '账本记录者运行时的追加', en: 'append with the ledger keeper on, 32 callers' },
  physics: ['fdatasync/s', 'Ed25519 verify/s'],
  differences: [
    'both: one event a call, 32 callers, seals on',
    'keeper on: beside it a process follows the store, hashes every event again, verifies its seal, writes tiles and signs heads at most every 200 ms; what it has still to do when the last append is answered is waited for outside the clock',
  ],
  run: async (bench) => {
    const on = await openOurs(bench.server, '430005');
    const off = await openOurs(bench.server, '430055');
    await migrateLedger(on.exchangeUrl);
    const pool = openPool(on.exchangeUrl);
    const book = postgresLedgerBook(pool, benchAuthor.epoch);
    const keeper = await startChild('keeper-process.ts', [on.exchangeUrl, JSON.stringify(on.key)]);
    const sizes = { first: callers * 10, seconds: secondsPerCell(bench.full) * 2, step: callers };
    let kept = 0;
    try {
      const rounds = await bench.play([
        rateCell('keeper on', sizes, async (events) => {
          const took = await closedLoop(jobsFor(callers, events / callers), on.append);
          await on.assertGrewBy(events);
          kept += events;
          await until('the ledger has come as far', async () => (await book.head())?.size === kept);
          return took;
        }),
        rateCell('keeper off', sizes, async (events) => {
          const took = await closedLoop(jobsFor(callers, events / callers), off.append);
          await off.assertGrewBy(events);
          return took;
        }),
      ]);
      await assertSameRoot(on, book);
      return {
        comparisons: [
          {
            label: '32 个调用者 callers',
            rounds,
            ours: { cell: 'keeper on', figure: 'rate' },
            rival: { cell: 'keeper off', figure: 'rate' },
            better: 'more',
            unit: 'events/s',
            goal: { floor: 0.85, target: 0.95 },
          },
        ],
      };
    } finally {
      await keeper.end();
      await pool.end();
      await on.close();
      await off.close();
    }
  },
};
