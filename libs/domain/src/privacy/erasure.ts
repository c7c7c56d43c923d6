import { type Decider, type Draft, ok, refuse, type Result, type TierCode } from '@liandong/kernel';
import { type Erased, erasedType, type ErasureGround, erasureLaw } from './erasure-facts.ts';

/** An instant, UTC with milliseconds. */
export type Instant = string;

/** What erasure has to know of a stream: who withheld which fields, and what was erased. */
export type PrivacyFact =
  | { readonly type: 'withheld'; readonly tier: TierCode; readonly digests: readonly string[] }
  | { readonly type: 'erased'; readonly tier: TierCode; readonly digests: readonly string[] };

export type PrivacyState = {
  /** Each field's author. */
  readonly fields: ReadonlyMap<string, TierCode>;
  readonly erased: ReadonlySet<string>;
};

export type EraseFields = {
  readonly type: 'eraseFields';
  readonly digests: readonly string[];
  readonly ground: ErasureGround;
  readonly by: {
    readonly tier: TierCode;
    readonly roles: readonly string[];
    readonly department?: string;
  };
  readonly at: Instant;
  /** When the matter ended that the fields were taken in for; undefined while it goes on. */
  readonly endedAt: Instant | undefined;
  /** How long the law has a record kept from then on. */
  readonly retentionYears: number;
};

export type ErasureRefusal =
  | { readonly code: 'not-data-protection' }
  | { readonly code: 'nothing-to-erase' }
  | { readonly code: 'digest-unknown'; readonly digests: readonly string[] }
  | {
      readonly code: 'author-elsewhere';
      readonly digests: readonly string[];
      readonly tiers: readonly TierCode[];
    }
  | { readonly code: 'already-erased'; readonly digests: readonly string[] }
  /** `until` is absent while the matter goes on. */
  | { readonly code: 'retention-running'; readonly until?: Instant };

/** What was taken in against the law was never to be kept: no duty to keep records covers it. */
const outweighsRetention: ReadonlySet<ErasureGround> = new Set(['unlawful']);

const decide = (
  { digests: asked, ground, by, at, endedAt, retentionYears }: EraseFields,
  { fields, erased }: PrivacyState,
): Result<readonly Draft<Erased>[], ErasureRefusal> => {
  if (!by.roles.includes('dataProtection')) return refuse({ code: 'not-data-protection' });
  const digests = [...new Set(asked)].sort();
  if (digests.length === 0) return refuse({ code: 'nothing-to-erase' });
  const unknown = digests.filter((digest) => !fields.has(digest));
  if (unknown.length > 0) return refuse({ code: 'digest-unknown', digests: unknown });
  const foreign = digests.filter((digest) => fields.get(digest) !== by.tier);
  if (foreign.length > 0) {
    const tiers = [...new Set(foreign.flatMap((digest) => fields.get(digest) ?? []))].sort();
    return refuse({ code: 'author-elsewhere', digests: foreign, tiers });
  }
  const gone = digests.filter((digest) => erased.has(digest));
  if (gone.length > 0) return refuse({ code: 'already-erased', digests: gone });
  if (!outweighsRetention.has(ground)) {
    if (endedAt === undefined) return refuse({ code: 'retention-running' });
    const until = yearsAfter(endedAt, retentionYears);
    if (at < until) return refuse({ code: 'retention-running', until });
  }
  return ok([
    {
      type: erasedType,
      data: {
        digests,
        ground,
        law: erasureLaw[ground],
        by: {
          role: 'dataProtection',
          ...(by.department !== undefined && { department: by.department }),
        },
      },
    },
  ]);
};

const yearsAfter = (instant: Instant, years: number): Instant => {
  const date = new Date(instant);
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.toISOString();
};

/**
 * A field belongs to the tier whose event first carried its digest: a digest is a hash over
 * a random salt, so whoever writes it later has copied it. Only its author erases it.
 */
const evolve = (state: PrivacyState, { type, tier, digests }: PrivacyFact): PrivacyState => {
  switch (type) {
    case 'withheld': {
      const first = digests.filter((digest) => !state.fields.has(digest));
      if (first.length === 0) return state;
      return {
        ...state,
        fields: new Map([...state.fields, ...first.map((digest) => [digest, tier] as const)]),
      };
    }
    case 'erased': {
      const own = effective(state, tier, digests);
      return own.length === 0 ? state : { ...state, erased: new Set([...state.erased, ...own]) };
    }
  }
};

/** Those of the digests that a tier may erase: what others withheld is not its to erase, whatever it says. */
export const effective = (
  { fields }: PrivacyState,
  tier: TierCode,
  digests: readonly string[],
): readonly string[] => digests.filter((digest) => fields.get(digest) === tier);

export const erasureDecider: Decider<
  EraseFields,
  PrivacyFact,
  PrivacyState,
  ErasureRefusal,
  Draft<Erased>
> = { initial: { fields: new Map(), erased: new Set() }, decide, evolve };
