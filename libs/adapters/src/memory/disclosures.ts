import type { Disclosures, EventStore } from '@liandong/application';
import { namesErased } from '@liandong/domain/privacy';
import {
  authorOf,
  decodeEvent,
  type Disclosure,
  type Source,
  type Sha256,
  toHex,
  utf8,
} from '@liandong/kernel';

/** Clear text and tombstones as plain steps, so that a store takes them into one step with its own. */
export const disclosureTable = () => {
  const held = new Map<string, Disclosure>();
  /** Whose event it came with; what was delivered came with none. */
  const owners = new Map<string, string | undefined>();
  const salts = new Map<string, string | undefined>();
  return {
    hold: (disclosures: readonly Disclosure[], source?: Source) => {
      for (const disclosure of disclosures) {
        if (salts.has(disclosure.digest) || held.has(disclosure.digest)) continue;
        held.set(disclosure.digest, disclosure);
        if (source !== undefined) owners.set(disclosure.digest, authorOf(source)?.tier);
      }
    },
    erase: (digests: readonly string[], by: Source) => {
      for (const digest of digests) {
        if (owners.has(digest) && owners.get(digest) !== authorOf(by)?.tier) continue;
        if (!salts.has(digest)) salts.set(digest, held.get(digest)?.salt);
        held.delete(digest);
      }
    },
    isErased: (digest: string) => salts.has(digest),
    erasedSalts: (): ReadonlyMap<string, string | undefined> => salts,
    held: (digests: readonly string[]) => digests.flatMap((digest) => held.get(digest) ?? []),
  };
};

export type DisclosureTable = ReturnType<typeof disclosureTable>;

/** The clear text beside the events of a store in memory. For tests. */
export const memoryDisclosures = (
  { find }: Pick<EventStore, 'find'>,
  table: DisclosureTable,
  sha256: Sha256,
): Disclosures => ({
  hold: async (disclosures) => {
    table.hold(disclosures);
    return { tombstoned: disclosures.map(({ digest }) => digest).filter(table.isErased) };
  },
  erase: async (digests, { source, id }) => {
    const by = await find(source, id);
    if (by === undefined || !namesErased(decodeEvent(by.bytes), digests))
      throw new Error('no erasure on record names these digests');
    table.erase(digests, source);
  },
  tombstoned: async (digests) => digests.filter(table.isErased),
  tombstones: async () =>
    [...table.erasedSalts()]
      .map(([digest, salt]) => ({ digest, ...(salt !== undefined && { salt: toHex(sha256(utf8(salt))) }) }))
      .toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
  held: async (digests) => table.held(digests),
});
