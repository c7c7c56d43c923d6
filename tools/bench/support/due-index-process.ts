/**
 * Keeps so many open matters by when they are due, in a process of its own, and prints the bytes
 * each of them costs.
 *
 *     node --expose-gc due-index-process.ts <matters>
 */
import { dueQueue } from '@liandong/domain/supervision';
import { matterName } from './open-clocks.ts';

const matters = Number(process.argv[2] ?? 0);
const held = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const queue = dueQueue();
const before = held();
for (let n = 0; n < matters; n++) queue.schedule(matterName(n), (n * 7_919) % matters);
const bytes = (held() - before) / queue.size();
process.stdout.write(`${JSON.stringify({ matters: queue.size(), bytes })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
