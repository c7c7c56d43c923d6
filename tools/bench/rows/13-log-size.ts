import type { Position } from '@liandong/application';
import { decodeEvent } from '@liandong/kernel';
import { quantile } from '../harness/arithmetic.ts';
import type { Comparison, Row } from '../harness/row.ts';
import type { Cell } from '../harness/rounds.ts';
import { jobsFor } from '../support/events.ts';
import { type LongLog, longLog, logSizes, verifiedPages } from '../support/long-log.ts';

const appends = 150;
const tail = 500;
const tails = 10;
const stretch = 4_000;

const milliseconds = async (work: () => Promise<void>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

/** What a counter, a follower and an auditor each ask of the log. */
const logCell = (name: string, { ours, events }: LongLog): Cell => {
  let size = events;
  return {
    name,
    measure: async () => {
      const latencies: number[] = [];
      for (const job of jobsFor(1, appends).flat())
        latencies.push(await milliseconds(() => ours.append(job)));
      await ours.assertGrewBy(appends);
      size += appends;

      const pages: number[] = [];
      for (let n = 0; n < tails; n++)
        pages.push(
          await milliseconds(async () => {
            const page = await ours.store.readAll(BigInt(size - tail) as Position, tail);
            if (page.length !== tail) throw new Error(`the tail has ${page.length} events, not ${tail}`);
          }),
        );

      const took = await milliseconds(async () => {
        const from = BigInt(events - stretch) as Position;
        for await (const records of verifiedPages(ours.store, from, stretch))
          for (const { bytes, stream } of records)
            if (decodeEvent(bytes).subject !== stream) throw new Error('an event of another stream');
      });
      return {
        append: quantile(latencies, 0.5),
        tail: quantile(pages, 0.5),
        replay: (1000 * stretch) / took,
      };
    },
  };
};

export const logSize: Row = {
  number: 13,
  title: { zh: '日志变长以后：追加、尾页、重放', en: 'append p50, tail page and replay rate on a long log' },
  physics: ['fdatasync/s'],
  differences: [
    'both: the same store, the same work; one log has 10,000 events, the other many times as many',
    `append: one event by one caller, p50 of ${appends}; tail: the last ${tail} events in one page; replay: ${stretch} events, hashed and parsed`,
  ],
  run: async (bench) => {
    const { small, large, note } = logSizes(bench.full);
    const [short, long] = [await longLog(bench.server, small), await longLog(bench.server, large)];
    const rounds = await bench.play([logCell('long', long), logCell('short', short)]);
    const compare = (
      label: string,
      figure: string,
      better: Comparison['better'],
      unit: string,
    ): Comparison => ({
      ...{ label, rounds, better, unit },
      ours: { cell: 'long', figure },
      rival: { cell: 'short', figure },
      goal: { floor: 1 / 1.25, target: 1 / 1.1 },
    });
    return {
      comparisons: [
        compare('追加 append p50', 'append', 'less', 'ms'),
        compare('尾页 tail page', 'tail', 'less', 'ms'),
        compare('重放 replay', 'replay', 'more', 'events/s'),
      ],
      notes: [
        `${long.events.toLocaleString('en-US')} against ${short.events.toLocaleString('en-US')} events`,
        ...note,
      ],
    };
  },
};
