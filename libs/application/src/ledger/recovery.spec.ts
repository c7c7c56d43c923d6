import { beforeEach, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { type Author, authorOf, type EventHash, sourceOf } from '@liandong/kernel';
import { newStream, startKeeper, testEvents, testLogKey, testSealer, testSource } from '@liandong/testing';
import { grownTo } from '@liandong/testing';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { EndedLedgers } from './judge-events.ts';
import { originOf } from './open-epoch.ts';
import { rebuildLedger } from './rebuild-ledger.ts';
import { recovery } from './recovery.ts';
import type { ReturnedEvent } from './returned.ts';

const self = authorOf(testSource)!;
const { logKey, sign } = testLogKey(originOf(self));
const { seal, verify } = testSealer();

const record = async (store: EventStore, events: ReturnType<typeof testEvents>): Promise<void> => {
  const [first] = events;
  const stream = first!.envelope.subject;
  const done = await store.append(stream, (await store.read(stream)).length, events);
  if (!done.ok) throw new Error(done.refusal.code);
};

/** Everything that was written, what stood in the store when the backup was made, and what was lost with the rest. */
const kept = 4;
const whole = 9;

/** A store in which two streams were written by turns. */
const written = async (): Promise<EventStore> => {
  const store = memoryEventStore({ seal });
  const [one, two] = [newStream(), newStream()].map((stream) => testEvents(whole, { stream }));
  for (let n = 0; n < whole; n++)
    await record(store, [n % 3 === 0 ? one![n / 3]! : two![n - Math.ceil(n / 3)]!]);
  return store;
};

const given = async ({ of = self, ended }: { readonly of?: Author; readonly ended?: EndedLedgers } = {}) => {
  const before = await written();
  const all = await before.readAll(0n as never, 100);
  const seals = await before.seals(all);
  const returned = all.map(({ bytes }, seq): ReturnedEvent => ({ seq, bytes, seal: seals[seq]! }));
  const judging = { source: sourceOf(of), ended, sha256, verifySeal: verify };
  const { root } = await rebuildLedger({ ...judging, store: before });

  const store = memoryEventStore({ seal });
  const restore = async (events: readonly Recorded[]) => {
    for (const { stream, bytes, hash, source, id, type } of events) {
      const envelope = { source, id, type, subject: stream } as never;
      const revision = (await store.read(stream)).length;
      const sealed = returned.find((each) => each.bytes === bytes)!.seal;
      await store.append(stream, revision, [{ envelope, bytes, hash, seal: sealed }]);
    }
  };
  await restore(all.slice(0, kept));
  const book = memoryLedgerBook();
  let answers: readonly number[] = [whole, 0, whole];
  let shown = [{ size: whole, root }];
  const largestKnown = async () => ({ answers, of: 4, shown });
  const recovering = recovery({
    ...{ self: of, ended, store, book, sha256, largestKnown, quorum: 3 },
    keys: async () => ({ verifySeal: verify, sealed: () => undefined }),
  });
  const keeper = () =>
    startKeeper(
      { self, store, book, acquireLease: book.acquireLease, verifySeal: verify, logKey, sign },
      { largestKnown, quorum: 3 },
    );
  return {
    ...{ all, returned, root, store, book, recovering, keeper },
    witnesses: (say: readonly number[], show: typeof shown) => {
      answers = say;
      shown = show;
    },
    stored: async () => (await store.readAll(0n as never, 100)).map(({ hash }) => hash),
  };
};

describe('a store that came back shorter than its ledger', () => {
  let tier: Awaited<ReturnType<typeof given>>;
  const recovered = async (events: readonly ReturnedEvent[]) => {
    tier.recovering.offer(events);
    return tier.recovering.recover();
  };
  const refused = async (events: readonly ReturnedEvent[], refusal: object) => {
    const before = await tier.stored();
    expect(await recovered(events)).toEqual({ ok: false, refusal });
    expect(await tier.stored()).toEqual(before);
  };
  beforeEach(async () => {
    tier = await given();
  });

  it('gets its events back from others, each where it stood, and its ledger goes on', async () => {
    const keeper = await tier.keeper();
    expect(await keeper.alarmed()).toMatchObject({ code: 'behind' });
    // Two neighbours gave back what they had, in no order and partly the same.
    const [some, more] = [tier.returned.slice(2, 7), tier.returned.slice(5)];
    tier.recovering.offer(more.toReversed());
    expect(await recovered(some)).toEqual({ ok: true, value: whole - kept });
    expect(await tier.stored()).toEqual(tier.all.map(({ hash }) => hash));
    await grownTo(tier.book, whole);
    await keeper.stop();
    expect((await tier.book.head())?.root).toEqual(tier.root);
  });

  it('gets back, too, what its ledger had taken in of an epoch before', async () => {
    const ended = { sources: [testSource], sealed: { sealedAmong: async () => new Set<EventHash>() } };
    tier = await given({ of: { ...self, epoch: self.epoch + 1 }, ended });
    expect(await recovered(tier.returned)).toEqual({ ok: true, value: whole - kept });
    expect(await tier.stored()).toEqual(tier.all.map(({ hash }) => hash));
  });

  it('gets them back when the keeper had already sealed what is left', async () => {
    tier.witnesses([0, 0], []);
    const before = await tier.keeper();
    await grownTo(tier.book, kept);
    await before.stop();
    tier.witnesses([whole, whole], [{ size: whole, root: tier.root }]);
    expect(await recovered(tier.returned.slice(kept))).toEqual({ ok: true, value: whole - kept });
    expect(await tier.stored()).toEqual(tier.all.map(({ hash }) => hash));
  });

  it('writes nothing as long as one event is missing, and says which', async () => {
    const gap = tier.returned.filter(({ seq }) => seq !== 6);
    await refused(gap, { code: 'events-not-returned', missing: 6, stored: kept, known: whole });
    // What was offered before is forgotten.
    await refused(tier.returned.slice(6, 7), {
      ...{ code: 'events-not-returned', missing: kept, stored: kept, known: whole },
    });
  });

  it('takes nothing that is not its own, or not under the seal of a service that may write it', async () => {
    const forged = tier.returned.map((event) =>
      event.seq === 5 ? { ...event, seal: tier.returned[6]!.seal } : event,
    );
    await refused(forged, { code: 'events-not-returned', missing: 5, stored: kept, known: whole });
    const [stranger] = testEvents(1, {
      stream: newStream(),
      source: 'https://test.example/tiers/431021/0' as never,
    });
    const foreign = tier.returned.map((event) =>
      event.seq === 5 ? { ...event, bytes: stranger!.bytes, seal: seal([stranger!.hash]) } : event,
    );
    await refused(foreign, { code: 'events-not-returned', missing: 5, stored: kept, known: whole });
  });

  it('takes nothing that does not give the tree a witness has seen', async () => {
    const swapped = tier.returned.map((event) => ({
      ...event,
      seq: event.seq === 5 ? 6 : event.seq === 6 ? 5 : event.seq,
    }));
    await refused(swapped, { code: 'returned-differ', size: whole });
  });

  it('is not mended once it was written on', async () => {
    const stream = newStream();
    await record(tier.store, testEvents(1, { stream }));
    await refused(tier.returned, { code: 'written-since', seq: kept });
    await record(tier.store, testEvents(6, { stream: newStream() }));
    await refused([], { code: 'written-since', seq: whole - 1 });
  });

  it('asks nobody to believe a size without a head, nor too few witnesses', async () => {
    tier.witnesses([whole, whole], []);
    await refused(tier.returned, { code: 'head-not-shown', known: whole });
    tier.witnesses([whole], [{ size: whole, root: tier.root }]);
    await refused(tier.returned, { code: 'witnesses-silent', answers: 1, needed: 2 });
    tier.witnesses([kept, 0], []);
    await refused(tier.returned, { code: 'nothing-lost', stored: kept });
  });
});
