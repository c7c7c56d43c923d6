import type { Fact, Row } from '../harness/row.ts';
import { figure } from '../harness/report.ts';
import { startChild } from '../support/child.ts';
import { type LongLog, longLog, logSizes } from '../support/long-log.ts';

type Replayed = { readonly events: number; readonly before: number; readonly peak: number };

const floor = 256;
const target = 128;
/** Mebibytes of what lives longer than a moment. */
const heap = 96;

const replayed = async ({ ours, events }: LongLog): Promise<Replayed> => {
  const child = await startChild<Replayed>(
    'replay-process.ts',
    [ours.url, String(events)],
    [`--max-old-space-size=${heap}`, '--max-semi-space-size=4'],
  );
  await child.end();
  if (child.greeting.events !== events || !(child.greeting.peak > 0))
    throw new Error(`replayed ${JSON.stringify(child.greeting)} of ${events} events`);
  return child.greeting;
};

const within = ({ events, before, peak }: Replayed): Fact => ({
  label: `重放 ${events.toLocaleString('en-US')} 个事件的常驻内存峰值 peak resident memory of a replay`,
  found: `${figure(peak)} MiB, ${figure(before)} before it began; floor ${floor}, target ${target}: ${peak < target ? 'target met' : peak < floor ? 'floor met' : 'above the floor'}`,
  holds: peak < floor,
});

export const memory: Row = {
  number: 16,
  title: { zh: '重放占用的内存', en: 'replay resident memory at any size' },
  physics: [],
  differences: [
    'a process of its own replays the whole log: bytes → hash → fold, cases let go once they are whole',
    `it is given a heap of ${heap} MiB and would end without an answer if it needed more: left alone, Node takes whatever the machine has before it looks for what it could let go`,
  ],
  run: async (bench) => {
    const { small, large, note } = logSizes(bench.full);
    const logs = [await longLog(bench.server, small), await longLog(bench.server, large)];
    const facts: Fact[] = [];
    for (const log of logs) facts.push(within(await replayed(log)));
    return { comparisons: [], facts, notes: note };
  },
};
