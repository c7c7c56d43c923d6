import type { PostgresServer } from '@liandong/adapters/postgres';
import type { Bench, Comparison, Row } from '../harness/row.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { jobsFor } from '../support/events.ts';
import { openOurs } from '../support/ours.ts';
import { openPlain } from '../support/plain.ts';
import { rateCell, secondsPerCell } from '../support/sized.ts';

const onDisk = async (
  bench: Bench,
  server: PostgresServer,
  disk: string,
  goal?: Comparison['goal'],
): Promise<Comparison> => {
  const ours = await openOurs(server, '430001');
  const plain = await openPlain(server, 'plain_one');
  const sizes = { first: 100, seconds: secondsPerCell(bench.full) };
  try {
    const rounds = await bench.play([
      rateCell('append', sizes, async (events) => {
        const took = await closedLoop(jobsFor(1, events), ours.append);
        await ours.assertGrewBy(events);
        return took;
      }),
      rateCell('INSERT', sizes, async (events) => {
        const took = await closedLoop(jobsFor(1, events), async ({ events: [event], seen }) => {
          if (event !== undefined) await plain.insertOne(event, seen + 1);
        });
        await plain.assertGrewBy(events);
        return took;
      }),
    ]);
    return {
      label: `逐条追加 one at a time, ${disk}`,
      rounds,
      ours: { cell: 'append', figure: 'rate' },
      rival: { cell: 'INSERT', figure: 'rate' },
      better: 'more',
      unit: 'events/s',
      ...(goal !== undefined && { goal }),
    };
  } finally {
    await ours.close();
    await plain.close();
  }
};

export const appendOne: Row = {
  number: 1,
  title: { zh: '单个调用者追加一个事件', en: 'append 1 event, 1 caller, commit seals on' },
  physics: ['fdatasync/s', 'Ed25519 verify/s'],
  differences: [
    'both: 1 KiB of bytes, one transaction each, fsync on, unique (stream, revision)',
    'ours also: an Ed25519 seal per commit, expected revision, idempotence by identity, gapless positions, append-only grants',
    'the plain INSERT also: nothing',
  ],
  run: async (bench) => {
    const comparisons = [await onDisk(bench, bench.server, 'this disk', { floor: 0.9, target: 0.95 })];
    const slow = await bench.slowServer();
    if ('missing' in slow) return { comparisons, notes: [`+2 ms 未测 (not measured): ${slow.missing}`] };
    comparisons.push(await onDisk(bench, slow, '+2 ms per fdatasync'));
    return { comparisons };
  },
};
