import { sha256 } from '@liandong/adapters/crypto';
import { memoryOversightBook } from '@liandong/adapters/memory';
import { decodeCaseFact } from '@liandong/contracts';
import { superiorsOf } from '@liandong/domain/directory';
import { overseer, type OversightAlarm, type OversightBook, type Position, start } from '../src/index.ts';
import { city, county, type SampleTier, type testClock, township } from './sample-network.ts';
import { decodeCards, termsIn } from './supervised-tier.ts';

export const grace = 3_600_000;

/** The oversight of a sample tier, run by hand: `catchUp` follows the store, `look` sees what is due. */
export const overseeingTier = (
  { tier, store, authoring }: SampleTier,
  realClock: ReturnType<typeof testClock>,
  book: OversightBook = memoryOversightBook(),
) => {
  const alarms: OversightAlarm[] = [];
  const at = { stop: new AbortController() };
  const { follower, watch } = overseer({
    ...{ tier, store, authoring, book, sha256, realClock, grace },
    terms: termsIn(store),
    below: [city, county, township].filter((each) => superiorsOf(each).includes(tier)),
    caseFactOf: decodeCaseFact,
    decode: decodeCards,
    interval: 1,
    wait: async () => at.stop.abort(),
    alarm: (alarm) => alarms.push(alarm),
  });
  let position: Position = start;
  return {
    ...{ book, alarms },
    catchUp: async () => {
      for (;;) {
        const page = await store.readAll(position, 100);
        if (page.length === 0) return;
        await follower.handle(page, new AbortController().signal);
        position = page.at(-1)?.position ?? position;
      }
    },
    look: async () => {
      at.stop = new AbortController();
      await watch(at.stop.signal);
    },
  };
};
