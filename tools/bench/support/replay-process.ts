/**
 * Replays a log in a process of its own and prints what that took as JSON.
 *
 *     node replay-process.ts <connection URL> <events>
 */
import { openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { replay } from './long-log.ts';

const [url = '', events = '0'] = process.argv.slice(2);
const pool = openPool(url);
// Looked at after every page: the maximum that the system keeps begins with what the parent held.
const resident = () => process.memoryUsage.rss() / 2 ** 20;
const before = resident();
let peak = before;
await replay(postgresEventStore({ pool }), Number(events), () => {
  peak = Math.max(peak, resident());
});
await pool.end();
process.stdout.write(`${JSON.stringify({ events: Number(events), before, peak })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
