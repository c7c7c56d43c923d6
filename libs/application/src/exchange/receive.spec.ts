import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import {
  caseStream,
  type CommitSeal,
  type Envelope,
  eventBytes,
  eventHash,
  eventId,
  ok,
  ownStream,
  refuse,
  type StreamName,
  type TierCode,
  twentyDigits,
  utf8,
} from '@liandong/kernel';
import { exchangeDeps, type TestTier, testTierOf } from '@liandong/testing';
import fc from 'fast-check';
import type { NewEvent } from '../ports/event-store.ts';
import type { Block } from '../ports/link-transport.ts';
import type { ExchangeDeps } from './deps.ts';
import { feedTable } from './feed-table.ts';
import { networkTree } from './network-tree.ts';
import { type Receiver, receiver } from './receive.ts';
import type { VerifyDeps } from './verify-entry.ts';
import type { ProvenHead } from './verify-proof.ts';

const [city, county] = ['431000', '431021'] as [TierCode, TierCode];
const tree = networkTree([{ tier: city }, { tier: county, parent: city }]);

let author: TestTier;
let here: TestTier;
let deps: ExchangeDeps & Pick<VerifyDeps, 'verifyProof'>;
let receive: Receiver;
let next: number;

/** What proofs lead to here: whether they are good is another file's matter. */
const proven: ProvenHead = {
  origin: 'test.example/431021/1',
  size: 1,
  root: new Uint8Array(32),
  note: new Uint8Array(),
  cosignedBy: undefined,
  epoch: 1,
};

const begin = async (change: Partial<ExchangeDeps> = {}) => {
  author = testTierOf(county);
  here = testTierOf(city);
  const all = new Map([author, here].map((tier) => [tier.code, tier]));
  deps = {
    ...exchangeDeps(here, tree, all, () => Promise.resolve()),
    verifyProof: () => ok(proven),
    ...change,
  };
  receive = receiver(deps, await feedTable(here.book));
  next = 1;
};
beforeEach(() => begin());
afterEach(async () => {
  // Whatever came through the door, what the store holds is causally closed and well sealed.
  const stored = await here.store.readAll(0n as never, 1_000);
  for (const [n, seal] of (await here.store.seals(stored)).entries())
    expect(seal?.leaves).toContain(stored[n]!.hash);
});

const feed = { author: county, destination: city };
const blockOf = (
  events: readonly Pick<NewEvent, 'bytes'>[],
  seals: readonly CommitSeal[],
  first = next,
): Block => ({
  kind: 'block',
  feed,
  first,
  head: first + events.length - 1,
  entries: events.map(({ bytes }, n) => ({ seq: first + n, bytes, seal: Math.min(n, seals.length - 1) })),
  seals,
});
const give = async (...events: readonly NewEvent[]) => {
  const block = blockOf(events, [author.sealWith('approval', events)]);
  const taken = await receive.take(county, block, new Map());
  if (taken.ok) next = taken.value.through + 1;
  return taken;
};
const codes = async (...events: readonly NewEvent[]) => {
  const taken = await give(...events);
  return taken.ok ? taken.value.receipts.map(({ code }) => code) : taken.refusal.code;
};
const stored = async (stream: StreamName) => (await here.store.read(stream)).map(({ hash }) => hash);

/** A case of the county, known there and here. */
const openedCase = async () => {
  const stream = await author.openCase([county, city]);
  const [opening] = await author.store.read(stream);
  const event = { envelope: {} as Envelope, bytes: opening!.bytes, hash: opening!.hash };
  expect(await codes(event)).toEqual([]);
  return { stream, opening: event };
};
/** Bytes of an envelope as a liar would make them, whatever they say. */
const made = (envelope: object): NewEvent => {
  const bytes = eventBytes(envelope as Envelope);
  return { envelope: envelope as Envelope, bytes, hash: eventHash(sha256, bytes) };
};

describe('a received event', () => {
  it('joins the store with its own bytes and seal', async () => {
    const { stream } = await openedCase();
    const said = await author.say(stream);
    expect(await codes(said)).toEqual([]);
    const [, record] = await here.store.read(stream);
    expect(record?.bytes).toEqual(said.bytes);
    expect(await here.store.seals([record!])).toMatchObject([{ leaves: [said.hash], service: 'approval' }]);
  });

  it('of a type nobody here knows is stored as it is', async () => {
    const { stream } = await openedCase();
    const said = await author.say(stream, { type: 'liandong.case.blessed.v7', data: { anything: [1] } });
    expect(await codes(said)).toEqual([]);
    expect(await stored(stream)).toContain(said.hash);
  });

  it('waits, visible, until its parents are here, in whatever order they come', async () => {
    const stream = await author.openCase([county, city]);
    const chain: NewEvent[] = [];
    for (let n = 0; n < 3; n++) chain.push(await author.say(stream));
    const [opening] = (await author.store.read(stream)).map(({ bytes, hash }) => ({
      envelope: {} as Envelope,
      bytes,
      hash,
    }));
    expect(await codes(...chain.toReversed())).toEqual([
      'parents-missing',
      'parents-missing',
      'parents-missing',
    ]);
    expect(await here.book.heldCounts()).toEqual([{ author: county, waiting: 3, parked: 0 }]);
    expect(await stored(stream)).toEqual([]);

    expect(await codes(opening!)).toEqual([]);
    for (const { hash } of [opening!, ...chain]) await receive.wake([hash]);
    expect(await stored(stream)).toEqual([opening!.hash, ...chain.map(({ hash }) => hash)]);
    expect(await here.book.heldCounts()).toEqual([]);
  });

  it('is brought in without a look at its stream while what is known of it explains the event', async () => {
    let looks = 0;
    await begin();
    const store = {
      ...here.store,
      read: (...args: Parameters<typeof here.store.read>) => (looks++, here.store.read(...args)),
    };
    receive = receiver({ ...deps, store }, await feedTable(here.book));
    const { stream } = await openedCase();
    for (let n = 0; n < 3; n++) expect(await codes(await author.say(stream))).toEqual([]);
    expect(looks).toBe(0);

    // Somebody else wrote the stream meanwhile: one look, and everything is in its place.
    const ours = await here.say(stream);
    const theirs = await author.say(stream);
    expect(await codes(theirs)).toEqual([]);
    expect(looks).toBe(1);
    expect((await stored(stream)).slice(-2)).toEqual([ours.hash, theirs.hash]);
  });

  it('of a case half of which is here already is added to it, whatever was forgotten meanwhile', async () => {
    const { stream, opening } = await openedCase();
    const said = [await author.say(stream), await author.say(stream)];
    expect(await codes(said[0]!)).toEqual([]);
    receive = receiver(deps, await feedTable(here.book));
    next = 3;
    expect(await codes(opening, said[0]!, said[1]!)).toEqual([]);
    expect(await stored(stream)).toEqual([opening.hash, ...said.map(({ hash }) => hash)]);
  });

  it('comes in with more of its case than an engine appends at once', async () => {
    let appends: number[] = [];
    await begin();
    const store: typeof here.store = {
      ...here.store,
      append: (stream, seen, events) => {
        appends.push(events.reduce((sum, { bytes }) => sum + bytes.length, 0));
        return here.store.append(stream, seen, events);
      },
    };
    receive = receiver({ ...deps, store }, await feedTable(here.book));
    const { stream, opening } = await openedCase();
    appends = [];
    const said: NewEvent[] = [];
    for (let n = 0; n < 20; n++)
      said.push(
        await author.say(stream, { type: 'liandong.case.blessed.v7', data: { text: 'x'.repeat(60_000) } }),
      );
    expect(await codes(...said)).toEqual([]);
    expect(await stored(stream)).toEqual([opening.hash, ...said.map(({ hash }) => hash)]);
    expect(appends).toHaveLength(2);
    for (const size of appends) expect(size).toBeLessThan(1_000_000);
  });

  it('twice is answered as the first time', async () => {
    const { stream, opening } = await openedCase();
    const said = await author.say(stream);
    const late = await author.draft(stream, { height: twentyDigits(9) });
    expect(await codes(said, late)).toEqual(['wrong-height']);
    next = 1;
    expect(await codes(opening, said, late)).toEqual(['wrong-height']);
    expect(await stored(stream)).toHaveLength(2);
  });

  it('under a number that stood for another one is a breach', async () => {
    const { stream } = await openedCase();
    const [one, other] = [await author.say(stream), await author.draft(stream)];
    await give(one);
    next -= 1;
    expect(await codes(other)).toBe('number-reused');
  });

  it('that stands where its author signed for another one is a breach and leaves no trace', async () => {
    const { stream } = await openedCase();
    const event = await author.say(stream);
    const block = blockOf([event], [author.sealWith('approval', [event])]);
    expect(await receive.take(county, block, new Map([[2, 'f'.repeat(64)]]))).toMatchObject({
      ok: false,
      refusal: { code: 'feed-digest-differs', number: 2 },
    });
    expect(await stored(stream)).toHaveLength(1);
  });

  it('comes in although its parent came between the look at the store and the note that it waits', async () => {
    const { stream } = await openedCase();
    const parent = await author.say(stream);
    const child = await author.say(stream);
    const parentComes = async () => {
      await here.store.append(stream, 1, [{ ...parent, seal: author.sealWith('approval', [parent]) }]);
      const after = await here.book.relayed();
      const position = (await here.store.readAll(0n as never, 9)).at(-1)!.position;
      const known = [{ hash: parent.hash, stream, position }];
      await here.book.relay({ after, through: { ...after, position }, known, audience: [], numbered: [] });
      await receive.wake([parent.hash]);
    };
    const book: ExchangeDeps['book'] = {
      ...here.book,
      receive: async (reception) => {
        await parentComes();
        await here.book.receive(reception);
      },
    };
    receive = receiver({ ...deps, book }, await feedTable(here.book));
    expect(await codes(child)).toEqual(['parents-missing']);
    expect(await stored(stream)).toContain(child.hash);
    expect(await here.book.heldCounts()).toEqual([]);
  });

  describe.each<[string, (stream: StreamName) => Promise<NewEvent>, string]>([
    ['a wrong height', (stream) => author.draft(stream, { height: twentyDigits(7) }), 'wrong-height'],
    [
      'a second opening',
      (stream) => author.draft(stream, { type: 'liandong.case.opened.v1', data: { audience: [city] } }),
      'second-opening',
    ],
    [
      'its predecessor left out of its past',
      async (stream) => {
        const before = (await author.store.read(stream)).map(({ hash }) => hash);
        await give(await author.say(stream));
        return author.draft(stream, { parents: before.at(-1)!, height: twentyDigits(before.length + 1) });
      },
      'hidden-predecessor',
    ],
    [
      'a number skipped',
      (stream) => author.draft(stream, { sequence: twentyDigits(9) }),
      'hidden-predecessor',
    ],
    [
      'a number used twice',
      async (stream) => {
        await give(await author.say(stream));
        return author.draft(stream, { sequence: twentyDigits(2) });
      },
      'self-fork',
    ],
    [
      'the identity of another one',
      async (stream) => {
        const first = await author.say(stream);
        await give(first);
        return made({ ...first.envelope, data: { other: true } });
      },
      'identity-conflict',
    ],
  ])('with %s', (_, lie, reason) => {
    it('is parked with the reason, and other cases go on', async () => {
      const { stream } = await openedCase();
      const other = await openedCase();
      const event = await lie(stream);
      const before = await stored(stream);
      expect(await codes(event)).toEqual([reason]);
      expect(await stored(stream)).toEqual(before);
      expect(await here.book.held('parked', 9)).toMatchObject([
        { reason, hash: event.hash, bytes: event.bytes },
      ]);
      // What builds on it waits; what does not, comes in.
      const child = made({
        ...event.envelope,
        id: eventId(sha256, 'liar', reason, 1),
        type: 'liandong.case.opinionGiven.v1',
        parents: event.hash,
        height: twentyDigits(Number(event.envelope.height) + 1),
        sequence: twentyDigits(Number(event.envelope.sequence) + 1),
      });
      expect(await codes(child)).toEqual(['parents-missing']);
      const fine = await author.say(other.stream);
      expect(await codes(fine)).toEqual([]);
      expect(await stored(other.stream)).toContain(fine.hash);
      expect(await receive.redrive()).toMatchObject([{ state: 'parked', reason }]);
    });
  });

  it('is tried again whoever stands in front of it, and comes in once', async () => {
    const { stream } = await openedCase();
    const event = await author.say(stream);
    const common = { author: county, missing: [], attempts: 1, seal: author.sealWith('approval', [event]) };
    const junk = utf8('{');
    for (let number = 1; number <= 1_000; number++)
      await here.book.hold({
        ...{ ...common, number: 10_000 + number, seq: number, since: '2026-01-01T00:00:00.000Z' },
        ...{ hash: eventHash(sha256, junk), bytes: junk, state: 'parked', reason: 'not JSON' },
      });
    await here.book.hold({
      ...{ ...common, number: 20_000, seq: 2_000, since: '2026-01-02T00:00:00.000Z' },
      ...{ hash: event.hash, bytes: event.bytes, state: 'parked', reason: 'context-unknown' },
    });
    const redriven = await receive.redrive();
    expect(redriven).toHaveLength(1_001);
    expect(redriven.at(-1)).toEqual({ author: county, number: 20_000, state: 'imported' });
    expect((await stored(stream)).filter((hash) => hash === event.hash)).toHaveLength(1);
    expect(await here.book.heldAt(county, 20_000)).toBeUndefined();
    expect(await codes(event)).toEqual([]);
    expect((await stored(stream)).filter((hash) => hash === event.hash)).toHaveLength(1);
  });

  it.each(['self-fork', 'identity-conflict', 'second-opening'])(
    'that shows a %s raises an incident',
    async (code) => {
      const { stream } = await openedCase();
      const first = await author.say(stream);
      await give(first);
      const lies: Record<string, () => Promise<NewEvent> | NewEvent> = {
        'self-fork': () => author.draft(stream, { sequence: twentyDigits(2) }),
        'identity-conflict': () => made({ ...first.envelope, data: { other: true } }),
        'second-opening': () => author.draft(stream, { type: 'liandong.case.opened.v1', data: {} }),
      };
      const event = await lies[code]!();
      await give(event);
      expect(await here.book.incidents(9)).toMatchObject([{ code, hash: event.hash, bytes: event.bytes }]);
    },
  );

  it('with a parent out of another stream is parked', async () => {
    const [one, other] = [await openedCase(), await openedCase()];
    const records = await here.store.readAll(0n as never, 10);
    const known = records.map(({ hash, stream, position }) => ({ hash, stream, position }));
    const after = await here.book.relayed();
    await here.book.relay({
      after,
      through: { ...after, position: records.at(-1)!.position },
      known,
      audience: [],
      numbered: [],
    });
    const event = await author.draft(one.stream, { parents: other.opening.hash });
    expect(await codes(event)).toEqual(['parent-of-another-stream']);
    expect(await stored(one.stream)).toHaveLength(1);
  });

  it.each<[string, (stream: StreamName) => Promise<object>, RegExp]>([
    [
      'in a stream of another tier',
      (stream) =>
        author.draft(stream, {
          subject: ownStream('item', city, 'X'),
          parents: '',
          height: twentyDigits(1),
          sequence: twentyDigits(1),
        }),
      /subject stream-of-another-tier/,
    ],
    [
      'that does not hash to its case',
      (stream) => author.draft(stream, { parents: '', height: twentyDigits(1), sequence: twentyDigits(1) }),
      /subject does-not-hash/,
    ],
    [
      'with an attribute nobody knows',
      async (stream) => made({ ...(await author.draft(stream)).envelope, extra: 1 }),
      /extra unknown-attribute/,
    ],
    [
      'with a wrong type of an attribute',
      async (stream) => made({ ...(await author.draft(stream)).envelope, height: 3 }),
      /height malformed/,
    ],
    [
      'with parents out of order',
      (stream) => author.draft(stream, { parents: `${'b'.repeat(64)},${'a'.repeat(64)}` }),
      /parents not-sorted/,
    ],
    [
      'nested too deeply',
      (stream) =>
        author.draft(stream, { data: JSON.parse(`${'{"a":'.repeat(60)}1${'}'.repeat(60)}`) as object }),
      /nested-too-deeply/,
    ],
    [
      'with a number beyond range',
      (stream) => author.draft(stream, { data: { n: 2 ** 60 } }),
      /number-out-of-range/,
    ],
    [
      'that is too large',
      (stream) => author.draft(stream, { data: { text: 'x'.repeat(70_000) } }),
      /too-large/,
    ],
    ['that is not UTF-8', async () => ({ bytes: Uint8Array.of(0x7b, 0xff, 0x7d) }), /not-utf8/],
    ['that is no JSON', async () => ({ bytes: utf8('hello') }), /not-a-json-object/],
  ])('%s is parked with field and rule, nothing of it stored', async (_, lie, reason) => {
    const { stream } = await openedCase();
    const { bytes } = (await lie(stream)) as { bytes: Uint8Array };
    const [received] = (await codes({
      envelope: {} as Envelope,
      bytes,
      hash: eventHash(sha256, bytes),
    })) as string[];
    expect(received).toMatch(reason);
    expect(await here.store.readAll(0n as never, 9)).toHaveLength(1);
  });

  it('that breaks its schema is parked, and comes in once the release knows better', async () => {
    let strict = true;
    await begin({
      checkSchema: (type) =>
        strict && type === 'liandong.case.opinionGiven.v1'
          ? refuse({ code: 'schema-violation', field: '/step\u0000', rule: 'missing' })
          : ok('known'),
    });
    const { stream } = await openedCase();
    const event = await author.say(stream);
    expect(await codes(event)).toEqual(['schema-violation /step? missing']);
    strict = false;
    expect(await receive.redrive({ author: county, number: 2 })).toEqual([
      { author: county, number: 2, state: 'imported' },
    ]);
    expect(await stored(stream)).toContain(event.hash);
    expect(await here.book.heldCounts()).toEqual([]);
  });

  it('of a context only a later release knows is parked, not lost', async () => {
    const event = await author.draft(ownStream('hall', county, 'W1'), {
      type: 'liandong.hall.ticketTaken.v1',
    });
    expect(await codes(event)).toEqual(['context-unknown']);
  });

  it('without parents that opens nothing is parked', async () => {
    const id = eventId(sha256, 'liar', 'key', 0);
    const stream = caseStream(sha256, 'https://test.example/tiers/431021/1' as never, id);
    expect(await codes(await author.draft(stream, { id }))).toEqual(['not-an-opening']);
  });

  it.each<[string, (event: NewEvent) => Block, string]>([
    [
      'a forged signature',
      (event) => {
        const seal = author.sealWith('approval', [event]);
        return blockOf(
          [event],
          [{ ...seal, signature: seal.signature.map((byte, n) => (n === 5 ? byte ^ 1 : byte)) }],
        );
      },
      'seal-forged',
    ],
    ["another tier's seal", (event) => blockOf([event], [here.sealWith('approval', [event])]), 'seal-forged'],
    [
      'a seal over something else',
      (event) => blockOf([event], [author.sealWith('approval', [])]),
      'not-in-the-seal',
    ],
    [
      'a seal that was not sent',
      (event) => ({ ...blockOf([event], []), entries: [{ seq: 1, bytes: event.bytes, seal: 3 }] }),
      'not-in-the-seal',
    ],
    [
      'the seal of a service whose business it is not',
      (event) => blockOf([event], [author.sealWith('audit', [event])]),
      'service-not-entitled',
    ],
  ])('under %s is a breach and leaves no trace', async (_, block, code) => {
    const { stream } = await openedCase();
    const taken = await receive.take(county, block(await author.say(stream)), new Map());
    expect(taken).toMatchObject({ ok: false, refusal: { code } });
    expect(await stored(stream)).toHaveLength(1);
    expect((await here.book.feeds())[0]?.head).toBe(1);
  });

  it("of one tier in another's feed is a breach", async () => {
    const event = await here.draft(ownStream('item', city, 'X'));
    const taken = await receive.take(
      county,
      blockOf([event], [here.sealWith('approval', [event])]),
      new Map(),
    );
    expect(taken).toMatchObject({ ok: false, refusal: { code: 'author-mismatch' } });
  });

  it('with any byte changed on the way never comes in, and the receiver lives', async () => {
    const { stream } = await openedCase();
    const event = await author.say(stream);
    const seal = author.sealWith('approval', [event]);
    await fc.assert(
      fc.asyncProperty(fc.nat(event.bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = event.bytes.slice();
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const taken = await receive.take(county, blockOf([{ bytes }], [seal]), new Map());
        expect(taken.ok).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(await stored(stream)).toHaveLength(1);
    expect(await codes(event)).toEqual([]);
  });

  it('whatever an entitled author seals, comes in whole or is held with its bytes', async () => {
    const { stream } = await openedCase();
    const good = await author.draft(stream);
    const field = fc.constantFrom(...Object.keys(good.envelope));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(field, fc.jsonValue(), { maxKeys: 2 }), async (change) => {
        let event: NewEvent;
        try {
          event = made({ ...good.envelope, ...change });
        } catch {
          return; // no canonical form, so nobody can send it
        }
        const taken = await give(event);
        if (!taken.ok)
          return expect(['author-mismatch', 'seal-forged', 'service-not-entitled']).toContain(
            taken.refusal.code,
          );
        const held = await here.book.heldAt(county, next - 1);
        const kept =
          held?.bytes ?? (await here.store.read(stream)).find(({ hash }) => hash === event.hash)?.bytes;
        expect(kept).toEqual(event.bytes);
      }),
      { numRuns: 200 },
    );
  });
});
