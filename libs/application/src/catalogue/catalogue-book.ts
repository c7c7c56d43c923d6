import {
  adoptedInForce,
  type Drift,
  itemDecider,
  type ItemFact,
  type ItemState,
  itemStream,
  type ItemVersion,
  type UniformityFact,
  uniformityStream,
  versionInForce,
} from '@liandong/domain/catalogue';
import { type EventHash, type Sha256, type StreamName, streamOwner, type TierCode } from '@liandong/kernel';
import type { DecodeFact } from '../own-streams.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import { readingOn } from '../read-on.ts';

export type KnownItem = { readonly tier: TierCode; readonly code: string; readonly state: ItemState };

/** What the tier of a standard said last of one item in one tier. */
export type SaidDrift = { readonly drifts: readonly Drift[]; readonly event: EventHash };

/** The catalogues of the whole network as this tier's store holds them, kept current by following the store. */
export type CatalogueBook = {
  readonly items: () => readonly KnownItem[];
  readonly stateOf: (tier: TierCode, code: string) => ItemState;
  /** What a tier publishes or has adopted, as it applies on a day. */
  readonly applied: (tier: TierCode, code: string, day: string) => ItemVersion | undefined;
  readonly said: (standard: TierCode, item: string, tier: TierCode) => SaidDrift | undefined;
  /** Grows with every fact of the book. */
  readonly revision: () => number;
  /** Brings the book up to everything the store holds now. */
  readonly refresh: () => Promise<void>;
};

export type CatalogueBookDeps = {
  readonly store: Pick<EventStore, 'readKinds'>;
  readonly sha256: Sha256;
  readonly decodeItem: DecodeFact<ItemFact>;
  readonly decodeUniformity: DecodeFact<UniformityFact>;
};

const unknown: ItemState = { status: 'unknown' };

/** Small enough to live in memory: some hundred items of a city and what its tiers adopt of them. */
export const catalogueBook = ({
  store,
  sha256,
  decodeItem,
  decodeUniformity,
}: CatalogueBookDeps): CatalogueBook => {
  const decider = itemDecider(sha256);
  const items = new Map<StreamName, KnownItem>();
  const drifts = new Map<StreamName, SaidDrift>();
  let revision = 0;

  const takeItem = (tier: TierCode, recorded: Recorded) => {
    const fact = decodeItem(recorded);
    if (fact === undefined) return;
    const code = fact.type === 'liandong.item.adopted.v1' ? fact.data.standard.code : fact.data.version.code;
    if (itemStream(tier, code) !== recorded.stream) return;
    const known = items.get(recorded.stream)?.state ?? decider.initial;
    items.set(recorded.stream, { tier, code, state: decider.evolve(known, fact) });
    revision += 1;
  };

  const takeDrift = (tier: TierCode, recorded: Recorded) => {
    const fact = decodeUniformity(recorded);
    if (fact === undefined) return;
    const { item, applied } = fact.data;
    if (uniformityStream(tier, item, applied.tier) !== recorded.stream) return;
    const found = fact.type === 'liandong.item.driftFound.v1' ? fact.data.drifts : [];
    drifts.set(recorded.stream, { drifts: found, event: recorded.hash });
    revision += 1;
  };

  const take = (recorded: Recorded) => {
    const tier = streamOwner(recorded.stream);
    if (tier === undefined) return;
    if (recorded.stream.startsWith('item-')) takeItem(tier, recorded);
    else takeDrift(tier, recorded);
  };

  const stateOf = (tier: TierCode, code: string) => items.get(itemStream(tier, code))?.state ?? unknown;

  return {
    items: () => [...items.values()],
    stateOf,
    applied: (tier, code, day) => {
      const state = stateOf(tier, code);
      const version = inForce(state, code, day, (of) => stateOf(of, code));
      return version?.ok === true ? version.value : undefined;
    },
    said: (standard, item, tier) => drifts.get(uniformityStream(standard, item, tier)),
    revision: () => revision,
    refresh: readingOn(store, ['item', 'uniformity'], take),
  };
};

const inForce = (state: ItemState, code: string, day: string, stateAt: (tier: TierCode) => ItemState) => {
  switch (state.status) {
    case 'unknown':
      return undefined;
    case 'published':
      return versionInForce(code, state.versions, day);
    case 'adopted': {
      const from = state.adoptions.at(-1)?.standard.tier;
      const standard = from === undefined ? unknown : stateAt(from);
      return adoptedInForce(
        code,
        state.adoptions,
        standard.status === 'published' ? standard.versions : [],
        day,
      );
    }
  }
};
