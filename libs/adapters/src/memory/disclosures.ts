import type { Disclosures, EventStore } from '@liandong/application';
import { namesErased } from '@liandong/domain/privacy';
import { decodeEvent, type Disclosure } from '@liandong/kernel';

/** Clear text and tombstones as plain steps, so that a store takes them into one step with its own. */
export const disclosureTable = () => {
  const held = new Map<string, Disclosure>();
  const tombstones = new Set<string>();
  return {
    hold: (disclosures: readonly Disclosure[]) => {
      for (const disclosure of disclosures)
        if (!tombstones.has(disclosure.digest) && !held.has(disclosure.digest))
          held.set(disclosure.digest, disclosure);
    },
    erase: (digests: readonly string[]) => {
      for (const digest of digests) {
        tombstones.add(digest);
        held.delete(digest);
      }
    },
    tombstoned: (digests: readonly string[]) => digests.filter((digest) => tombstones.has(digest)),
    held: (digests: readonly string[]) => digests.flatMap((digest) => held.get(digest) ?? []),
  };
};

export type DisclosureTable = ReturnType<typeof disclosureTable>;

/** The clear text beside the events of a store in memory. For tests. */
export const memoryDisclosures = (store: Pick<EventStore, 'find'>, table: DisclosureTable): Disclosures => ({
  hold: async (disclosures) => {
    table.hold(disclosures);
    return { tombstoned: table.tombstoned(disclosures.map(({ digest }) => digest)) };
  },
  erase: async (digests, { source, id }) => {
    const by = await store.find(source, id);
    if (by === undefined || !namesErased(decodeEvent(by.bytes), digests))
      throw new Error('no erasure on record names these digests');
    table.erase(digests);
  },
  tombstoned: async (digests) => table.tombstoned(digests),
  held: async (digests) => table.held(digests),
});
