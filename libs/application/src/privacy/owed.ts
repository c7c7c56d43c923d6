import { entitledTo } from '@liandong/domain/privacy';
import {
  authorOf,
  type Author,
  type Disclosure,
  disclosureDigest,
  type EventHash,
  parentsOf,
  type Sha256,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { caseBook, type FactOf } from '../cases/case-book.ts';
import type { CaseFile } from '../cases/case-file.ts';
import type { DeliveryBook } from '../ports/delivery-book.ts';
import type { Disclosures } from '../ports/disclosures.ts';
import type { EventStore } from '../ports/event-store.ts';
import { digestsIn } from '../views/disclosed.ts';
import { partsIn } from './case-parts.ts';

/** A field that one destination may hold and has not answered for. */
export type OwedField = { readonly event: EventHash; readonly disclosure: Disclosure };

/** What is owed in one case, by destination, and the heads of the case it was judged on. */
export type Owed = {
  readonly heads: readonly EventHash[];
  readonly fields: ReadonlyMap<TierCode, readonly OwedField[]>;
};

export type OwedDeps = {
  readonly self: Author;
  readonly store: Pick<EventStore, 'read'>;
  readonly disclosures: Pick<Disclosures, 'held'>;
  readonly deliveries: Pick<DeliveryBook, 'acknowledged'>;
  readonly factOf: FactOf;
  readonly sha256: Sha256;
};

/** What this tier owes others in a case: a function of its events, the fields still held, and what was acknowledged. */
export const owedIn = async (deps: OwedDeps, stream: StreamName): Promise<Owed> => {
  const { self, sha256, disclosures, deliveries } = deps;
  const file = await readCase(deps, stream);
  const withheld = withheldBy(file, self);
  const digests = [...withheld.keys()];
  const [held, acknowledged] = await Promise.all([
    disclosures.held(digests),
    deliveries.acknowledged(digests),
  ]);
  const answered = new Set(acknowledged.map(({ destination, digest }) => `${destination} ${digest}`));
  const parts = partsIn(file);
  const fields = new Map<TierCode, OwedField[]>();
  for (const disclosure of held) {
    const event = withheld.get(disclosure.digest);
    if (event === undefined || disclosureDigest(sha256, disclosure) !== disclosure.digest) continue;
    for (const tier of entitledTo(disclosure.name, parts)) {
      if (tier === self.tier || answered.has(`${tier} ${disclosure.digest}`)) continue;
      fields.set(tier, [...(fields.get(tier) ?? []), { event, disclosure }]);
    }
  }
  return { heads: headsOf(file), fields };
};

/** The case with everything the store holds of it. */
export const readCase = async (
  { store, factOf, sha256 }: Pick<OwedDeps, 'store' | 'factOf' | 'sha256'>,
  stream: StreamName,
): Promise<CaseFile> => {
  const book = caseBook(stream, factOf, sha256);
  book.take(await store.read(stream));
  return book.file();
};

/** The digests that one tier's events of a case hold, each with its event. */
export const withheldBy = (
  { events }: CaseFile,
  { network, tier }: Pick<Author, 'network' | 'tier'>,
): ReadonlyMap<string, EventHash> =>
  new Map(
    events
      .filter(({ envelope }) => {
        const author = authorOf(envelope.source);
        return author?.tier === tier && author.network === network;
      })
      .flatMap(({ hash, envelope }) => digestsIn(envelope.data).map((digest) => [digest, hash] as const)),
  );

const headsOf = ({ events }: CaseFile): readonly EventHash[] => {
  const named = new Set(events.flatMap(({ envelope }) => parentsOf(envelope)));
  return events.flatMap(({ hash }) => (named.has(hash) ? [] : [hash]));
};
