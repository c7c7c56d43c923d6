import {
  type EventHash,
  ok,
  refuse,
  type Result,
  type StreamName,
  type TierCode,
  verifyEnvelope,
} from '@liandong/kernel';
import type { NamedHead } from '../ledger/facts.ts';
import { instant } from '../ports/clock.ts';
import type { HeldEntry, Incident } from '../ports/link-book.ts';
import type { Block, Receipt } from '../ports/link-transport.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import type { EpochOpenings } from './epoch-openings.ts';
import { type FeedTable, nextDigest } from './feed-table.ts';
import { type Candidate, importEvents, type Outcome } from './import-events.ts';
import { type Flagged, judgeTimes } from './judge-times.ts';
import { type Reading, readingOf, type VerifiedEntry, type VerifyDeps, verifyEntry } from './verify-entry.ts';
import { largestOf } from './verify-proof.ts';

/** What the receiver did with a block: how far the feed has come, and what was kept but not plainly accepted. */
export type Taken = { readonly through: number; readonly receipts: readonly Receipt[] };

export type RedrivenEntry = {
  readonly author: TierCode;
  readonly number: number;
  readonly state: 'imported' | HeldEntry['state'];
  readonly reason?: string;
};

export type Receiver = {
  /**
   * Takes a block addressed to this tier, which must not begin beyond the feed's next
   * number. `said` holds the digests its author has signed for some of the numbers.
   */
  readonly take: (
    peer: TierCode,
    block: Block,
    said: ReadonlyMap<number, string>,
  ) => Promise<Result<Taken, Breach>>;
  /** Looks again at everything that waits for any of these events. */
  readonly wake: (hashes: readonly EventHash[]) => Promise<void>;
  /** Looks again at everything that waits; once at the start, since a crash may have come between. */
  readonly wakeAll: () => Promise<void>;
  /** Tries parked entries again: all, or one. */
  readonly redrive: (only?: {
    readonly author: TierCode;
    readonly number: number;
  }) => Promise<readonly RedrivenEntry[]>;
};

type ReadEntry = { readonly held: HeldEntry; readonly reading: Reading };

const suspicious = new Set(['identity-conflict', 'self-fork', 'second-opening']);
const sweep = 1_000;

export type ReceiverDeps = ExchangeDeps &
  VerifyDeps & {
    /** Where authors may open another epoch. */
    readonly openings?: EpochOpenings | undefined;
    /** A tier recorded heads of others' ledgers. */
    readonly headsNamed?: (by: TierCode, heads: readonly NamedHead[]) => void;
  };

export const receiver = (deps: ReceiverDeps, feeds: FeedTable): Receiver => {
  const { book, clock, sha256, self } = deps;
  const bring = importEvents(deps);

  /** One import per stream, all streams at once: the store commits them together. */
  const bringAll = async (candidates: readonly Candidate[]): Promise<ReadonlyMap<EventHash, Outcome>> => {
    const streams = Map.groupBy(candidates, ({ envelope }): StreamName => envelope.subject);
    const outcomes = await Promise.all([...streams].map(([stream, some]) => bring(stream, some)));
    return new Map(outcomes.flatMap((each) => [...each]));
  };

  const judge = async (readings: readonly ReadEntry[]): Promise<readonly HeldEntry[]> => {
    const outcomes = await bringAll(
      readings.flatMap(({ held, reading }) =>
        reading.kind === 'event' ? [{ entry: held, envelope: reading.envelope }] : [],
      ),
    );
    return readings.flatMap(({ held, reading }): HeldEntry[] => {
      if (reading.kind === 'unreadable')
        return [{ ...held, state: 'parked', reason: reading.reason, missing: [] }];
      const { subject, type } = reading.envelope;
      const outcome = outcomes.get(held.hash);
      if (outcome === undefined) throw new Error(`nothing became of entry ${held.number} of ${held.author}`);
      switch (outcome.kind) {
        case 'imported':
          return [];
        case 'waiting':
          return [
            {
              ...held,
              stream: subject,
              type,
              state: 'waiting',
              reason: 'parents-missing',
              missing: outcome.missing,
            },
          ];
        case 'parked':
          return [{ ...held, stream: subject, type, state: 'parked', reason: outcome.reason, missing: [] }];
      }
    });
  };

  const incidentOf = (peer: TierCode, held: HeldEntry): Incident => ({
    code: held.reason,
    peer,
    feed: { author: held.author, destination: self.tier },
    number: held.number,
    hash: held.hash,
    detail: `${held.type ?? ''} in ${held.stream ?? ''}`,
    bytes: held.bytes,
    at: instant(clock.now()),
  });

  /** A clock that is wrong is wrong for many events: of each kind the first of a block stands for all. */
  const misdated = (peer: TierCode, author: TierCode, flagged: readonly Flagged[]): readonly Incident[] =>
    [...Map.groupBy(flagged, ({ flag }) => flag.flag)].flatMap(([code, [first, ...more]]) => {
      if (first === undefined) return [];
      const { entry, envelope, flag } = first;
      const others = more.length === 0 ? '' : `, and ${more.length} more`;
      return {
        ...{ code, peer, number: entry.number, hash: entry.hash, bytes: entry.bytes },
        feed: { author, destination: self.tier },
        detail: `${envelope.type} in ${envelope.subject} says ${envelope.recordedtime}, off by ${flag.byMs} ms${others}`,
        at: instant(clock.now()),
      };
    });

  const repeated = async (block: Block, head: number): Promise<Result<readonly Receipt[], Breach>> => {
    const { author } = block.feed;
    const again = block.entries.slice(0, head - block.first + 1);
    if (again.length === 0) return ok([]);
    const known = await book.received(author, block.first, block.first + again.length - 1);
    const receipts: Receipt[] = [];
    for (const [n, entry] of again.entries()) {
      const number = block.first + n;
      const verified = verifyEntry(deps, block, number, entry);
      if (!verified.ok) return verified;
      const { hash, bytes } = verified.value.entry;
      if (known.get(number) !== hash)
        return refuse({ code: 'number-reused', detail: `entry ${number} of ${author}`, number, hash, bytes });
      const held = await book.heldAt(author, number);
      if (held !== undefined) receipts.push({ number, code: held.reason });
    }
    return ok(receipts);
  };

  const take: Receiver['take'] = async (peer, block, said) => {
    const { feed } = block;
    const { head, digest: digestBefore } = feeds.get(feed);
    if (block.first > head + 1) throw new RangeError(`block begins at ${block.first}, expected ${head + 1}`);
    const original = await repeated(block, head);
    if (!original.ok) return original;

    const fresh: ReadEntry[] = [];
    const entries: VerifiedEntry[] = [];
    const since = instant(clock.now());
    let digest = digestBefore;
    for (const [n, each] of block.entries.slice(Math.max(0, head - block.first + 1)).entries()) {
      const verified = verifyEntry(deps, block, Math.max(head + 1, block.first) + n, each);
      if (!verified.ok) return verified;
      const objection = deps.openings?.objectionTo(verified.value);
      if (objection !== undefined) return refuse(objection);
      const { entry, envelope } = verified.value;
      entries.push(verified.value);
      const { number, seq, hash, bytes, seal } = entry;
      const held: HeldEntry = {
        ...{ number, seq, hash, bytes, seal },
        author: feed.author,
        state: 'waiting',
        reason: '',
        missing: [],
        since,
        attempts: 1,
      };
      fresh.push({ held, reading: readingOf(deps, envelope) });
      digest = nextDigest(sha256, digest, entry.hash);
      if ((said.get(number) ?? digest) !== digest)
        return refuse({
          code: 'feed-digest-differs',
          detail: `entry ${number} of ${feed.author}`,
          number,
          hash,
          bytes,
        });
    }
    if (fresh.length === 0) return ok({ through: head, receipts: original.value });

    const held = await judge(fresh);
    const { flagged, marks } = await judgeTimes(book, deps.ledger, entries);
    const through = head + fresh.length;
    await book.receive({
      feed,
      after: head,
      through,
      digest,
      received: entries.map(({ entry: { number, hash, seq }, head: { epoch } }) => ({
        number,
        hash,
        seq,
        epoch,
      })),
      held,
      incidents: [
        ...held.filter(({ reason }) => suspicious.has(reason)).map((entry) => incidentOf(peer, entry)),
        ...misdated(peer, feed.author, flagged),
      ],
      believed: largestOf(entries.map(({ head: proven }) => proven)),
      marks,
    });
    feeds.set(feed, { head: through, digest });
    tellNamed(feed.author, entries);
    await parentsCameMeanwhile(held);
    return ok({
      through,
      receipts: [...original.value, ...held.map(({ number, reason }) => ({ number, code: reason }))],
    });
  };

  const tellNamed = (author: TierCode, entries: readonly VerifiedEntry[]) => {
    for (const { envelope } of entries) {
      const fact = envelope.ok ? deps.ledger.factOf(envelope.value) : undefined;
      if (fact?.type === 'liandong.ledger.anchored.v1') deps.headsNamed?.(author, fact.data.checkpoints);
    }
  };

  /** A parent may have come between the look at the store and the moment the entry was held. */
  const parentsCameMeanwhile = async (held: readonly HeldEntry[]) => {
    const missing = held.flatMap((entry) => (entry.state === 'waiting' ? entry.missing : []));
    if (missing.length === 0) return;
    const known = await book.streamsOf(missing);
    if (known.size > 0) await again(held.filter((entry) => entry.missing.some((hash) => known.has(hash))));
  };

  const again = async (entries: readonly HeldEntry[]): Promise<readonly RedrivenEntry[]> => {
    const readings = entries.map((held) => ({
      held,
      reading: readingOf(deps, verifyEnvelope(sha256, held.bytes)),
    }));
    const still = new Map((await judge(readings)).map((held) => [`${held.author} ${held.number}`, held]));
    const redriven: RedrivenEntry[] = [];
    for (const { author, number, state, missing } of entries) {
      const held = still.get(`${author} ${number}`);
      if (held === undefined) {
        await book.release(author, number);
        redriven.push({ author, number, state: 'imported' });
        continue;
      }
      if (held.state !== state || held.missing.join() !== missing.join())
        await book.hold({ ...held, attempts: held.attempts + 1 });
      redriven.push({ author, number, state: held.state, reason: held.reason });
    }
    return redriven;
  };

  /** Page by page: what stays where it is keeps nobody behind it from being tried. */
  const againAll = async (state: HeldEntry['state']): Promise<readonly RedrivenEntry[]> => {
    const redriven: RedrivenEntry[] = [];
    for (let page = await book.held(state, sweep); page.length > 0;) {
      redriven.push(...(await again(page)));
      page = await book.held(state, sweep, page.at(-1));
    }
    return redriven;
  };

  return {
    take,
    wake: async (hashes) => {
      const waiting = await book.waitingFor(hashes);
      if (waiting.length > 0) await again(waiting);
    },
    wakeAll: async () => {
      await againAll('waiting');
    },
    redrive: async (only) => {
      if (only === undefined) return againAll('parked');
      const held = await book.heldAt(only.author, only.number);
      return held === undefined ? [] : again([held]);
    },
  };
};
