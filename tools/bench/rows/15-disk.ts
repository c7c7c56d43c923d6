import pg from 'pg';
import type { Row } from '../harness/row.ts';
import { installMessageDb, openMessageDb } from '../rivals/message-db.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { jobsFor } from '../support/events.ts';
import { openOurs } from '../support/ours.ts';

const callers = 32;

/** Tables, indexes and what is stored out of line. */
const bytesOf = async (client: pg.ClientBase, schema: string): Promise<number> => {
  const { rows } = await client.query<{ bytes: string }>(
    `SELECT sum(pg_total_relation_size(c.oid)) AS bytes FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind = 'r'`,
    [schema],
  );
  return Number(rows[0]?.bytes);
};

export const disk: Row = {
  number: 15,
  title: { zh: '每个事件占用的磁盘，含哈希与签印', en: 'disk per event, hash and seal included' },
  physics: [],
  differences: [
    'both: the same 1 KiB of JSON that does not compress, ten events a stream, written by 32 callers; tables and all their indexes',
    'ours also: the hash, a seal a batch, a key table',
    'message-db also: an index per category',
  ],
  run: async (bench) => {
    const each = bench.full ? 200 : 30;
    const ours = await openOurs(bench.server, '430015');
    const rival = await openMessageDb(await installMessageDb(bench.server, 'message_db_15'), callers);
    const admin = new pg.Client({ connectionString: bench.server.url('postgres', 'tier_430015') });
    await admin.connect();
    const events = callers * each;
    const sized = (name: string, write: () => Promise<unknown>, size: () => Promise<number>) => {
      let before = 0;
      return {
        name,
        measure: async () => {
          await write();
          const now = await size();
          const grown = (now - before) / events;
          before = now;
          return { bytes: grown };
        },
      };
    };
    try {
      const rounds = await bench.play([
        sized(
          'ours',
          async () => {
            await closedLoop(jobsFor(callers, each), ours.append);
            await ours.assertGrewBy(events);
          },
          () => bytesOf(admin, 'store'),
        ),
        sized(
          'message-db',
          async () => {
            await closedLoop(jobsFor(callers, each), (job) => rival.append(job));
            await rival.assertGrewBy(events);
          },
          async () => {
            const client = await rival.pool.connect();
            return bytesOf(client, 'message_store').finally(() => client.release());
          },
        ),
      ]);
      return {
        comparisons: [
          {
            label: '每个事件 per event',
            rounds,
            ours: { cell: 'ours', figure: 'bytes' },
            rival: { cell: 'message-db', figure: 'bytes' },
            better: 'less',
            unit: 'B',
            goal: { floor: 1 / 0.9, target: 1 / 0.45 },
          },
        ],
      };
    } finally {
      await admin.end();
      await ours.close();
      await rival.close();
    }
  },
};
