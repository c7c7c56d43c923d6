import {
  type BelievedHead,
  type EntryProof,
  type HeldEntry,
  heldNumber,
  type LinkBook,
  type LinkEntry,
  type Position,
} from '@liandong/application';
import type { CommitSeal, EventHash, StreamName, TierCode } from '@liandong/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes, randomInt } from 'node:crypto';

export type OpenLinkBook = () => Promise<{ readonly book: LinkBook; readonly close: () => Promise<void> }>;

export const linkBookSelf = '431021' as TierCode;

const hash = (): EventHash => randomBytes(32).toString('hex') as EventHash;
const stream = (): StreamName => `case-${randomBytes(16).toString('hex')}` as StreamName;
const freshTier = (): TierCode => String(randomInt(100_000_000, 999_999_999)) as TierCode;
const seal = (...leaves: readonly EventHash[]): CommitSeal => ({
  service: 'approval',
  keyId: '0123abcd',
  leaves,
  signature: new Uint8Array(randomBytes(64)),
});
const entry = (number: number, with_?: CommitSeal): LinkEntry => {
  const own = hash();
  return {
    number,
    seq: number * 10,
    hash: own,
    bytes: new Uint8Array(randomBytes(80)),
    seal: with_ ?? seal(own),
  };
};
const bytes32 = () => new Uint8Array(randomBytes(32));
const believed = (origin: string, size: number): BelievedHead => ({
  origin,
  size,
  root: bytes32(),
  note: new Uint8Array(randomBytes(300)),
});
const held = (author: TierCode, number: number, change: Partial<HeldEntry> = {}): HeldEntry => ({
  ...entry(number),
  author,
  state: 'waiting',
  reason: 'parents-missing',
  stream: stream(),
  type: 'liandong.case.opinionGiven.v1',
  missing: [hash()],
  since: '2026-03-02T01:00:00.000Z',
  attempts: 1,
  ...change,
});
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Every promise of the port `LinkBook`, for the tier `linkBookSelf`. */
export const linkBookContract = (name: string, open: OpenLinkBook): void => {
  describe(`the link book in ${name}`, () => {
    let book: LinkBook;
    let close = async () => {};
    beforeAll(async () => ({ book, close } = await open()));
    afterAll(() => close());

    const feedOf = async (author: TierCode, destination: TierCode) =>
      (await book.feeds()).find((feed) => feed.author === author && feed.destination === destination);

    const relayOne = async (destination: TierCode, number: number) => {
      const after = await book.relayed();
      const position = (after.position + 1n) as Position;
      const known = { hash: hash(), stream: stream(), position, seq: after.seq + 1 };
      await book.relay({
        after,
        through: { position, seq: after.seq + 1 },
        known: [known],
        audience: [{ stream: known.stream, tier: destination }],
        numbered: [{ destination, number, position, seq: known.seq, digest: digest(`${number}`) }],
      });
      return known;
    };

    it('starts with nothing', async () => {
      expect(await book.feeds()).toEqual([]);
      expect(await book.relayed()).toEqual({ position: 0n, seq: 0 });
      expect(await book.stoppedLinks()).toEqual([]);
      expect(await book.heldCounts()).toEqual([]);
    });

    it('saves a page of the relay with its place, all or nothing', async () => {
      const destination = freshTier();
      const first = await relayOne(destination, 1);
      const second = await relayOne(destination, 2);

      expect(await book.relayed()).toEqual({ position: second.position, seq: second.seq });
      expect(await feedOf(linkBookSelf, destination)).toMatchObject({
        head: 2,
        digest: digest('2'),
        acked: 0,
      });
      const numbered = await book.numbered(destination, 0, 10);
      expect(numbered.map(({ number, seq }) => [number, seq])).toEqual([
        [1, first.seq],
        [2, second.seq],
      ]);
      expect(await book.numbered(destination, 1, 1)).toEqual(numbered.slice(1));
      expect(await book.ownEvents([stream(), first.stream])).toEqual(new Map([[first.stream, [first]]]));
      expect((await book.audiences([first.stream])).get(first.stream)).toEqual([destination]);
      expect((await book.streamsOf([first.hash, hash()])).get(first.hash)).toBe(first.stream);

      const place = await book.relayed();
      await expect(relayOne(destination, 4)).rejects.toThrow(/moved on/);
      expect(await book.relayed()).toEqual(place);
      expect(await feedOf(linkBookSelf, destination)).toMatchObject({ head: 2 });
    });

    it('refuses a relay that did not see the last page', async () => {
      const stale = await book.relayed();
      await relayOne(freshTier(), 1);
      const page = { known: [], audience: [], numbered: [] };
      await expect(book.relay({ after: stale, through: stale, ...page })).rejects.toThrow(/moved on/);
    });

    it('keeps foreign events known without counting them as own', async () => {
      const after = await book.relayed();
      const position = (after.position + 1n) as Position;
      const known = { hash: hash(), stream: stream(), position };
      await book.relay({
        after,
        through: { ...after, position },
        known: [known],
        audience: [],
        numbered: [],
      });
      expect(await book.ownEvents([known.stream])).toEqual(new Map());
      expect((await book.streamsOf([known.hash])).get(known.hash)).toBe(known.stream);
    });

    it('lets an own event leave later than it was known, and then for good', async () => {
      const event = { hash: hash(), stream: stream() };
      const page = async (seq?: number) => {
        const after = await book.relayed();
        const position = (after.position + 1n) as Position;
        const known = [{ ...event, position, ...(seq !== undefined && { seq }) }];
        await book.relay({ after, through: { ...after, position }, known, audience: [], numbered: [] });
      };
      await page();
      expect(await book.ownEvents([event.stream])).toEqual(new Map());
      await page(7);
      await page();
      expect((await book.ownEvents([event.stream])).get(event.stream)).toMatchObject([{ ...event, seq: 7 }]);
    });

    it('never takes an acknowledgement or a delivery back', async () => {
      const destination = freshTier();
      for (const number of [1, 2, 3]) await relayOne(destination, number);
      const feed = { author: linkBookSelf, destination };
      await book.acknowledge(feed, 3);
      await book.acknowledge(feed, 1);
      await book.deliver(feed, 2);
      await book.deliver(feed, 1);
      expect(await feedOf(linkBookSelf, destination)).toMatchObject({ acked: 3, delivered: 2 });
    });

    it('keeps entries on their way until the next hop has them, bytes and seal unchanged', async () => {
      const feed = { author: freshTier(), destination: freshTier() };
      const shared = seal(hash(), hash());
      const entries = [entry(1, shared), entry(2, shared), entry(3)];
      await book.forward(feed, entries.slice(0, 2));
      await book.forward(feed, entries.slice(2));
      expect(await book.forwarded(feed, 0, 10)).toEqual(entries);
      expect(await book.forwarded(feed, 1, 1)).toEqual(entries.slice(1, 2));
      expect(await feedOf(feed.author, feed.destination)).toMatchObject({ head: 3, acked: 0 });

      await book.acknowledge(feed, 1);
      expect(await book.forwarded(feed, 0, 10)).toEqual(entries.slice(1));
      await expect(book.forward(feed, [entry(3)])).rejects.toThrow(/moved on/);
      await expect(book.forward(feed, [entry(5)])).rejects.toThrow(/moved on/);
      await expect(book.forward(feed, [entry(4), entry(6)])).rejects.toThrow();
      await book.acknowledge(feed, 3);
      expect(await book.forwarded(feed, 0, 10)).toEqual([]);
    });

    it('keeps proofs with entries on their way, and a head that several share as long as one needs it', async () => {
      const feed = { author: freshTier(), destination: freshTier() };
      const head = new Uint8Array(randomBytes(700));
      const proofs: EntryProof[] = [
        { head, path: [] },
        { head: head.slice(), path: [bytes32()] },
        { head: new Uint8Array(randomBytes(700)), path: [bytes32(), bytes32()] },
      ];
      const entries = [...proofs.map((proof, n) => ({ ...entry(n + 1), proof })), entry(4)];
      await book.forward(feed, entries);
      expect(await book.forwarded(feed, 0, 10)).toEqual(entries);
      await book.acknowledge(feed, 1);
      expect(await book.forwarded(feed, 0, 10)).toEqual(entries.slice(1));
      await book.rewind(feed, 2);
      expect(await book.forwarded(feed, 0, 10)).toEqual(entries.slice(1, 2));
      await book.forward(feed, entries.slice(2));
      expect(await book.forwarded(feed, 1, 10)).toEqual(entries.slice(1));
    });

    it('remembers of each ledger the largest head that was believed, and no smaller one after it', async () => {
      const [author, origin] = [freshTier(), `test.example/${freshTier()}/1`];
      const feed = { author, destination: freshTier() };
      const reception = { feed: { author, destination: linkBookSelf }, digest: '', held: [], incidents: [] };
      const [small, large, other] = [believed(origin, 3), believed(origin, 9), believed(origin, 9)];
      const ofOrigin = async () => (await book.believedHeads()).filter((each) => each.origin === origin);

      expect(await ofOrigin()).toEqual([]);
      await book.forward(feed, [entry(1)], [small]);
      expect(await ofOrigin()).toEqual([small]);
      await book.receive({ ...reception, after: 0, through: 1, received: [], believed: [large] });
      await book.receive({ ...reception, after: 1, through: 2, received: [], believed: [small, other] });
      expect(await ofOrigin()).toEqual([large]);

      const stale = { ...reception, after: 0, through: 1, received: [], believed: [believed(origin, 10)] };
      await expect(book.receive(stale)).rejects.toThrow(/moved on/);
      expect(await ofOrigin()).toEqual([large]);

      const [shown, late] = [believed(origin, 11), believed(origin, 10)];
      for (const head of [shown, late]) await book.believe(head);
      expect(await ofOrigin()).toEqual([shown]);
    });

    it('remembers the instants that had come at a leaf, and finds the last one before another', async () => {
      const [author, origin] = [freshTier(), `test.example/${freshTier()}/1`];
      const reception = {
        ...{ feed: { author, destination: linkBookSelf }, digest: '' },
        ...{ held: [], incidents: [], received: [] },
      };
      const [early, late] = [
        { origin, seq: 4, at: '2026-03-02T01:00:00.000Z' },
        { origin, seq: 9, at: '2026-03-02T02:00:00.000Z' },
      ];
      await book.receive({ ...reception, after: 0, through: 1, marks: [late] });
      await book.receive({ ...reception, after: 1, through: 2, marks: [early] });
      expect(await book.marksBefore(origin, [12, 9, 10, 4, 5])).toEqual([
        late,
        early,
        late,
        undefined,
        early,
      ]);
      expect(await book.marksBefore('test.example/000000/1', [12])).toEqual([undefined]);
      expect(await book.marksBefore(origin, [])).toEqual([]);
    });

    it('takes a forwarded feed up again from an earlier number', async () => {
      const feed = { author: freshTier(), destination: freshTier() };
      const entries = [entry(1), entry(2), entry(3)];
      await book.forward(feed, entries);
      await book.acknowledge(feed, 3);
      await book.rewind(feed, 1);
      expect(await feedOf(feed.author, feed.destination)).toMatchObject({ head: 1, acked: 1 });
      await book.forward(feed, entries.slice(1));
      expect(await book.forwarded(feed, 1, 10)).toEqual(entries.slice(1));
    });

    it('numbers the own feeds anew with the next epoch of the tier itself', async () => {
      const destination = freshTier();
      await book.begin(new Map([[linkBookSelf, 1]]));
      const said = await relayOne(destination, 1);
      await book.begin(new Map([[linkBookSelf, 2]]));
      expect(await feedOf(linkBookSelf, destination)).toBeUndefined();
      expect(await book.numbered(destination, 0, 9)).toEqual([]);
      const { position } = await book.relayed();
      expect(await book.relayed()).toEqual({ position: said.position, seq: 0 });
      expect((await book.ownEvents([said.stream])).size).toBe(0);
      expect((await book.audiences([said.stream])).get(said.stream)).toEqual([destination]);
      await book.relay({
        ...{ after: { position, seq: 0 }, through: { position, seq: 1 }, audience: [] },
        known: [{ ...said, seq: 0 }],
        numbered: [{ destination, number: 1, position: said.position, seq: 0, digest: digest('1') }],
      });
      expect((await book.ownEvents([said.stream])).get(said.stream)).toMatchObject([{ seq: 0 }]);
    });

    it('begins the feeds of an author anew with its next epoch, and forgets no leaf', async () => {
      const [author, other] = [freshTier(), freshTier()];
      const feeds = [author, other].map((each) => ({ author: each, destination: linkBookSelf }));
      await book.begin(new Map([author, other].map((tier) => [tier, 1])));
      const [first, second] = [hash(), hash()];
      const received = [first, second].map((each, n) => ({ number: n + 1, hash: each, seq: n }));
      const waiting = held(author, 2, { hash: second });
      const page = { after: 0, through: 2, digest: digest('2'), incidents: [] };
      for (const feed of feeds)
        await book.receive({ ...page, feed, received, held: feed.author === author ? [waiting] : [] });
      const onWay = { author, destination: other };
      await book.forward(onWay, [entry(1), entry(2)]);

      await book.begin(new Map([author, other].map((tier) => [tier, 1])));
      expect(await feedOf(author, linkBookSelf)).toMatchObject({ head: 2 });
      await book.begin(new Map([[author, 2]]));
      expect(await feedOf(author, linkBookSelf)).toBeUndefined();
      expect(await feedOf(other, linkBookSelf)).toMatchObject({ head: 2 });
      expect(await book.forwarded(onWay, 0, 9)).toEqual([]);
      expect(await book.received(author, 1, 9)).toEqual(new Map());
      expect(await book.waitingFor(waiting.missing)).toMatchObject([{ hash: waiting.hash }]);
      await expect(book.begin(new Map([[author, 1]]))).rejects.toThrow('over');

      const third = hash();
      const again = [
        { number: 1, hash: first, seq: 0, epoch: 1 },
        { number: 2, hash: third, seq: 0, epoch: 2 },
      ];
      await book.receive({
        ...page,
        feed: { author, destination: linkBookSelf },
        received: again,
        held: [held(author, 2)],
      });
      const leavesOf = async (epoch: number) =>
        (await book.receivedFrom(author, epoch, 0, 9)).map(({ seq, hash }) => ({ seq, hash }));
      expect(await leavesOf(1)).toEqual(received.map(({ seq, hash }) => ({ seq, hash })));
      expect(await leavesOf(2)).toEqual([{ seq: 0, hash: third }]);
      expect((await book.leavesOf(author, [second])).get(second)).toBe(1);
      expect(await book.heldCounts()).toContainEqual({ author, waiting: 2, parked: 0 });

      const former = heldNumber({ number: 2, epoch: 1 });
      expect(await book.heldAt(author, former)).toMatchObject({ number: former, hash: waiting.hash });
      await book.release(author, former);
      expect(await book.heldAt(author, former)).toBeUndefined();
      expect(await book.heldAt(author, 2)).toMatchObject({ number: 2 });
    });

    it('advances a feed to this tier together with what was held, and only from where it stood', async () => {
      const author = freshTier();
      const feed = { author, destination: linkBookSelf };
      const [waiting, parked] = [
        held(author, 2),
        held(author, 3, { state: 'parked', reason: 'wrong-height' }),
      ];
      const received = [1, 2, 3].map((number) => ({ number, hash: hash(), seq: 10 - number }));
      const incident = { code: 'self-fork', peer: author, detail: 'd', at: '2026-03-02T01:00:00.000Z' };
      const reception = {
        feed,
        after: 0,
        through: 3,
        digest: digest('3'),
        received,
        held: [waiting, parked],
      };
      await book.receive({ ...reception, incidents: [incident] });

      expect(await feedOf(author, linkBookSelf)).toMatchObject({ head: 3, digest: digest('3') });
      expect(await book.received(author, 2, 3)).toEqual(
        new Map(received.slice(1).map(({ number, hash }) => [number, hash])),
      );
      const [first, second, third] = received;
      expect(await book.receivedFrom(author, 1, 8, 9)).toEqual([second, first]);
      expect(await book.receivedFrom(author, 1, 0, 1)).toEqual([third]);
      expect(await book.receivedFrom(freshTier(), 1, 0, 9)).toEqual([]);
      const asked = [...received.toReversed().map(({ hash }) => hash), hash()];
      expect(await book.leavesOf(author, asked)).toEqual(
        new Map(received.map(({ hash, seq }) => [hash, seq])),
      );
      expect(await book.leavesOf(freshTier(), asked)).toEqual(new Map());
      expect(await book.heldAt(author, 2)).toEqual(waiting);
      expect((await book.heldCounts()).find((count) => count.author === author)).toEqual({
        author,
        waiting: 1,
        parked: 1,
      });
      expect((await book.incidents(1))[0]).toMatchObject(incident);

      await expect(book.receive({ ...reception, incidents: [] })).rejects.toThrow(/moved on/);
      const ahead = {
        ...reception,
        after: 5,
        through: 6,
        received: [{ number: 6, hash: hash(), seq: 6 }],
        held: [],
      };
      await expect(book.receive({ ...ahead, incidents: [] })).rejects.toThrow(/moved on/);
      expect(await feedOf(author, linkBookSelf)).toMatchObject({ head: 3 });
      expect(await book.received(author, 4, 9)).toEqual(new Map());
    });

    it('finds what waits for an event, changes its state, and lets it go', async () => {
      const author = freshTier();
      const entries = [held(author, 1), held(author, 2, { since: '2026-03-01T00:00:00.000Z' })];
      for (const each of entries) await book.hold(each);
      const [first, second] = entries as [HeldEntry, HeldEntry];
      const missing = entries.flatMap((each) => each.missing);

      expect(await book.waitingFor([...missing, hash()])).toEqual([second, first]);
      expect(await book.waitingFor([hash()])).toEqual([]);
      await book.hold({ ...first, state: 'parked', reason: 'hidden-predecessor', missing: [], attempts: 2 });
      expect(await book.waitingFor(missing)).toEqual([second]);
      expect((await book.held('parked', 100)).find((each) => each.author === author)).toMatchObject({
        number: 1,
        reason: 'hidden-predecessor',
        attempts: 2,
        bytes: first.bytes,
      });
      await book.release(author, 1);
      await book.release(author, 2);
      expect(await book.heldAt(author, 1)).toBeUndefined();
      expect(await book.waitingFor(missing)).toEqual([]);
    });

    it('gives what is held in pages, the oldest first, whoever said it', async () => {
      const authors = [freshTier(), freshTier()].toSorted() as [TierCode, TierCode];
      const [early, late] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
      const wanted = [
        held(authors[0], 1, { state: 'parked', since: early }),
        held(authors[0], 2, { state: 'parked', since: early }),
        held(authors[1], 1, { state: 'parked', since: early }),
        held(authors[0], 3, { state: 'parked', since: late }),
      ];
      for (const each of [...wanted.toReversed(), held(authors[0], 4, { since: early })])
        await book.hold(each);
      const paged: HeldEntry[] = [];
      for (let full = true; full;) {
        const page = await book.held('parked', 2, paged.at(-1));
        paged.push(...page);
        full = page.length === 2;
      }
      const ours = paged.filter(({ author }) => authors.includes(author));
      expect(ours.map(({ author, number }) => [author, number])).toEqual(
        wanted.map(({ author, number }) => [author, number]),
      );
    });

    it('keeps incidents with their evidence, newest first', async () => {
      const feed = { author: freshTier(), destination: linkBookSelf };
      const evidence = { number: 7, hash: hash(), bytes: new Uint8Array(randomBytes(40)) };
      const base = { peer: feed.author, detail: 'd', at: '2026-03-02T01:00:00.000Z' };
      await book.report({ code: 'seal-forged', feed, ...evidence, ...base });
      await book.report({ code: 'heartbeat-forged', ...base });
      const [latest, before] = await book.incidents(2);
      expect(latest).toMatchObject({ code: 'heartbeat-forged' });
      expect(before).toEqual({ code: 'seal-forged', feed, ...evidence, ...base });
    });

    it('keeps a link stopped until it is resumed', async () => {
      const peer = freshTier();
      const stop = { peer, code: 'seal-forged', detail: 'd', at: '2026-03-02T01:00:00.000Z' };
      await book.stopLink(stop);
      await book.stopLink({ ...stop, detail: 'again' });
      expect(await book.stoppedLinks()).toEqual([{ ...stop, detail: 'again' }]);
      await book.resumeLink(peer);
      expect(await book.stoppedLinks()).toEqual([]);
    });

    it('gives every entry on its way its own seal and its own head, wherever a page of them begins', async () => {
      const feed = { author: freshTier(), destination: freshTier() };
      const [one, other] = [seal(hash(), hash(), hash()), seal(hash(), hash())];
      const [early, late] = [new Uint8Array(randomBytes(200)), new Uint8Array(randomBytes(200))];
      const proven = (number: number, of: CommitSeal, head: Uint8Array): LinkEntry => ({
        ...entry(number, of),
        proof: { head, path: [bytes32(), bytes32()] },
      });
      const entries = [
        ...[proven(1, one, early), proven(2, other, early), proven(3, one, late)],
        ...[entry(4, other), proven(5, one, late)],
      ];
      await book.forward(feed, entries);
      for (const after of [0, 1, 2, 3, 4])
        for (const limit of [1, 3, 9])
          expect(await book.forwarded(feed, after, limit)).toEqual(entries.slice(after, after + limit));
      await book.acknowledge(feed, 2);
      expect(await book.forwarded(feed, 2, 9)).toEqual(entries.slice(2));
    });

    it('lets two feeds under one seal come and go side by side', async () => {
      const shared = seal(hash());
      const feeds = Array.from({ length: 2 }, () => ({ author: freshTier(), destination: freshTier() }));
      await Promise.all(
        feeds.map(async (feed) => {
          for (let number = 1; number <= 80; number++) {
            await book.forward(feed, [entry(number, shared)]);
            await book.acknowledge(feed, number);
          }
        }),
      );
      for (const feed of feeds)
        expect(await feedOf(feed.author, feed.destination)).toMatchObject({ head: 80, acked: 80 });
    });
  });
};
