import { memoryLedgerBook } from '@liandong/adapters/memory';
import type { Sealer } from '@liandong/application';
import { type Author, sourceOf, type TierCode } from '@liandong/kernel';
import { expect, it } from '@jest/globals';
import { newStream, testEvents } from './events.ts';
import type { OpenStore } from './event-store.contract.ts';
import { testSealer } from './seals.ts';
import { eventually, startKeeper, testLogKey } from './test-ledger.ts';

/** A tier that nothing else in the store is of, whose supervision writes. */
const self: Author = { network: 'test.example', tier: '431099' as TierCode, epoch: 0 };
const source = sourceOf(self);

/**
 * Whatever a service puts into a store, under its own key and with its seal in order: what
 * is not its business is not sealed, so it never leaves the tier. Holds on every engine,
 * also where the database itself keeps nobody out.
 */
export const foreignContextContract = (name: string, open: OpenStore): void => {
  it(`seals nothing but cards, calendars and assessments under the key of supervision, from ${name}`, async () => {
    const service = testSealer('supervision', source);
    const { store, close } = await open(service.seal satisfies Sealer);
    try {
      const record = async (type: string) => {
        const stream = newStream();
        const done = await store.append(stream, 0, testEvents(1, { stream, source, type }));
        const [recorded] = done.ok ? done.value : [];
        if (recorded === undefined) throw new Error(`${type} was not recorded`);
        return recorded;
      };
      const book = memoryLedgerBook();
      const { logKey, sign } = testLogKey(`${self.network}/${self.tier}/${self.epoch}`);
      const first = await record('liandong.card.raised.v1');
      const foreign = [
        await record('liandong.case.accepted.v1'),
        await record('liandong.item.published.v1'),
        await record('liandong.ledger.anchored.v1'),
      ];
      const last = await record('liandong.calendar.yearPublished.v1');
      const deps = { self, store, book, acquireLease: book.acquireLease, verifySeal: service.verify };
      const keeper = await startKeeper({ ...deps, logKey, sign });
      await eventually(async () => (await book.entryOf(last.hash)) !== undefined);
      await keeper.stop();
      expect(await book.entryOf(first.hash)).toBeDefined();
      expect((await book.head())?.size).toBe(2);
      for (const { hash } of foreign) expect(await book.entryOf(hash)).toBeUndefined();
      const refused = (await book.unsealed(10)).map(({ hash, reason }) => `${hash} ${reason}`);
      expect(refused.toSorted()).toEqual(
        foreign.map(({ hash }) => `${hash} service-not-entitled`).toSorted(),
      );
    } finally {
      await close();
    }
  });
};
