import { jsonEvent } from '@kurrent/kurrentdb-client';
import type { NewEvent, Sealer } from '@liandong/application';
import type { CommitSeal, EventHash, ServiceName } from '@liandong/kernel';
import type { KurrentConnection } from './connection.ts';
import { failureOf } from './failures.ts';
import { recordId, sha256 } from './records.ts';

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
  const digests = new WeakMap<CommitSeal, string>();

  /** Stored before the events that name it, so whoever sees an event finds its seal. One whose events never came proves nothing. */
  const store = async (seal: CommitSeal): Promise<string> => {
    const known = digests.get(seal);
    if (known !== undefined) return known;
    const content: SealRecord = { ...signedOf(seal), leaves: seal.leaves };
    const digest = Buffer.from(sha256(Buffer.from(JSON.stringify(content)))).toString('hex');
    const record = jsonEvent({ id: recordId(digest), type: 'seal', data: content });
    await connection
      .calling((client) => client.appendToStream(sealStream(digest), record, { streamState: 'no_stream' }))
      .catch((error: unknown) => {
        // It stands there already: its stream is named after its content.
        if (failureOf(error).kind !== 'wrong-revision') throw error;
      });
    digests.set(seal, digest);
    return digest;
  };

  return {
    keep: async (seal: CommitSeal, hash: EventHash): Promise<KeptSeal> =>
      seal.leaves.length === 1 && seal.leaves[0] === hash ? signedOf(seal) : { digest: await store(seal) },

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

export type SealKeeper = ReturnType<typeof sealKeeper>;

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
