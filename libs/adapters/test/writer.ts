/**
 * A service's process under load: appends to a tier's store until its standard input ends and
 * prints what was acknowledged, a line each. A call whose outcome is unknown is made again.
 *
 *     node writer.ts <connection URL> <calls at a time>
 */
import { newPrivateKey, sealer } from '@liandong/adapters/crypto';
import { openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { newStream, testEvents, testSource } from '@liandong/testing/events';

const [url = '', width = '8'] = process.argv.slice(2);
const pool = openPool(url);
const store = postgresEventStore({ pool, seal: sealer('approval', testSource, newPrivateKey()) });

let ending = false;
process.stdin.on('end', () => (ending = true)).resume();

const untilKnown = async (...call: Parameters<typeof store.append>): ReturnType<typeof store.append> => {
  for (;;) {
    try {
      return await store.append(...call);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
};

const clerk = async (): Promise<void> => {
  while (!ending) {
    const stream = newStream();
    let seen = 0;
    for (const size of [1, 4, 1]) {
      const outcome = await untilKnown(stream, seen, testEvents(size, { stream }));
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
      seen += size;
      for (const { position, hash } of outcome.value) console.log(`${position} ${hash}`);
    }
  }
};

await Promise.all(Array.from({ length: Number(width) }, clerk));
await pool.end();
