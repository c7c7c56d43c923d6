import { authorOf, decodeEvent, isCaseStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { ExchangeDeps } from '../exchange/deps.ts';
import type { Position, Recorded } from '../ports/event-store.ts';
import type { Letter, LetterReceipt } from '../ports/link-transport.ts';
import { digestsIn } from '../views/disclosed.ts';
import { mayEntitle } from './case-parts.ts';
import { type Courier, courier } from './courier.ts';
import { isGenuineReceipt } from './letter-receipt.ts';
import { type Owed, owedIn } from './owed.ts';
import type { PrivacyParts } from './privacy-parts.ts';

export type DeliveryDeps = Pick<
  ExchangeDeps,
  'self' | 'tree' | 'store' | 'sha256' | 'sign' | 'verify' | 'wait' | 'jitter' | 'settings'
> &
  PrivacyParts & {
    readonly send: (letter: Letter) => boolean;
    readonly reachable: (destination: TierCode) => boolean;
  };

/** Brings what this tier withheld to the tiers entitled. */
export type Delivery = {
  /** Follows the store and carries letters until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Takes a receipt in; `false` if its signature is not the destination's. */
  readonly answered: (receipt: LetterReceipt) => Promise<boolean>;
  /** A destination has received more of this tier's events. */
  readonly again: (destination: TierCode) => void;
  /** A link has opened, and these destinations may lie behind it. */
  readonly reconnected: (behind: (destination: TierCode) => boolean) => void;
};

const pageSize = 500;

/** Where nothing is withheld the place is saved this rarely: who looks again finds nothing again. */
const placesUnsaved = 5_000n;

/**
 * A follower of the store finds the cases in which something may be owed; a courier for each
 * destination delivers it. The place and the open cases are saved together, and what is owed
 * is worked out anew each time, so a crash at any point costs at most a letter sent twice.
 */
export const delivery = (deps: DeliveryDeps): Delivery => {
  const { self, tree, store, deliveries } = deps;
  const moved = new Map<StreamName, Position>();
  const couriers = new Map<TierCode, Courier>();
  const working = new Set<Promise<void>>();
  let ending: AbortController | undefined;
  let failure: { readonly error: unknown } | undefined;

  const courierTo = (destination: TierCode): Courier => {
    const known = couriers.get(destination);
    if (known !== undefined) return known;
    const made = courier({ ...deps, review }, destination);
    couriers.set(destination, made);
    if (ending !== undefined) employ(made, ending);
    return made;
  };

  const employ = (one: Courier, until: AbortController) => {
    const work = one.run(until.signal).catch((error: unknown) => {
      failure ??= { error };
      until.abort();
    });
    working.add(work);
  };

  const review = async (stream: StreamName): Promise<Owed> => {
    const seen = moved.get(stream);
    const owed = await owedIn(deps, stream);
    for (const destination of owed.fields.keys())
      if (tree.has(destination)) courierTo(destination).add(stream);
    if (owed.fields.size > 0 || seen === undefined) return owed;
    await deliveries.settle({ stream, moved: seen });
    if (moved.get(stream) === seen) moved.delete(stream);
    return owed;
  };

  const open = async (cases: readonly { readonly stream: StreamName; readonly moved: Position }[]) => {
    for (const one of cases) moved.set(one.stream, one.moved);
    for (const { stream } of cases) await review(stream);
  };

  const openAll = async (signal: AbortSignal) => {
    for (let after: StreamName | undefined; !signal.aborted;) {
      const page = await deliveries.open(after, pageSize);
      await open(page);
      after = page.at(-1)?.stream;
      if (after === undefined) return;
    }
  };

  const isOwn = ({ source }: Recorded): boolean => {
    const author = authorOf(source);
    return author?.tier === self.tier && author.network === self.network;
  };
  const withholds = (record: Recorded): boolean =>
    isOwn(record) && digestsIn(decodeEvent(record.bytes).data).length > 0;

  const follow = async (signal: AbortSignal) => {
    await openAll(signal);
    let saved = await deliveries.followed();
    for await (const page of store.follow(saved, { limit: pageSize, signal })) {
      const last = page.at(-1);
      if (last === undefined) continue;
      const ofCases = page.filter(({ stream }) => isCaseStream(stream));
      const withheld = streamsOf(ofCases.filter(withholds));
      const moved = streamsOf(ofCases.filter(({ type }) => mayEntitle(type)));
      if (withheld.length + moved.length === 0 && last.position - saved < placesUnsaved) continue;
      await open(await deliveries.follow(last.position, { withheld, moved }));
      saved = last.position;
    }
  };

  return {
    run: async (signal) => {
      const over = new AbortController();
      const abort = () => over.abort();
      signal.addEventListener('abort', abort);
      if (signal.aborted) abort();
      ending = over;
      for (const one of couriers.values()) employ(one, over);
      try {
        await follow(over.signal);
      } finally {
        signal.removeEventListener('abort', abort);
        over.abort();
        await Promise.all(working);
      }
      if (failure !== undefined) throw failure.error;
    },
    answered: async (receipt) => {
      if (!isGenuineReceipt(deps, receipt)) return false;
      await couriers.get(receipt.feed.destination)?.answered(receipt);
      return true;
    },
    again: (destination) => couriers.get(destination)?.again(),
    reconnected: (behind) => {
      for (const [destination, one] of couriers) if (behind(destination)) one.reconnected();
    },
  };
};

const streamsOf = (records: readonly Recorded[]): readonly StreamName[] => [
  ...new Set(records.map(({ stream }) => stream)),
];
