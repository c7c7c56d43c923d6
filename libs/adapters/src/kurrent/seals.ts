import { jsonEvent } from '@kurrent/kurrentdb-client';
import type { NewEvent, Sealer } from '@liandong/application';
import { type CommitSeal, type EventHash, type ServiceName, toHex, utf8 } from '@liandong/kernel';
import type { KurrentConnection } from './connection.ts';
import { failureOf } from './failures.ts';
import { recordId, sha256 } from './record-id.ts';

type Signed = { readonly service: ServiceName; readonly keyId: string; readonly signature: string };

/**
 * A seal as it stands beside an event. A seal over this event alone is whole; one over several
 * is stored once, in a stream of its own under its digest, and named by every event under it.
 */
export type KeptSeal = Signed | { readonly digest: string };

type SealRecord = Signed & { readonly leaves: readonly EventHash[] };

const sealStream = (digest: string): string => `seal-${digest}`;

export type SealedEvent = { readonly event: NewEvent; readonly seal: CommitSeal };

/** Each event with its seal: one new seal over all own events of a call, and those that foreign events bring. */
export const sealed = (events: readonly NewEvent[], seal: Sealer): readonly SealedEvent[] => {
  const own = events.filter((event) => event.seal === undefined).map(({ hash }) => hash);
  const ofOwn = own.length === 0 ? undefined : seal(own);
  return events.flatMap((event) => {
    const its = event.seal ?? ofOwn;
    return its === undefined ? [] : [{ event, seal: its }];
  });
};

export const sealKeeper = (connection: KurrentConnection) => {
  const stored = new WeakSet<CommitSeal>();

  return {
    /** What will stand beside the event of that hash. */
    named: (seal: CommitSeal, hash: EventHash): KeptSeal =>
      isOver(seal, hash) ? signedOf(seal) : { digest: digestOf(seal) },

    /**
     * Stores what the events only name, before them, so that whoever sees an event finds its
     * seal. A seal whose events never came proves nothing.
     */
    store: async (events: readonly SealedEvent[]): Promise<void> => {
      const apart = events.filter(({ event, seal }) => !isOver(seal, event.hash));
      for (const seal of new Set(apart.map(({ seal }) => seal))) {
        if (stored.has(seal)) continue;
        const digest = digestOf(seal);
        const record = jsonEvent({ id: recordId(digest), type: 'seal', data: contentOf(seal) });
        await connection
          .calling((client) =>
            client.appendToStream(sealStream(digest), record, { streamState: 'no_stream' }),
          )
          .catch((error: unknown) => {
            // It stands there already: its stream is named after its content.
            if (failureOf(error).kind !== 'wrong-revision') throw error;
          });
        stored.add(seal);
      }
    },

    load: async (kept: KeptSeal, hash: EventHash): Promise<CommitSeal> => {
      if (!('digest' in kept)) return sealFrom({ ...kept, leaves: [hash] });
      const name = sealStream(kept.digest);
      const records = await connection.calling(async (client) => {
        const found: SealRecord[] = [];
        for await (const { event } of client.readStream(name, { maxCount: 1, requiresLeader: true }))
          if (event !== undefined) found.push(event.data as SealRecord);
        return found;
      });
      const [record] = records;
      if (record === undefined) throw new Error(`the seal ${name} is empty`);
      return sealFrom(record);
    },
  };
};

const isOver = ({ leaves }: CommitSeal, hash: EventHash): boolean =>
  leaves.length === 1 && leaves[0] === hash;

const contentOf = (seal: CommitSeal): SealRecord => ({ ...signedOf(seal), leaves: seal.leaves });

/** One seal comes with every event under it, in one call after another. */
const digests = new WeakMap<CommitSeal, string>();

const digestOf = (seal: CommitSeal): string => {
  const known = digests.get(seal) ?? toHex(sha256(utf8(JSON.stringify(contentOf(seal)))));
  digests.set(seal, known);
  return known;
};

const signedOf = ({ service, keyId, signature }: CommitSeal): Signed => ({
  service,
  keyId,
  signature: Buffer.from(signature).toString('base64'),
});

const sealFrom = ({ service, keyId, leaves, signature }: SealRecord): CommitSeal => ({
  service,
  keyId,
  leaves,
  signature: Buffer.from(signature, 'base64'),
});
