import {
  type Author,
  type EventHash,
  firstTerm,
  ok,
  ownStream,
  type Result,
  type StreamName,
} from '@liandong/kernel';
import { type Acting, authorEvents, type Authoring } from '../authoring.ts';
import { attempts, earlierAttempt, type HandlingRefusal } from '../own-streams.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { LedgerFact } from './facts.ts';

/** Where a tier records what concerns its ledger. Everyone above and below it receives it. */
export const ledgerStream = ({ tier, epoch }: Pick<Author, 'tier' | 'epoch'>): StreamName =>
  ownStream('ledger', tier, String(epoch));

/** What a tier records about its own ledger and those it sees. */
export type LedgerJournal = {
  /** What was recorded after a revision, oldest first. */
  readonly read: (after: number) => Promise<readonly Recorded[]>;
  /** Records the fact, or finds it recorded under the same key. */
  readonly record: (
    acting: Acting,
    fact: LedgerFact,
  ) => Promise<Result<Recorded | undefined, HandlingRefusal>>;
};

/** How the exchange itself acts, where nobody told it to. */
export const ledgerSystem = ({ tier }: Pick<Author, 'tier'>, idempotencyKey: string): Acting => ({
  principal: `system:${tier}:ledger`,
  authtype: 'system',
  idempotencyKey,
});

/** The stream grows every minute that the tier is at work, so it is read once, and then only on. */
export const ledgerJournal = (store: EventStore, authoring: Authoring): LedgerJournal => {
  const stream = ledgerStream(authoring.author);
  let seen: { readonly length: number; readonly last: EventHash | undefined } = {
    length: 0,
    last: undefined,
  };

  const readOn = async () => {
    const fresh = await store.read(stream, seen.length);
    seen = { length: seen.length + fresh.length, last: fresh.at(-1)?.hash ?? seen.last };
  };

  return {
    read: (after) => store.read(stream, after),
    record: async (acting, fact) => {
      for (let attempt = 1; ; attempt++) {
        const earlier = await earlierAttempt(store, authoring, acting, fact);
        if (!earlier.ok) return earlier;
        if (earlier.value.length > 0) return ok(earlier.value[0]);
        await readOn();
        const { length, last } = seen;
        const place = {
          parents: last === undefined ? [] : [last],
          height: length + 1,
          sequence: length + 1,
          term: firstTerm,
        };
        const events = authorEvents(authoring, acting, stream, place, fact, [fact]);
        if (!events.ok) return events;
        const appended = await store.append(stream, length, events.value);
        if (appended.ok) return ok(appended.value[0]);
        if (attempt === attempts) return appended;
      }
    },
  };
};
