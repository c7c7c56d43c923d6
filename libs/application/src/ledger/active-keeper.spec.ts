import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLedgerBook } from '@liandong/adapters/memory';
import { authorOf } from '@liandong/kernel';
import {
  eventually,
  grownTo,
  newStream,
  testEvents,
  testLogKey,
  testSealer,
  testSource,
} from '@liandong/testing';
import type { AcquireLedgerLease } from '../ports/ledger-lease.ts';
import { activeKeeper } from './active-keeper.ts';
import { originOf } from './open-epoch.ts';

const self = authorOf(testSource)!;

const open = () => {
  const { seal, verify } = testSealer();
  const store = memoryEventStore({ seal });
  const book = memoryLedgerBook();
  let asked = 0;
  const start = (acquireLease: AcquireLedgerLease = book.acquireLease, witnesses = 0) => {
    const keeper = activeKeeper({
      ...{ self, store, book, acquireLease, sha256, verifySeal: verify },
      ...testLogKey(originOf(self)),
      largestKnown: async () => {
        asked += 1;
        return { answers: [], of: witnesses };
      },
      quorum: witnesses,
      clock: { now: () => new Date('2026-03-02T01:00:00.000Z') },
      wait: () => new Promise((resolve) => setImmediate(resolve)),
      alarm: () => {},
    });
    const over = new AbortController();
    const ended = keeper.run(over.signal);
    ended.catch(() => undefined);
    return { keeper, ended, stop: () => (over.abort(), ended) };
  };
  const record = async () => {
    const stream = newStream();
    await store.append(stream, 0, testEvents(1, { stream }));
  };
  return { book, start, record, asked: () => asked };
};

describe('the one active keeper of a tier', () => {
  it('is followed by the one that stood by', async () => {
    const { book, start, record } = open();
    const first = start();
    await record();
    await grownTo(book, 1);
    const second = start();
    await record();
    await grownTo(book, 2);
    expect([first.keeper.status().state, second.keeper.status().state]).toEqual(['sealing', 'idle']);
    await first.stop();
    await record();
    await grownTo(book, 3);
    expect([first.keeper.status().state, second.keeper.status().state]).toEqual(['idle', 'sealing']);
    await second.stop();
    expect(await book.acquireLease()).toBeDefined();
  });

  it('ends when its lease is lost, gives it back, and asks the witnesses again when it is run again', async () => {
    const { book, start, record, asked } = open();
    const lost = new AbortController();
    const shaky: AcquireLedgerLease = async () => {
      const lease = await book.acquireLease();
      return lease && { ...lease, lost: lost.signal };
    };
    const first = start(shaky);
    await record();
    await grownTo(book, 1);
    lost.abort();
    await expect(first.ended).rejects.toThrow('the lease of the ledger was lost');
    expect(asked()).toBe(1);
    const again = start();
    await record();
    await grownTo(book, 2);
    expect(asked()).toBe(2);
    await again.stop();
  });

  it('signs nothing while it has not passed the guard', async () => {
    const { book, start, record } = open();
    const keeper = start(book.acquireLease, 4);
    await record();
    await eventually(() => keeper.keeper.status().state !== 'idle');
    expect(keeper.keeper.status().state).toBe('unwitnessed');
    await keeper.stop();
    expect(await book.head()).toBeUndefined();
  });
});
