import { localDate } from '@liandong/domain/calendar';
import {
  type AdoptedPack,
  type AdoptionRefusal,
  adoptionDecider,
  type Convention,
  packPin,
  type RulePack,
  rulesStream,
  type RulesAdopted,
  shippedPacks,
} from '@liandong/domain/supervision';
import { refuse, type Result, type TierCode } from '@liandong/kernel';
import type { Acting, Authoring } from '../authoring.ts';
import {
  type DecodeFact,
  type Executed,
  type HandlingRefusal,
  ownStreamHandler,
  readOwnStream,
} from '../own-streams.ts';
import { instant } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';

/** Rules as somebody asks for them: what is meant is said by its hash, whoever sends the text. */
export type RulesAsked = {
  /** `id@version#sha256` of the pack. */
  readonly pin: string;
  /** The pack whole, unless it ships. */
  readonly pack?: RulePack | undefined;
  readonly convention: Convention;
  readonly effectiveFrom: string;
};

export type RulesRefusal =
  | AdoptionRefusal
  | HandlingRefusal
  | { readonly code: 'rules-not-shipped'; readonly pin: string; readonly shipped: readonly string[] }
  | { readonly code: 'rules-other-pin'; readonly pin: string; readonly found: string };

/** Where a tier says by which rules it is supervised. */
export type RulesDesk = {
  /** The oldest first. */
  readonly adopted: () => Promise<readonly AdoptedPack[]>;
  readonly adopt: (acting: Acting, asked: RulesAsked) => Promise<Result<Executed, RulesRefusal>>;
};

export type RulesDeskDeps = {
  readonly tier: TierCode;
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly decodeRules: DecodeFact<RulesAdopted>;
};

export const rulesDesk = (deps: RulesDeskDeps): RulesDesk => {
  const { tier, store, authoring, decodeRules } = deps;
  const { sha256, clock } = authoring;
  const decider = adoptionDecider(sha256);
  const stream = rulesStream(tier);
  const adoption = ownStreamHandler(store, authoring, decider, decodeRules);

  return {
    adopted: async () => (await readOwnStream(store, decider, decodeRules, stream)).state,
    adopt: async (acting, { pin, pack: sent, convention, effectiveFrom }) => {
      const shipped = Object.values(shippedPacks).map((pack) => [packPin(sha256, pack), pack] as const);
      const pack = sent ?? new Map(shipped).get(pin);
      if (pack === undefined)
        return refuse({ code: 'rules-not-shipped', pin, shipped: shipped.map(([known]) => known) });
      const found = packPin(sha256, pack);
      if (found !== pin) return refuse({ code: 'rules-other-pin', pin, found });
      const today = localDate(instant(clock.now())) ?? '';
      const command = { type: 'adoptRules', pack, convention, effectiveFrom, today } as const;
      return adoption({ ...acting, stream, command });
    },
  };
};
