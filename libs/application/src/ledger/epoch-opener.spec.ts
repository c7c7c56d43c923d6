import { describe, expect, it } from '@jest/globals';
import { nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { type Author, authorOf, ok, sourceOf, toHex } from '@liandong/kernel';
import { anchoredLog, newStream, testEvents, testSealer, testSource } from '@liandong/testing';
import type { EventStore } from '../ports/event-store.ts';
import type { SealVerifier } from '../ports/signer.ts';
import { epochOpener } from './epoch-opener.ts';
import type { LedgerFact } from './facts.ts';
import type { EndedLedgers } from './judge-events.ts';
import { rebuildLedger } from './rebuild-ledger.ts';
import type { ReturnedEvent } from './returned.ts';

const author = authorOf(testSource)!;
const { seal, verify } = testSealer();
const whole = 9;
const kept = 4;

const record = async (store: EventStore, events: ReturnType<typeof testEvents>) => {
  const stream = events[0]!.envelope.subject;
  const done = await store.append(stream, (await store.read(stream)).length, events);
  if (!done.ok) throw new Error(done.refusal.code);
};

/** A store that came back with the first `stored` of its events, and witnesses that have seen them all. */
const given = async (stored: number, answers: readonly number[] = [whole, 0]) => {
  const stream = newStream();
  const events = testEvents(whole, { stream });
  const before = memoryEventStore({ seal });
  await record(before, events);
  const all = await before.readAll(0n as never, 100);
  const seals = await before.seals(all);
  const returned = all.map(({ bytes }, seq): ReturnedEvent => ({ seq, bytes, seal: seals[seq]! }));
  const { root } = await rebuildLedger({ store: before, source: testSource, sha256, verifySeal: verify });

  const store = memoryEventStore({ seal });
  if (stored > 0) await record(store, events.slice(0, stored));
  return { ...(await ending({ store, root, answers, verify })), store, stream, returned };
};

type Ending = {
  readonly of?: Author;
  readonly store: EventStore;
  readonly root: Uint8Array;
  readonly answers: readonly number[];
  readonly verify: SealVerifier;
  readonly ended?: EndedLedgers;
};

/** Opens the epoch after `of`, whose book is empty and whose witnesses have seen a head over `whole`. */
const ending = async ({ of = author, store, root, answers, verify, ended }: Ending) => {
  const book = memoryLedgerBook();
  const lease = await book.acquireLease();
  const log = anchoredLog(of);
  const recorded: LedgerFact[] = [];
  const opener = epochOpener({
    ...{ self: { ...of, epoch: of.epoch + 1 }, store, suite: nodeSuite() },
    journal: {
      read: async () => [],
      record: async (_, fact) => {
        recorded.push(fact);
        return ok(undefined);
      },
    },
    fence: () => lease?.fence,
    clock: { now: () => new Date('2026-03-02T01:00:00.000Z') },
    ending: {
      ...{ author: of, book, policy: log.policy, quorum: 3, ended },
      keys: async () => ({ verifySeal: verify, sealed: () => undefined }),
      largestKnown: async () => ({
        ...{ answers, of: 4, shown: [{ size: whole, root }], heads: [{ note: log.sign(whole, root) }] },
      }),
    },
  });
  const end = { size: whole, root: toHex(root), reason: 'r' };
  return { book, opener, recorded, open: () => opener.open('o', end) };
};

/** A tier whose second epoch is lost, with the event of its first that was carried into it. */
const givenTwo = async () => {
  const second = { ...author, epoch: author.epoch + 1 };
  const sealers = [testSealer(), testSealer('approval', sourceOf(second))];
  const signed = (events: ReturnType<typeof testEvents>, by: number) =>
    events.map((event) => ({ ...event, seal: sealers[by]!.seal([event.hash]) }));
  const stream = newStream();
  const early = signed(testEvents(3, { stream }), 0);
  const held = new Set(early.slice(0, 2).map(({ hash }) => hash));
  const ended: EndedLedgers = {
    sources: [testSource],
    sealed: { sealedAmong: async (hashes) => new Set(hashes.filter((hash) => held.has(hash))) },
  };
  const verify: SealVerifier = (source, seal) => sealers.some((each) => each.verify(source, seal));
  const written = (size: number) =>
    signed(testEvents(size, { stream: newStream(), source: sourceOf(second) }), 1);
  const late = written(whole - 1);

  const before = memoryEventStore({ seal });
  await record(before, early);
  await record(before, late);
  const judging = { source: sourceOf(second), ended, sha256, verifySeal: verify };
  const { root, size } = await rebuildLedger({ ...judging, store: before });
  expect(size).toBe(whole);
  const returned = [early[2]!, ...late].map(({ bytes, seal }, seq): ReturnedEvent => ({ seq, bytes, seal }));

  const store = memoryEventStore({ seal });
  await record(store, early.slice(0, 2));
  await record(store, written(1));
  const tier = await ending({ of: second, store, root, answers: [whole, 0], verify, ended });
  return { ...tier, store, stream, returned };
};

describe('a ledger that cannot go on', () => {
  it('is not ended where it can: nothing is lacking, or others gave all of it back', async () => {
    const refusal = { code: 'epoch-can-go-on' };
    expect(await (await given(whole)).open()).toMatchObject({ ok: false, refusal });
    const behind = await given(kept);
    behind.opener.offer(behind.returned.slice(kept));
    expect(await behind.open()).toMatchObject({ ok: false, refusal });
    expect(behind.recorded).toEqual([]);
  });

  it('is not ended while too few witnesses say what they have seen', async () => {
    const tier = await given(kept, [whole]);
    expect(await tier.open()).toMatchObject({ refusal: { code: 'witnesses-silent', answers: 1, needed: 2 } });
  });

  it('says how many leaves are lost where nobody has them any more', async () => {
    const tier = await given(kept);
    tier.opener.offer(tier.returned.slice(kept, kept + 2));
    const value = { epoch: author.epoch + 1, returned: 2, lost: whole, carried: kept + 2 };
    expect(await tier.open()).toEqual({ ok: true, value });
    expect(tier.recorded).toMatchObject([{ data: { previous: { stored: 0, known: whole } } }]);
    expect(await tier.store.read(tier.stream)).toHaveLength(kept + 2);
  });

  it('is not ended over what was written in the place of a cosigned event', async () => {
    const tier = await given(kept);
    const other = testEvents(kept + 1, { stream: tier.stream }).slice(kept);
    await record(tier.store, other);
    tier.opener.offer(tier.returned);
    expect(await tier.open()).toMatchObject({
      refusal: { code: 'written-in-place', stream: tier.stream, sequence: kept + 1, of: 1 },
    });
    expect(tier.recorded).toEqual([]);
    expect(await tier.store.read(tier.stream)).toHaveLength(kept + 1);
  });

  it('ends whole, with what was written since in the next one', async () => {
    const tier = await given(kept);
    await record(tier.store, testEvents(1, { stream: newStream() }));
    tier.opener.offer(tier.returned);
    const value = { epoch: author.epoch + 1, returned: whole - kept, lost: 0, carried: 1 };
    expect(await tier.open()).toEqual({ ok: true, value });
    expect((await tier.book.anchored())?.size).toBe(whole);
  });

  it('ends in its second epoch as in its first, with what had been carried into it', async () => {
    const tier = await givenTwo();
    tier.opener.offer(tier.returned);
    const value = { epoch: author.epoch + 2, returned: whole, lost: 0, carried: 1 };
    expect(await tier.open()).toEqual({ ok: true, value });
    expect((await tier.book.anchored())?.size).toBe(whole);
    expect(await tier.store.read(tier.stream)).toHaveLength(3);
  });
});
