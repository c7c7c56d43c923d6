import type { Comparison, Row } from '../harness/row.ts';
import { installMessageDb, openMessageDb } from '../rivals/message-db.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { jobsFor } from '../support/events.ts';
import { openOurs } from '../support/ours.ts';
import { openPlain } from '../support/plain.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

/** Of a caller that comes at any moment: half a cycle until the batch before it is done, and one for its own. */
const cyclesPerAppend = 1.5;
/** With so many callers also against the rival, on as many connections. */
const rivalAt = 32;

export const appendSlowDisk: Row = {
  number: 3,
  title: {
    zh: '每次 fdatasync 多用 2 毫秒的磁盘上同时追加',
    en: 'append 1 event, 8 / 32 / 128 callers, 2 ms added to each fdatasync',
  },
  physics: ['fdatasync/s'],
  differences: [
    'the limit: callers ÷ (1.5 × the time in which one connection commits that many events by UNNEST)',
    'above 1 means: callers answered together come back in time for the very next batch',
    'message-db, at 32 callers: 32 connections, all cases one category, as in the row before',
  ],
  run: async (bench) => {
    const slow = await bench.slowServer();
    if ('missing' in slow)
      return { comparisons: [], notes: [`本行未测 (this row was not measured): ${slow.missing}`] };
    const ours = await openOurs(slow, '430003');
    const plain = await openPlain(slow, 'plain_three');
    const rival = await openMessageDb(await installMessageDb(slow, 'message_db_03'), rivalAt);
    const seconds = secondsPerCell(bench.full);
    const comparisons: Comparison[] = [];
    try {
      for (const callers of [8, 32, 128]) {
        const sizes = { first: callers * 5, seconds, step: callers };
        const againstRival = rateCell('message-db', { ...sizes, first: callers }, async (events) => {
          const took = await closedLoop(jobsFor(callers, events / callers), (job) => rival.append(job));
          await rival.assertGrewBy(events);
          return took;
        });
        const rounds = await bench.play([
          rateCell('append', sizes, async (events) => {
            const took = await closedLoop(jobsFor(callers, events / callers), ours.append);
            await ours.assertGrewBy(events);
            return took;
          }),
          rateCell('limit', sizes, async (events) => {
            const batches = Array.from({ length: events / callers }, () =>
              jobsFor(callers, 1).flatMap(([job]) => job?.events ?? []),
            );
            const took = await closedLoop([batches], (batch) =>
              plain.insertMany(
                batch,
                batch.map(() => 1),
              ),
            );
            await plain.assertGrewBy(events);
            return took * cyclesPerAppend;
          }),
          ...(callers === rivalAt ? [againstRival] : []),
        ]);
        const pair = {
          ours: { cell: 'append', figure: 'rate' },
          better: 'more',
          unit: 'events/s',
          rounds,
        } as const;
        comparisons.push({
          ...pair,
          label: `${callers} 个调用者占极限之比 callers, of the limit`,
          rival: { cell: 'limit', figure: 'rate' },
          goal: { floor: 0.85, target: 0.95 },
        });
        if (callers !== rivalAt) continue;
        comparisons.push({
          ...pair,
          label: `${callers} 个调用者对 message-db callers, against message-db`,
          rival: { cell: 'message-db', figure: 'rate' },
        });
      }
    } finally {
      await ours.close();
      await plain.close();
      await rival.close();
    }
    return { comparisons };
  },
};
