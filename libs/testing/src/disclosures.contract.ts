import { newSalt, sha256 } from '@liandong/adapters/crypto';
import type { Disclosures, EventStore, Recorded, Sealer } from '@liandong/application';
import { erasedType } from '@liandong/domain/privacy';
import {
  type Disclosure,
  type Personal,
  type Source,
  sourceOf,
  type TierCode,
  toHex,
  utf8,
  withhold,
} from '@liandong/kernel';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newStream, testEvent, testSource } from './events.ts';
import { testSealer } from './seals.ts';

export type OpenDisclosures = (seal: Sealer) => Promise<{
  readonly store: EventStore;
  /** Of the service that erases. */
  readonly erasing: Disclosures;
  /** Of the service that takes in what other tiers deliver; another process where there are two. */
  readonly receiving: Disclosures;
  readonly close: () => Promise<void>;
}>;

/** Every promise of the port `Disclosures`. */
export const disclosuresContract = (name: string, open: OpenDisclosures): void => {
  describe(`disclosures in ${name}`, () => {
    let store: EventStore;
    let erasing: Disclosures;
    let receiving: Disclosures;
    let close = async () => {};

    beforeAll(async () => ({ store, erasing, receiving, close } = await open(testSealer().seal)));
    afterAll(() => close());

    const withheld = (personal: Readonly<Record<string, Personal>>) =>
      withhold(sha256, newSalt, {}, personal);
    const digestsOf = (disclosures: readonly Disclosure[]) => disclosures.map(({ digest }) => digest).sort();

    const recorded = async (event: Parameters<typeof testEvent>[0]): Promise<Recorded> => {
      const appended = await store.append(event.stream, 0, [testEvent(event)]);
      const [first] = appended.ok ? appended.value : [];
      if (first === undefined) throw new Error('the store was to take the event');
      return first;
    };
    const erasureOf = (digests: readonly string[]) =>
      recorded({ stream: newStream(), type: erasedType, data: { digests } });
    const erased = async (disclosures: readonly Disclosure[]) => {
      const digests = digestsOf(disclosures);
      await erasing.erase(digests, await erasureOf(digests));
    };

    it('are held once they were delivered, in whatever form they are, and may be delivered again', async () => {
      const { disclosures } = withheld({ name: '李雷 "\\\n\u{20000}', list: ['a', 7, true], note: '' });
      expect(await receiving.hold(disclosures)).toEqual({ tombstoned: [] });
      expect(await receiving.hold(disclosures)).toEqual({ tombstoned: [] });
      expect(byDigest(await erasing.held([...digestsOf(disclosures), 'x']))).toEqual(byDigest(disclosures));
      expect(byDigest(await store.disclosures(digestsOf(disclosures)))).toEqual(byDigest(disclosures));
      expect(await receiving.hold([])).toEqual({ tombstoned: [] });
      expect(await receiving.held([])).toEqual([]);
    });

    it('are gone once they are erased, all that were named and nothing else', async () => {
      const { data, disclosures } = withheld({ name: '韩梅梅', phone: '13800000000' });
      const other = withheld({ name: '李雷' }).disclosures;
      await recorded({ stream: newStream(), data, disclosures });
      await receiving.hold(other);
      const digests = digestsOf(disclosures);
      await erasing.erase(digests, await erasureOf(digests));
      expect(await store.disclosures(digests)).toEqual([]);
      expect(await receiving.held([...digests, ...digestsOf(other)])).toEqual(other);
      expect(await receiving.tombstoned(['x', ...digests, ...digestsOf(other)])).toEqual(digests);
    });

    it('are erased whatever else the event says: a later build may add to it', async () => {
      const { disclosures } = withheld({ name: '韩梅梅' });
      await receiving.hold(disclosures);
      const digests = digestsOf(disclosures);
      const more = { digests, note: 'a\0b', list: [null, { deep: '"\\' }] };
      const by = await recorded({ stream: newStream(), type: erasedType, data: more });
      await erasing.erase(digests, by);
      expect(await receiving.held(digests)).toEqual([]);
    });

    it('stay out: whoever delivers them again is told which, and the others are held', async () => {
      const { disclosures } = withheld({ name: '韩梅梅' });
      const fresh = withheld({ name: '李雷' }).disclosures;
      await receiving.hold(disclosures);
      await erased(disclosures);
      expect(await receiving.hold([...disclosures, ...fresh])).toEqual({
        tombstoned: digestsOf(disclosures),
      });
      expect(await receiving.held(digestsOf([...disclosures, ...fresh]))).toEqual(fresh);
    });

    it('stay out if they come after their erasure for the first time, delivered or with their event', async () => {
      const { data, disclosures } = withheld({ name: '韩梅梅' });
      await erased(disclosures);
      await recorded({ stream: newStream(), data, disclosures });
      expect(await receiving.hold(disclosures)).toEqual({ tombstoned: digestsOf(disclosures) });
      expect(await store.disclosures(digestsOf(disclosures))).toEqual([]);
    });

    it('leave a tombstone that recognises a copy by its salt, and says nothing of what they held', async () => {
      const [held, never] = [
        withheld({ name: '韩梅梅' }).disclosures,
        withheld({ name: '李雷' }).disclosures,
      ];
      await receiving.hold(held);
      await erased([...held, ...never]);
      const digests = digestsOf([...held, ...never]);
      const found = (await erasing.tombstones()).filter(({ digest }) => digests.includes(digest));
      const salt = toHex(sha256(utf8(held[0]?.salt ?? '')));
      expect(found.toSorted((a, b) => (a.salt === undefined ? 1 : b.salt === undefined ? -1 : 0))).toEqual([
        { digest: held[0]?.digest, salt },
        { digest: never[0]?.digest },
      ]);
    });

    it('may be erased again, by the same event or another', async () => {
      const { disclosures } = withheld({ name: '韩梅梅' });
      await receiving.hold(disclosures);
      const digests = digestsOf(disclosures);
      const by = await erasureOf(digests);
      await erasing.erase(digests, by);
      await erasing.erase(digests, by);
      await erased(disclosures);
      expect(await receiving.tombstoned(digests)).toEqual(digests);
    });

    it('are not erased but by an event on record that names every one of them', async () => {
      const { disclosures } = withheld({ name: '韩梅梅', phone: '13800000000' });
      await receiving.hold(disclosures);
      const digests = digestsOf(disclosures);
      const half = await erasureOf(digests.slice(0, 1));
      const noErasure = await recorded({ stream: newStream(), data: { digests } });
      const unwritten = { ...half, id: 'none', position: 999_999_999n as Recorded['position'] };
      for (const by of [half, noErasure, unwritten])
        await expect(erasing.erase(digests, by)).rejects.toThrow();
      expect(await receiving.tombstoned(digests)).toEqual([]);
      expect(await receiving.held(digests)).toHaveLength(2);
    });

    it('are this tier’s own where they came with its event: no erasure of another tier touches them', async () => {
      const [own, theirs] = [withheld({ name: '韩梅梅' }), withheld({ name: '李雷' }).disclosures];
      await recorded({ stream: newStream(), ...own });
      await receiving.hold(theirs);
      const digests = digestsOf([...own.disclosures, ...theirs]);
      const erasureBy = async (source: Source) => {
        const event = { stream: newStream(), source, type: erasedType, data: { digests } };
        const { hash, envelope } = testEvent(event);
        const seal = testSealer('approval', source).seal([hash]);
        return recorded({ ...event, id: envelope.id, seal });
      };
      const other = sourceOf({ network: 'test.example', tier: '431021' as TierCode, epoch: 0 });
      await erasing.erase(digests, await erasureBy(other));
      expect(await receiving.held(digests)).toEqual(own.disclosures);
      expect(await receiving.tombstoned(digests)).toEqual(digestsOf(theirs));
      // An erasure of its own that comes back from others, as after a restore, is its own.
      await erasing.erase(digests, await erasureBy(testSource));
      expect(await receiving.held(digests)).toEqual([]);
    });

    it('end erased whichever of erasing and delivering is first', async () => {
      const all = Array.from({ length: 12 }, (_, n) => withheld({ n }).disclosures);
      await Promise.all(all.flatMap((disclosures) => [erased(disclosures), receiving.hold(disclosures)]));
      expect(await receiving.held(digestsOf(all.flat()))).toEqual([]);
    });
  });
};

const byDigest = (disclosures: readonly Disclosure[]) =>
  Object.fromEntries(disclosures.map((disclosure) => [disclosure.digest, disclosure]));
