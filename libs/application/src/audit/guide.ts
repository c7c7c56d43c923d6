import { itemHash, type ItemFact, itemStream, type ItemVersion } from '@liandong/domain/catalogue';
import type { Opened } from '@liandong/domain/case';
import { type Envelope, type Sha256, type StreamName, streamOwner } from '@liandong/kernel';
import type { Proven } from './proven-events.ts';

export type ItemFactOf = (envelope: Envelope) => ItemFact | undefined;

/** The version of the item that a case names by its hash: how it was published, and adopted if a lower tier applied it. */
export type Guide = {
  readonly version: ItemVersion;
  readonly published: Proven;
  readonly adopted?: Proven;
};

/** Whether a stream is where some tier publishes or adopts the item. */
export const isItemStream =
  (code: string) =>
  (stream: StreamName): boolean => {
    const tier = stream.startsWith('item-') ? streamOwner(stream) : undefined;
    return tier !== undefined && itemStream(tier, code) === stream;
  };

/**
 * The guide under which a tier took the case in; `undefined` unless a version among these
 * events has the very hash that the case names.
 */
export const guideOf = (
  sha256: Sha256,
  itemFactOf: ItemFactOf,
  { item, intake }: Pick<Opened, 'item' | 'intake'>,
  events: readonly Proven[],
): Guide | undefined => {
  const facts = events.map((proven) => ({ proven, fact: itemFactOf(proven.envelope) }));
  for (const { proven: published, fact } of facts) {
    if (fact?.type !== 'liandong.item.versionPublished.v1') continue;
    const { version } = fact.data;
    for (const { proven: adopted, fact: adoption } of facts) {
      if (adoption?.type !== 'liandong.item.adopted.v1') continue;
      if (streamOwner(adopted.envelope.subject) !== intake.tier) continue;
      const { promisedDays = version.limits.promisedDays } = adoption.data;
      const applied = { ...version, limits: { ...version.limits, promisedDays } };
      if (itemHash(sha256, applied) === item.hash) return { version: applied, published, adopted };
    }
    if (itemHash(sha256, version) === item.hash) return { version, published };
  }
  return undefined;
};
