import type { PostgresServer } from '@liandong/adapters/postgres';
import type { Bench, Comparison, Row } from '../harness/row.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { jobsFor } from '../support/events.ts';
import { openOurs } from '../support/ours.ts';
import { openPlain } from '../support/plain.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

const callers = 32;
const size = 5;

const onDisk = async (
  bench: Bench,
  server: PostgresServer,
  disk: string,
  goal?: Comparison['goal'],
): Promise<Comparison> => {
  const ours = await openOurs(server, '430004');
  const plain = await openPlain(server, 'plain_four');
  const sizes = { first: callers * size * 5, seconds: secondsPerCell(bench.full), step: callers * size };
  try {
    const rounds = await bench.play([
      rateCell('append', sizes, async (events) => {
        const calls = events / callers / size;
        const took = await closedLoop(jobsFor(callers, calls, { size, length: 4 }), ours.append);
        await ours.assertGrewBy(events);
        return took;
      }),
      rateCell('UNNEST', sizes, async (events) => {
        const batches = Array.from({ length: events / callers / size }, () =>
          jobsFor(callers, 1, { size }).flatMap(([job]) => job?.events ?? []),
        );
        const took = await closedLoop([batches], (batch) =>
          plain.insertMany(
            batch,
            batch.map((_, n) => (n % size) + 1),
          ),
        );
        await plain.assertGrewBy(events);
        return took;
      }),
    ]);
    return {
      label: `每次 5 个事件，32 个调用者 5 events a call, 32 callers, ${disk}`,
      rounds,
      ours: { cell: 'append', figure: 'rate' },
      rival: { cell: 'UNNEST', figure: 'rate' },
      better: 'more',
      unit: 'events/s',
      ...(goal !== undefined && { goal }),
    };
  } finally {
    await ours.close();
    await plain.close();
  }
};

export const appendFive: Row = {
  number: 4,
  title: { zh: '32 个调用者每次追加五个事件', en: 'append 5 events, 32 callers' },
  physics: ['fdatasync/s', 'COPY rows/s'],
  differences: [
    'both: the same bytes, 160 events a commit, fsync on, unique (stream, revision)',
    'ours also: 32 callers answered one by one, expected revisions, identities, hashes, seals, a key table, gapless positions',
    'UNNEST also: nothing; its batches are made beforehand',
  ],
  run: async (bench) => {
    const comparisons = [await onDisk(bench, bench.server, 'this disk', { floor: 0.6, target: 0.8 })];
    const slow = await bench.slowServer();
    if ('missing' in slow) return { comparisons, notes: [`+2 ms 未测 (not measured): ${slow.missing}`] };
    comparisons.push(await onDisk(bench, slow, '+2 ms per fdatasync'));
    return { comparisons };
  },
};
