import type { EventHash } from '@liandong/kernel';
import { instant } from '../ports/clock.ts';
import type { Recorded } from '../ports/event-store.ts';
import type { RelayPlace } from '../ports/link-book.ts';
import { ownFeed } from './feed-table.ts';
import { inTurn } from './in-turn.ts';
import { type Item, numberPage, type NumberingDeps, ownPrefix } from './number-page.ts';
import { recordsAt } from './outgoing-blocks.ts';
import type { ExchangeDeps } from './deps.ts';
import { sealedAmong } from './sealed.ts';
import { sealedSoFar } from './sealed-so-far.ts';
import { unanchored } from './unanchored.ts';
import { welcomeNewTiers } from './welcome.ts';

export type RelayDeps = NumberingDeps &
  Pick<ExchangeDeps, 'store' | 'sealCheck' | 'ledger' | 'clock'> & {
    /** Called after each page with what the store has shown. */
    readonly seen: (hashes: readonly EventHash[]) => void;
  };

export type Relay = {
  readonly place: () => RelayPlace;
  /** Own events of the store that are not anchored yet, and wait here. */
  readonly unanchored: () => number;
  /** Follows the store and the ledger until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
};

const pageSize = 500;

/**
 * Gives every own event that may leave a number in the feed of every tier that may see it.
 * An event may leave once it is anchored in the tier's ledger; what others said is followed
 * in the store in the meantime. A page's numbers and the relay's place are
 * saved together, so a crash repeats nothing and skips nothing.
 */
export const relay = async (deps: RelayDeps): Promise<Relay> => {
  const { book, store, feeds, self } = deps;
  const own = ownPrefix(deps);
  const { own: ledger } = deps.ledger;
  const sealed = sealedSoFar(ledger);
  const oneAtATime = inTurn<'page'>();
  let place = await book.relayed();
  const mayLeave = (records: readonly Recorded[]) => sealedOwn(deps, records);
  await welcomeNewTiers(deps, place);
  const waiting = await unanchored(store, sealed, place, mayLeave);

  const save = async (items: readonly Item[], through: RelayPlace) => {
    const page = await numberPage(deps, items);
    await book.relay({ after: place, through, ...page });
    place = through;
    for (const { destination, digest, number } of page.numbered)
      feeds.set(ownFeed(self.tier, destination), { head: number, digest });
  };

  const take = async (records: readonly Recorded[]) => {
    const last = records.at(-1);
    if (last === undefined) return;
    const may = await mayLeave(records);
    for (const { source, hash, type, bytes } of records)
      if (source.startsWith(own) && !may.has(hash))
        await book.report({
          code: 'unsealed-event',
          peer: self.tier,
          hash,
          detail: `${type} has no seal of a service that may write it; it stays here`,
          bytes,
          at: instant(deps.clock.now()),
        });
    await oneAtATime('page', () => {
      waiting.saw(records.filter(({ hash }) => may.has(hash)).map(({ position }) => position));
      const items = records.map((record) => ({ record, seq: undefined }));
      return save(items, { position: last.position, seq: place.seq });
    });
    deps.seen(records.map(({ hash }) => hash));
  };

  const followStore = async (signal: AbortSignal) => {
    for await (const records of store.follow(place.position, { limit: pageSize, signal }))
      await take(records);
  };

  /** Numbers what has been anchored since; `false` if nothing was. */
  const takeAnchored = async () => {
    const size = await sealed.size();
    // The one before may have been numbered when there was no ledger yet.
    const before = Math.max(0, place.seq - 1);
    const found = await sealed.entries(before, Math.min(size, place.seq + pageSize));
    const last = found.at(-1);
    if (last === undefined) return false;
    const entries = found.filter(({ seq }) => seq >= place.seq);
    const [first] = entries;
    if (first === undefined) {
      waiting.anchored(last.position);
      return false;
    }
    if (first.seq !== place.seq) throw new Error(`the ledger lost entry ${place.seq}`);
    const records = await recordsAt(store, entries);
    const items = entries.map(({ seq, position, hash }): Item => {
      const record = records.get(position);
      if (record?.hash !== hash) throw new Error(`the store does not hold entry ${seq} of its ledger`);
      return { record, seq };
    });
    await oneAtATime('page', () => save(items, { position: place.position, seq: last.seq + 1 }));
    waiting.anchored(last.position);
    deps.seen([]);
    return true;
  };

  const followLedger = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      const rung = ledger.grown.rung();
      if (await takeAnchored()) continue;
      await ledger.grown.after(rung, signal);
    }
  };

  return {
    place: () => place,
    unanchored: waiting.count,
    run: async (signal) => {
      const over = new AbortController();
      const until = AbortSignal.any([signal, over.signal]);
      const both = [followStore(until), followLedger(until)].map((loop) => loop.finally(() => over.abort()));
      for (const each of await Promise.allSettled(both)) if (each.status === 'rejected') throw each.reason;
    },
  };
};

/** Own events that passed through a service's hands. Rows written behind the store's back never leave. */
const sealedOwn = (deps: RelayDeps, records: readonly Recorded[]): Promise<ReadonlySet<EventHash>> =>
  sealedAmong(
    deps,
    records.filter(({ source }) => source.startsWith(ownPrefix(deps))),
  );
