import { beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { authorOf, type EventHash, fromHex, type Source } from '@liandong/kernel';
import { growEdge, emptyEdge, rootOfEdge } from '@liandong/ledger';
import {
  grownTo,
  newStream,
  startKeeper,
  testEvents,
  testLogKey,
  testSealer,
  testSource,
} from '@liandong/testing';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { LedgerBook } from '../ports/ledger-book.ts';
import type { ScrubPlace } from '../ports/scrub-places.ts';
import { keepScrubbing } from './keep-scrubbing.ts';
import { originOf } from './open-epoch.ts';
import { type ScrubDeps, type ScrubFinding, scrubStart, scrubStretch } from './scrub-ledger.ts';

const self = authorOf(testSource)!;
const size = 900;
const foreign = 'https://test.example/tiers/431021/0' as Source;

type Change = (recorded: Recorded) => Recorded | undefined;

let store: EventStore;
let book: ReturnType<typeof memoryLedgerBook>;
/** The store as somebody left it who could change anything in it. */
let change: Change = (recorded) => recorded;
let deps: ScrubDeps;

beforeEach(async () => {
  const { seal, verify } = testSealer();
  const kept = memoryEventStore({ seal });
  change = (recorded) => recorded;
  store = {
    ...kept,
    readAll: async (after, limit) => (await kept.readAll(after, limit)).flatMap((one) => change(one) ?? []),
  };
  book = memoryLedgerBook();
  deps = { source: testSource, store, book, sha256 };
  const receive = async () => {
    const stream = newStream();
    await kept.append(stream, 0, testEvents(3, { stream, source: foreign, seal: seal([]) }));
  };
  const stream = newStream();
  const events = testEvents(size, { stream });
  await receive();
  await kept.append(stream, 0, events.slice(0, 400));
  await receive();
  await kept.append(stream, 400, events.slice(400));
  await receive();
  const keeper = await startKeeper({
    ...{ self, store: kept, book, acquireLease: book.acquireLease, verifySeal: verify },
    ...testLogKey(originOf(self)),
  });
  await grownTo(book, size);
  await keeper.stop();
});

/** A whole round, `tiles` at a time. */
const round = async (tiles = 2, given: ScrubDeps = deps): Promise<ScrubFinding | undefined> => {
  for (let place: ScrubPlace | undefined = scrubStart; place !== undefined;) {
    const scrubbed = await scrubStretch(given, place, tiles);
    if (scrubbed.finding !== undefined) return scrubbed.finding;
    ({ place } = scrubbed);
  }
  return undefined;
};

const changeByte = (recorded: Recorded): Recorded => ({
  ...recorded,
  bytes: recorded.bytes.map((byte, n) => (n === 60 ? byte ^ 1 : byte)),
});

const placeOf = async (seq: number) => (await book.entries(seq, seq + 1))[0]!.position;

/** Leaf, book and tiles as they would be had another event stood at a leaf. */
const forgedBook = async (seq: number, hash: EventHash, tiles: boolean): Promise<LedgerBook> => {
  const entries = (await book.entries(0, size)).map((entry) =>
    entry.seq === seq ? { ...entry, hash } : entry,
  );
  const grown = growEdge(
    sha256,
    emptyEdge,
    entries.map((entry) => fromHex(entry.hash)),
  );
  return {
    ...book,
    entries: async (from, to) => entries.slice(from, to),
    ...(tiles && {
      tile: async ({ level, index, width }) =>
        grown.tiles
          .find(({ tile }) => tile.level === level && tile.index === index)
          ?.bytes.slice(0, width * 32),
    }),
  };
};

describe('a scrub', () => {
  it.each([1, 2, 8])(
    'finds nothing in a ledger that is as it was sealed, %i tiles at a time',
    async (tiles) => {
      expect(await round(tiles)).toBeUndefined();
    },
  );

  it.each([0, 255, 256, 611, size - 1])('names the leaf %i whose bytes were rewritten', async (seq) => {
    const position = await placeOf(seq);
    change = (one) => (one.position === position ? changeByte(one) : one);
    expect(await round()).toEqual({ code: 'bytes-changed', seq, position });
  });

  it('names an event whose row was rewritten with all that belongs to it', async () => {
    const stream = newStream();
    const [forged] = testEvents(1, { stream });
    const position = await placeOf(300);
    change = (one) =>
      one.position === position
        ? { ...one, bytes: forged!.bytes, hash: forged!.hash, stream, id: forged!.envelope.id }
        : one;
    expect(await round()).toEqual({ code: 'bytes-changed', seq: 300, position });
    // The ledger's own table fixed up as well: the tile tells.
    const entriesToo = { ...deps, book: await forgedBook(300, forged!.hash, false) };
    expect(await round(2, entriesToo)).toEqual({ code: 'tile-differs', seq: 300 });
    // And the tiles: the signed head tells.
    const tilesToo = { ...deps, book: await forgedBook(300, forged!.hash, true) };
    expect(await round(2, tilesToo)).toEqual({ code: 'root-differs', size });
    expect(rootOfEdge(sha256, emptyEdge)).not.toEqual((await book.head())?.root);
  });

  it.each<[string, (recorded: Recorded) => Recorded]>([
    ['its author', (one) => ({ ...one, source: foreign })],
    ['its type', (one) => ({ ...one, type: 'liandong.item.other.v1' })],
    ['its stream', (one) => ({ ...one, stream: newStream() })],
    ['its hash', (one) => ({ ...one, hash: 'a'.repeat(64) as EventHash })],
  ])('names an event beside which a column says otherwise: %s', async (_, make) => {
    const position = await placeOf(10);
    change = (one) => (one.position === position ? make(one) : one);
    expect(await round()).toEqual({ code: 'columns-changed', seq: 10, position });
  });

  it.each([5, size - 1])('names an event that is gone: leaf %i', async (seq) => {
    const position = await placeOf(seq);
    change = (one) => (one.position === position ? undefined : one);
    expect(await round()).toEqual({ code: 'event-gone', seq, position });
  });

  it('names the first of two that changed places', async () => {
    const [a, b] = [await placeOf(20), await placeOf(21)];
    const rows = new Map((await store.readAll(0n as never, 2_000)).map((one) => [one.position, one]));
    change = (one) =>
      one.position === a
        ? { ...rows.get(b)!, position: a }
        : one.position === b
          ? { ...rows.get(a)!, position: b }
          : one;
    expect(await round()).toEqual({ code: 'bytes-changed', seq: 20, position: a });
  });

  it('names an own event that is neither sealed nor listed as unsealed', async () => {
    const [row] = await store.readAll(0n as never, 1);
    const stream = newStream();
    const [event] = testEvents(1, { stream });
    change = (one) =>
      one.position === row!.position
        ? {
            ...one,
            source: testSource,
            stream,
            id: event!.envelope.id,
            hash: event!.hash,
            bytes: event!.bytes,
            type: event!.envelope.type,
          }
        : one;
    expect(await round()).toEqual({ code: 'not-in-the-ledger', position: row!.position });
  });

  it('names an event of another tier that was rewritten, also behind the last leaf', async () => {
    for (const position of [2n, BigInt(size + 9)]) {
      change = (one) => (one.position === position ? changeByte(one) : one);
      expect(await round()).toEqual({ code: 'bytes-changed', position });
    }
  });

  it('names an entry that the book lost', async () => {
    const shorter = {
      ...deps,
      book: {
        ...book,
        entries: async (from: number, to: number) =>
          (await book.entries(from, to)).filter(({ seq }) => seq !== 700),
      },
    };
    expect(await round(2, shorter)).toEqual({ code: 'entry-gone', seq: 700 });
  });
});

describe('the keeper of the scrub', () => {
  it('goes on where it was broken off, and begins a new round after a rest', async () => {
    const rests: number[] = [];
    const findings: ScrubFinding[] = [];
    const over = new AbortController();
    const scrubbing = {
      ...deps,
      places: book.scrubPlaces,
      found: (finding: ScrubFinding) => findings.push(finding),
      everyMs: 60_000,
      pauseMs: 7,
      wait: async (ms: number) => {
        rests.push(ms);
        if (rests.length === stopAfter) over.abort();
      },
    };
    let stopAfter = 0;
    // Broken off after the first stretch.
    await book.scrubPlaces.save((await scrubStretch(deps, scrubStart, 1)).place);
    expect(await book.scrubPlaces.load()).toMatchObject({ seq: 256 });
    stopAfter = 2;
    const position = await placeOf(100);
    change = (one) => (one.position === position ? changeByte(one) : one);
    await keepScrubbing(scrubbing, over.signal);
    // The rest of the broken round does not see leaf 100; the next round does.
    expect(rests).toEqual([60_000, 60_000]);
    expect(findings).toEqual([{ code: 'bytes-changed', seq: 100, position }]);
    expect(await book.scrubPlaces.load()).toBeUndefined();
  });

  it('tells of a finding once, and again when it comes back', async () => {
    const position = await placeOf(100);
    const damaged = (one: Recorded) => (one.position === position ? changeByte(one) : one);
    const rounds = [damaged, damaged, (one: Recorded) => one, damaged];
    const findings: number[] = [];
    let round = 0;
    const over = new AbortController();
    change = rounds[0]!;
    await keepScrubbing(
      {
        ...deps,
        places: book.scrubPlaces,
        found: () => findings.push(round),
        everyMs: 60_000,
        wait: async (ms) => {
          if (ms < 60_000) return;
          round += 1;
          change = rounds[round] ?? ((one) => one);
          if (round === rounds.length) over.abort();
        },
      },
      over.signal,
    );
    expect(findings).toEqual([0, 3]);
  });
});
