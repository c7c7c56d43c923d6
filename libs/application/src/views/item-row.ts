import type { ItemFact, ItemStatus, ItemVersion, PublicationVerb } from '@liandong/domain/catalogue';
import type { TierCode } from '@liandong/kernel';

/** One dated entry of a tier's catalogue: a version it published, or one of a superior that it adopted. */
export type ItemRow = {
  readonly tier: TierCode;
  readonly code: string;
  /** The event's number in its stream. */
  readonly entry: number;
  readonly origin: 'published' | 'adopted';
  readonly verb?: PublicationVerb;
  readonly version: number;
  /** Whose version was adopted. */
  readonly standardTier?: TierCode;
  readonly standardHash?: string;
  readonly status: ItemStatus;
  readonly effectiveFrom: string;
  /** The last day, where the version's text names one. */
  readonly effectiveTo?: string;
  /** The first day of the entry that follows. */
  readonly supersededOn?: string;
  /** The promise of an adopting tier, where it is shorter than the standard's. */
  readonly promisedDays?: number;
  /** The version's text; an adopted one has that of its standard when it is read. */
  readonly content?: ItemVersion;
};

export type NumberedFact<F> = { readonly entry: number; readonly fact: F };

/** The entries that one item stream of a tier makes. */
export const itemRows = (tier: TierCode, facts: readonly NumberedFact<ItemFact>[]): readonly ItemRow[] =>
  facts.map(({ entry, fact }, n) => {
    const next = facts[n + 1]?.fact;
    const supersededOn = next && startOf(next);
    return { tier, entry, ...entryOf(fact), ...(supersededOn !== undefined && { supersededOn }) };
  });

const startOf = (fact: ItemFact): string =>
  fact.type === 'liandong.item.adopted.v1' ? fact.data.effectiveFrom : fact.data.version.effectiveFrom;

const entryOf = (fact: ItemFact): Omit<ItemRow, 'tier' | 'entry'> => {
  switch (fact.type) {
    case 'liandong.item.versionPublished.v1': {
      const { verb, version: content } = fact.data;
      const { code, version, status, effectiveFrom, effectiveTo } = content;
      const ends = effectiveTo !== undefined && { effectiveTo };
      return { code, origin: 'published', verb, version, status, effectiveFrom, ...ends, content };
    }
    case 'liandong.item.adopted.v1': {
      const { standard, effectiveFrom, promisedDays } = fact.data;
      return {
        ...{ code: standard.code, origin: 'adopted', version: standard.version, status: 'inForce' },
        ...{ standardTier: standard.tier, standardHash: standard.hash, effectiveFrom },
        ...(promisedDays !== undefined && { promisedDays }),
      };
    }
  }
};

/** Which published version an adopted entry reads its text from. */
export type StandardKey = { readonly tier: TierCode; readonly code: string; readonly version: number };

export const standardsOf = (rows: readonly ItemRow[]): readonly StandardKey[] =>
  rows.flatMap(({ standardTier: tier, code, version }) =>
    tier === undefined ? [] : [{ tier, code, version }],
  );

/** Adopted entries with their standard's text, where this tier has received it. */
export const withStandards = (rows: readonly ItemRow[], standards: readonly ItemRow[]): readonly ItemRow[] =>
  rows.map((row) => {
    const standard = standards.find(
      ({ tier, code, version }) => tier === row.standardTier && code === row.code && version === row.version,
    );
    return standard?.content === undefined ? row : { ...row, content: standard.content };
  });
