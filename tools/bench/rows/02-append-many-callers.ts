import type { Comparison, Row } from '../harness/row.ts';
import { installMessageDb, type MessageDb, openMessageDbAtItsBest } from '../rivals/message-db.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { jobsFor } from '../support/events.ts';
import { openOurs } from '../support/ours.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

const goals = new Map([
  [8, { floor: 4, target: 5 }],
  [32, { floor: 10, target: 15 }],
  [128, { floor: 12, target: 18 }],
]);

/** With so many callers also against the rival without one order. */
const spreadAt = 32;

const ownCategory = (caller: number): string => `case${caller}`;

export const appendManyCallers: Row = {
  number: 2,
  title: { zh: '8、32、128 个调用者同时追加', en: 'append 1 event, 8 / 32 / 128 callers, commit seals on' },
  physics: ['fdatasync/s', 'COPY rows/s', 'Ed25519 verify/s'],
  differences: [
    'both: the same 1 KiB of JSON, fsync on, expected version checked, unique ids, one total order that a subscriber can follow',
    'ours also: bytes kept verbatim, hashes, a seal per commit, idempotent repeats, gapless positions',
    'message-db also: JSON queryable as jsonb, an index per category',
    'message-db gives one order within a category, so all cases are one category; for comparison, at 32 callers, also each caller in a category of its own, which gives up the order between them',
  ],
  run: async (bench) => {
    const ours = await openOurs(bench.server, '430002');
    const url = await installMessageDb(bench.server, 'message_db_02');
    const spreadUrl = await installMessageDb(bench.server, 'message_db_02_spread');
    const seconds = secondsPerCell(bench.full);
    const comparisons: Comparison[] = [];
    const notes: string[] = [];
    try {
      for (const [callers, goal] of goals) {
        const rival = await openMessageDbAtItsBest(url, callers);
        const spread =
          callers === spreadAt ? await openMessageDbAtItsBest(spreadUrl, callers, ownCategory) : undefined;
        const sizes = { first: callers * 10, seconds, step: callers };
        const cell = (name: string, db: MessageDb, category?: (caller: number) => string) =>
          rateCell(name, sizes, async (events) => {
            const jobs = jobsFor(callers, events / callers);
            const took = await closedLoop(jobs, (job, caller) => db.append(job, category?.(caller)));
            await db.assertGrewBy(events);
            return took;
          });
        const cells = [
          rateCell('append', sizes, async (events) => {
            const took = await closedLoop(jobsFor(callers, events / callers), ours.append);
            await ours.assertGrewBy(events);
            return took;
          }),
          cell('message-db', rival),
          ...(spread === undefined ? [] : [cell('message-db, no common order', spread, ownCategory)]),
        ];
        const rounds = await bench.play(cells).finally(async () => {
          await rival.close();
          await spread?.close();
        });
        const pair = {
          ours: { cell: 'append', figure: 'rate' },
          better: 'more',
          unit: 'events/s',
          rounds,
        } as const;
        comparisons.push({
          ...pair,
          label: `${callers} 个调用者 callers`,
          rival: { cell: 'message-db', figure: 'rate' },
          goal,
        });
        notes.push(`message-db, ${callers} callers: fastest with ${rival.connections} connections`);
        if (spread === undefined) continue;
        comparisons.push({
          ...pair,
          label: `${callers} 个调用者，对方不保序 callers, rival without a common order`,
          rival: { cell: 'message-db, no common order', figure: 'rate' },
        });
        notes.push(`message-db without a common order: fastest with ${spread.connections} connections`);
      }
    } finally {
      await ours.close();
    }
    return { comparisons, notes };
  },
};
