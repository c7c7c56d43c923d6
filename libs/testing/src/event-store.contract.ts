import { newSalt, sha256 } from '@liandong/adapters/crypto';
import {
  type EventStore,
  type NewEvent,
  type Position,
  type Recorded,
  type Sealer,
  start,
} from '@liandong/application';
import {
  type Disclosure,
  disclosureDigest,
  ownStream,
  sourceOf,
  type StreamName,
  type TierCode,
  withhold,
} from '@liandong/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { newStream, testEvent, testEvents, testSource, testTier } from './events.ts';
import { testSealer } from './seals.ts';

export type OpenStore = (seal: Sealer) => Promise<{
  readonly store: EventStore;
  /** The same events through another door: for a server, a second process's connections. */
  readonly other?: EventStore;
  readonly close: () => Promise<void>;
}>;

const county = sourceOf({ network: 'test.example', tier: '431021' as TierCode, epoch: 0 });

/** Every promise of the port `EventStore`. An adapter is done when this passes. */
export const eventStoreContract = (name: string, open: OpenStore): void => {
  describe(`the event store in ${name}`, () => {
    const service = testSealer();
    let store: EventStore;
    let other: EventStore;
    let close = async () => {};

    beforeAll(async () => {
      const opened = await open(service.seal);
      ({ store, close } = opened);
      other = opened.other ?? store;
    });
    afterAll(() => close());

    const appended = async (stream: StreamName, seen: number, events: readonly NewEvent[], into = store) => {
      const outcome = await into.append(stream, seen, events);
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
      return outcome.value;
    };

    describe('appending', () => {
      it('gives the bytes back identical, whatever they are', async () => {
        const stream = newStream();
        const everyByte = Uint8Array.from({ length: 256 }, (_, n) => n);
        const events = [
          testEvent({ stream, data: { text: '聯動 \u{20BB7} "\\ \u0001', large: '好'.repeat(20_000) } }),
          { ...testEvent({ stream }), bytes: everyByte },
        ];
        await appended(stream, 0, events);
        const bytes = (await other.read(stream)).map((recorded) => [...recorded.bytes]);
        expect(bytes).toEqual(events.map((event) => [...event.bytes]));
      });

      it('returns what a later read returns', async () => {
        const stream = newStream();
        const first = await appended(stream, 0, testEvents(3, { stream }));
        const second = await appended(stream, 3, testEvents(2, { stream }));
        expect([...first, ...second].map(plain)).toEqual((await other.read(stream)).map(plain));
        expect([...first, ...second].map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
      });

      it.each([
        ['stale', 1],
        ['from the future', 3],
      ])('writes nothing when the revision is %s', async (_, seen) => {
        const stream = newStream();
        await appended(stream, 0, testEvents(2, { stream }));
        for (const size of [1, 2])
          expect(await store.append(stream, seen, testEvents(size, { stream }))).toEqual({
            ok: false,
            refusal: { code: 'stream-moved-on', stream, revision: 2 },
          });
        expect(await store.read(stream)).toHaveLength(2);
      });

      it('takes nothing for an answer', async () => {
        expect(await store.append(newStream(), 0, [])).toEqual({ ok: true, value: [] });
      });

      it('refuses alone what does not fit, however many others are written beside it', async () => {
        const taken = newStream();
        await appended(taken, 0, [testEvent({ stream: taken })]);
        const calls = Array.from({ length: 40 }, (_, n) => {
          const stream = n % 4 === 0 ? taken : newStream();
          return store.append(stream, 0, testEvents(2, { stream }));
        });
        const outcomes = await Promise.all(calls);
        expect(outcomes.map(({ ok }) => ok)).toEqual(outcomes.map((_, n) => n % 4 !== 0));
        expect(await store.read(taken)).toHaveLength(1);
      });

      it('lets exactly one of many writers at one revision win, through whichever door', async () => {
        const stream = newStream();
        for (let seen = 0; seen < 5; seen++) {
          const outcomes = await Promise.all(
            Array.from({ length: 30 }, (_, n) =>
              (n % 2 === 0 ? store : other).append(stream, seen, [testEvent({ stream, data: { n } })]),
            ),
          );
          expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
          for (const outcome of outcomes)
            if (!outcome.ok)
              expect(outcome.refusal).toEqual({ code: 'stream-moved-on', stream, revision: seen + 1 });
        }
        expect((await store.read(stream)).map(({ revision }) => revision)).toEqual([1, 2, 3, 4, 5]);
      });
    });

    describe('appending again', () => {
      it('answers with the first records, whatever the revision says', async () => {
        const stream = newStream();
        const events = testEvents(3, { stream });
        const first = await appended(stream, 0, events);
        await appended(stream, 3, [testEvent({ stream })]);
        for (const seen of [0, 3, 4, 9])
          expect((await appended(stream, seen, events, other)).map(plain)).toEqual(first.map(plain));
        for (const seen of [0, 1, 4])
          expect((await appended(stream, seen, events.slice(1, 2))).map(plain)).toEqual(
            first.slice(1, 2).map(plain),
          );
        expect(await store.read(stream)).toHaveLength(4);
      });

      it('stores one copy when the same call is made many times at once', async () => {
        const stream = newStream();
        const events = testEvents(3, { stream });
        const answers = await Promise.all(
          Array.from({ length: 12 }, (_, n) => appended(stream, 0, events, n % 2 === 0 ? store : other)),
        );
        for (const answer of answers) expect(answer.map(plain)).toEqual(answers[0]?.map(plain));
        expect(await store.read(stream)).toHaveLength(3);
      });

      it('refuses other bytes under a stored identity', async () => {
        const stream = newStream();
        const event = testEvent({ stream, data: { n: 1 } });
        const { source, id } = event.envelope;
        await appended(stream, 0, [event]);
        const forged = testEvent({ stream, source, id, data: { n: 2 } });
        for (const seen of [0, 1])
          for (const call of [[forged], [testEvent({ stream }), forged]])
            expect(await store.append(stream, seen, call)).toEqual({
              ok: false,
              refusal: { code: 'identity-taken', source, id, storedHash: event.hash },
            });
        expect(await store.read(stream)).toHaveLength(1);
      });

      it('refuses a call of which only a part is stored, and names that part', async () => {
        const stream = newStream();
        const [first, second, third] = testEvents(3, { stream }) as [NewEvent, NewEvent, NewEvent];
        await appended(stream, 0, [first, second]);
        const { source, id } = second.envelope;
        for (const seen of [0, 1, 2])
          expect(await store.append(stream, seen, [second, third])).toEqual({
            ok: false,
            refusal: { code: 'identity-taken', source, id, storedHash: second.hash },
          });
        expect(await store.read(stream)).toHaveLength(2);
      });

      it('tells the same id of two authors apart', async () => {
        const stream = newStream();
        const own = testEvent({ stream });
        await appended(stream, 0, [own]);
        const seal = testSealer('approval', county).seal;
        const foreign = testEvent({ stream, source: county, id: own.envelope.id });
        await appended(stream, 1, [{ ...foreign, seal: seal([foreign.hash]) }]);
        expect((await other.find(county, own.envelope.id))?.hash).toBe(foreign.hash);
        expect((await other.find(testSource, own.envelope.id))?.hash).toBe(own.hash);
      });

      it('refuses a call that holds one identity twice, as a mistake of the caller', async () => {
        const stream = newStream();
        const event = testEvent({ stream });
        await expect(store.append(stream, 0, [event, event])).rejects.toThrow(RangeError);
        expect(await store.read(stream)).toEqual([]);
      });
    });

    describe('reading', () => {
      it('finds nothing where nothing is', async () => {
        expect(await store.read(newStream())).toEqual([]);
        expect(await store.find(testSource, 'nobody')).toBeUndefined();
        expect(
          await store.find(sourceOf({ network: 'elsewhere', tier: '431099' as TierCode, epoch: 0 }), 'x'),
        ).toBeUndefined();
        expect(await store.readAll(4_000_000_000_000_000_000n as Position, 10)).toEqual([]);
        expect(await store.seals([])).toEqual([]);
        expect(await store.disclosures([])).toEqual([]);
        expect(await store.disclosures(['nothing'])).toEqual([]);
      });

      it('continues a stream after a revision', async () => {
        const stream = newStream();
        await appended(stream, 0, testEvents(4, { stream }));
        expect((await store.read(stream, 2)).map(({ revision }) => revision)).toEqual([3, 4]);
        expect(await store.read(stream, 4)).toEqual([]);
      });

      it('reads everything in pages, in one order, without a gap', async () => {
        await appended(newStream(), 0, testEvents(5, { stream: newStream() }));
        const whole = await store.readAll(start, 1_000_000);
        const paged: Recorded[] = [];
        for (let page = await other.readAll(start, 7); page.length > 0;) {
          expect(page.length).toBeLessThanOrEqual(7);
          paged.push(...page);
          page = await other.readAll(page.at(-1)?.position ?? start, 7);
        }
        expect(paged.map(plain)).toEqual(whole.map(plain));
        expect(
          whole.every(({ position }, n) => n === 0 || position > (whole[n - 1]?.position ?? start)),
        ).toBe(true);
      });

      it('reads the streams of some kinds only, and says how far it looked', async () => {
        const before = (await store.readAll(start, 1_000_000)).at(-1)?.position ?? start;
        const streams = ['tier', 'tiered', 'case', 'department', 'card', 'department'].map((kind) =>
          ownStream(kind, testTier, randomUUID().replaceAll('-', '')),
        );
        for (const stream of streams) await appended(stream, 0, testEvents(2, { stream }));
        const written = await store.readAll(before, 100);
        const kinds = ['tier', 'department'];
        const wanted = written.filter(({ stream }) => [0, 3, 5].some((n) => streams[n] === stream));

        const whole = await other.readKinds(before, 100, kinds);
        expect(whole.events.map(plain)).toEqual(wanted.map(plain));
        expect(whole.through).toBe(written.at(-1)?.position);
        expect(await other.readKinds(whole.through, 100, kinds)).toEqual({
          events: [],
          through: whole.through,
        });
        const page = await other.readKinds(before, 3, kinds);
        expect(page.events.map(plain)).toEqual(wanted.slice(0, 3).map(plain));
        expect(page.through).toBe(wanted[2]?.position);

        const bulky = (await other.readKinds(before, 100, ['card', 'case'])).events;
        expect(bulky.map(({ stream }) => stream)).toEqual([2, 2, 4, 4].map((n) => streams[n]));
        const next = ownStream('department', testTier, randomUUID().replaceAll('-', ''));
        const [recorded] = await appended(next, 0, testEvents(1, { stream: next }));
        const later = await other.readKinds(whole.through, 100, kinds);
        expect(later.events.map(({ hash }) => hash)).toEqual([recorded?.hash]);
      });

      it('reads on from just before an event, whose position somebody else noted', async () => {
        const stream = newStream();
        const records = await appended(stream, 0, testEvents(3, { stream }));
        for (const { position, hash } of records) {
          const [first] = await other.readAll((position - 1n) as Position, 1);
          expect(first?.hash).toBe(hash);
        }
      });

      it('never shows a reader an event behind its position', async () => {
        // Long and short appends overlap, so a store that numbers events before they commit is caught.
        const sizes = Array.from({ length: 60 }, (_, n) => (n % 5 === 0 ? 400 : 1));
        let position = (await store.readAll(start, 1_000_000)).at(-1)?.position ?? start;
        const seen: Recorded[] = [];
        let looked = position;
        const ofKind: Recorded[] = [];
        const readOn = async () => {
          const page = await other.readKinds(looked, 1_000, ['item']);
          for (const recorded of page.events) expect(recorded.position > looked).toBe(true);
          ofKind.push(...page.events);
          looked = page.through;
          for (const recorded of await other.readAll(position, 1_000)) {
            expect(recorded.position > position).toBe(true);
            position = recorded.position;
            seen.push(recorded);
          }
        };

        let writing = true;
        const written = Promise.all(
          sizes.map((size, n) => {
            const stream = newStream();
            return appended(stream, 0, testEvents(size, { stream }), n % 2 === 0 ? store : other);
          }),
        ).finally(() => (writing = false));
        while (writing) {
          await readOn();
          await new Promise(setImmediate);
        }
        const records = (await written).flat();
        while (seen.length < records.length) {
          const before = seen.length;
          await readOn();
          if (seen.length === before) break;
        }
        const inOrder = records.toSorted((a, b) => (a.position < b.position ? -1 : 1));
        expect(seen.map(({ hash }) => hash)).toEqual(inOrder.map(({ hash }) => hash));
        await readOn();
        expect(ofKind.map(({ hash }) => hash)).toEqual(inOrder.map(({ hash }) => hash));
      });
    });

    describe('following', () => {
      it('shows every event once, in order, from any position, to the end of a signal', async () => {
        const before = (await appended(newStream(), 0, [testEvent({ stream: newStream() })])).at(-1);
        const from = before?.position ?? start;
        const expected = 90;
        const watch = new AbortController();
        const follower = (async () => {
          const seen: Recorded[] = [];
          for await (const page of other.follow(from, { limit: 8, signal: watch.signal })) {
            expect(page.length).toBeGreaterThan(0);
            expect(page.length).toBeLessThanOrEqual(8);
            seen.push(...page);
            if (seen.length >= expected) watch.abort();
          }
          return seen;
        })();
        for (let n = 0; n < 10; n++)
          await Promise.all(
            [4, 4, 1].map((size) => {
              const stream = newStream();
              return appended(stream, 0, testEvents(size, { stream }));
            }),
          );
        const seen = await follower;
        expect(seen.map(plain)).toEqual((await store.readAll(from, 1_000)).map(plain));

        const middle = seen[40]?.position ?? start;
        const again = new AbortController();
        for await (const page of store.follow(middle, { limit: 1_000, signal: again.signal })) {
          expect(page.map(plain)).toEqual(seen.slice(41).map(plain));
          again.abort();
        }
      });

      it('ends while it waits, and at once when the signal came first', async () => {
        const end = (await store.readAll(start, 1_000_000)).at(-1)?.position ?? start;
        const watch = new AbortController();
        const pages = store.follow(end, { limit: 10, signal: watch.signal })[Symbol.asyncIterator]();
        const next = pages.next();
        watch.abort();
        expect((await next).done).toBe(true);
        const late = store.follow(start, { limit: 10, signal: AbortSignal.abort() })[Symbol.asyncIterator]();
        expect((await late.next()).done).toBe(true);
      });
    });

    describe('seals', () => {
      it('signs own events as they commit: each under a seal that names exactly what was written', async () => {
        const records = (
          await Promise.all(
            Array.from({ length: 20 }, (_, n) => {
              const stream = newStream();
              return appended(stream, 0, testEvents(1 + (n % 3), { stream }));
            }),
          )
        ).flat();
        const seals = await other.seals(records);
        expect(seals).toHaveLength(records.length);
        const written = new Set((await store.readAll(start, 1_000_000)).map(({ hash }) => hash));
        for (const [n, seal] of seals.entries()) {
          if (seal === undefined) throw new Error('an own event has no seal');
          expect(seal.service).toBe('approval');
          expect(service.verify(testSource, seal)).toBe(true);
          expect(seal.leaves.filter((leaf) => leaf === records[n]?.hash)).toHaveLength(1);
          expect(seal.leaves.every((leaf) => written.has(leaf))).toBe(true);
        }
      });

      it("keeps the author's seal of a foreign event, beside own events too", async () => {
        const author = testSealer('supervision', county);
        const stream = newStream();
        const foreign = testEvents(3, { stream, source: county });
        const own = testEvent({ stream });
        const whole = author.seal(foreign.map(({ hash }) => hash));
        const received = foreign.map((event) => ({ ...event, seal: whole }));
        const records = await appended(stream, 0, [...received.slice(0, 2), own]);
        const later = await appended(stream, 3, received.slice(2));

        const [first, second, mine, third] = await other.seals([...records, ...later]);
        for (const seal of [first, second, third]) {
          expect(seal && plainSeal(seal)).toEqual(plainSeal(whole));
          expect(seal && author.verify(county, seal)).toBe(true);
        }
        expect(mine && service.verify(testSource, mine)).toBe(true);
        expect(mine?.leaves).toEqual([own.hash]);
      });

      it('never takes the seal of one event for that of another', async () => {
        const stream = newStream();
        const [a, b] = testEvents(2, { stream, source: county }) as [NewEvent, NewEvent];
        const author = testSealer('approval', county);
        const [sealOfA, sealOfB] = [author.seal([a.hash]), author.seal([b.hash])];
        const records = await appended(stream, 0, [
          { ...a, seal: sealOfA },
          { ...b, seal: sealOfB },
        ]);
        const seals = await other.seals(records.toReversed());
        expect(seals.map((seal) => seal && plainSeal(seal))).toEqual([sealOfB, sealOfA].map(plainSeal));
      });
    });

    describe('disclosures', () => {
      const withheld = (personal: Record<string, Disclosure['value']>) =>
        withhold(sha256, newSalt, { n: 1 }, personal);

      it('come back by digest as they were given, and stand nowhere in the bytes', async () => {
        const stream = newStream();
        const { data, disclosures } = withheld({
          name: '李"雷\\ \u0000 \u{20BB7}',
          age: 41,
          rate: 0.1,
          consent: true,
          phones: ['138', ['139', 1]],
        });
        await appended(stream, 0, [testEvent({ stream, data, disclosures })]);
        const digests = disclosures.map(({ digest }) => digest);
        const held = await other.disclosures([...digests, 'absent', ...digests]);
        expect(byDigest(held)).toEqual(byDigest(disclosures));
        for (const disclosure of held) expect(disclosureDigest(sha256, disclosure)).toBe(disclosure.digest);
        const text = (await other.read(stream)).map(({ bytes }) => Buffer.from(bytes).toString()).join();
        expect(text).not.toContain('李');
      });

      it('are not stored when their event is refused', async () => {
        const stream = newStream();
        const { data, disclosures } = withheld({ name: '韩梅梅' });
        await store.append(stream, 7, [testEvent({ stream, data, disclosures })]);
        expect(await store.disclosures(disclosures.map(({ digest }) => digest))).toEqual([]);
      });
    });
  });
};

const plain = ({ bytes, position, ...rest }: Recorded) => ({
  ...rest,
  position: String(position),
  bytes: Buffer.from(bytes).toString('base64'),
});

const plainSeal = <Seal extends { signature: Uint8Array }>({ signature, ...rest }: Seal) => ({
  ...rest,
  signature: Buffer.from(signature).toString('hex'),
});

const byDigest = (disclosures: readonly Disclosure[]) =>
  Object.fromEntries(disclosures.map((disclosure) => [disclosure.digest, disclosure]));
