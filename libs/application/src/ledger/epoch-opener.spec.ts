import { describe, expect, it } from '@jest/globals';
import { nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { authorOf, ok, toHex } from '@liandong/kernel';
import { anchoredLog, newStream, testEvents, testSealer, testSource } from '@liandong/testing';
import type { EventStore } from '../ports/event-store.ts';
import { epochOpener } from './epoch-opener.ts';
import type { LedgerFact } from './facts.ts';
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
  const book = memoryLedgerBook();
  const lease = await book.acquireLease();
  const log = anchoredLog(author);
  const recorded: LedgerFact[] = [];
  const opener = epochOpener({
    ...{ self: { ...author, epoch: author.epoch + 1 }, store, suite: nodeSuite() },
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
      ...{ author, book, policy: log.policy, quorum: 3 },
      keys: async () => ({ verifySeal: verify, sealed: () => undefined }),
      largestKnown: async () => ({
        ...{ answers, of: 4, shown: [{ size: whole, root }], heads: [{ note: log.sign(whole, root) }] },
      }),
    },
  });
  const end = { size: whole, root: toHex(root), reason: 'r' };
  return { store, book, stream, returned, opener, recorded, open: () => opener.open('o', end) };
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
});
