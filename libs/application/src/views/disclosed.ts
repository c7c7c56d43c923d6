import { disclosureDigest, type EventHash, type Personal, type Sha256 } from '@liandong/kernel';
import type { CaseFile } from '../cases/case-file.ts';
import type { EventStore } from '../ports/event-store.ts';

/** Personal fields by name, of one event. */
export type Disclosed = Readonly<Record<string, Personal>>;

/**
 * The personal fields of a case that this tier holds, by event; what was erased or never
 * came is absent. Whoever asks must have made sure that the reader may see them. Clear
 * text that does not give its digest is not what the event said, and is left out.
 */
export const disclosedIn = async (
  store: Pick<EventStore, 'disclosures'>,
  sha256: Sha256,
  { events }: Pick<CaseFile, 'events'>,
): Promise<ReadonlyMap<EventHash, Disclosed>> => {
  const withheld = events.map(({ hash, envelope }) => ({ hash, digests: digestsIn(envelope.data) }));
  const held = await store.disclosures(withheld.flatMap(({ digests }) => digests));
  const genuine = new Map(
    held
      .filter((one) => disclosureDigest(sha256, one) === one.digest)
      .map((one) => [one.digest, one] as const),
  );
  return new Map(
    withheld.flatMap(({ hash, digests }) => {
      const found = digests.flatMap((digest) => genuine.get(digest) ?? []);
      return found.length === 0
        ? []
        : [[hash, Object.fromEntries(found.map(({ name, value }) => [name, value]))] as const];
    }),
  );
};

/** The digests of the fields that are withheld from event data. */
export const digestsIn = (data: unknown): readonly string[] => {
  const digests = (data as { readonly _sd?: unknown } | null)?._sd;
  return Array.isArray(digests) ? digests.filter((one) => typeof one === 'string') : [];
};
