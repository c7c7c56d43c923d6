import {
  type Decider,
  type Fact,
  ok,
  ownStream,
  refuse,
  type Result,
  type Sha256,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import type { Convention } from './codes.ts';
import { type PackFlaw, packFlaw } from './pack-flaws.ts';
import { type AdoptedPack, packPin, type RulePack } from './rule-pack.ts';

/** What a tier supervises by, one adoption after another. */
export const rulesStream = (tier: TierCode): StreamName => ownStream('card', tier, 'rules');

/** The pack stands whole in the event, so that nothing else is needed to judge by it again. */
export type RulesAdopted = Fact<
  'liandong.card.rulesAdopted.v1',
  { pack: RulePack; pin: string; convention: Convention; effectiveFrom: string }
>;

export type AdoptRules = {
  readonly type: 'adoptRules';
  readonly pack: RulePack;
  readonly convention: Convention;
  readonly effectiveFrom: string;
  /** yyyy-mm-dd in Asia/Shanghai. */
  readonly today: string;
};

export type AdoptionRefusal =
  | ({ readonly code: 'rules-flawed' } & PackFlaw)
  | { readonly code: 'rules-unchanged'; readonly pin: string }
  | { readonly code: 'rules-not-later'; readonly after: string }
  | { readonly code: 'rules-in-the-past'; readonly today: string };

export type Adopted = readonly AdoptedPack[];

const dateShape = /^\d{4}-\d{2}-\d{2}$/;

const adopt = (
  sha256: Sha256,
  { pack, convention, effectiveFrom, today }: AdoptRules,
  adopted: Adopted,
): Result<readonly RulesAdopted[], AdoptionRefusal> => {
  const flaw = packFlaw(pack);
  if (flaw !== undefined) return refuse({ code: 'rules-flawed', ...flaw });
  if (!dateShape.test(effectiveFrom)) {
    return refuse({ code: 'rules-flawed', at: 'effectiveFrom', flaw: 'date-malformed' });
  }
  const pin = packPin(sha256, pack);
  const last = adopted.at(-1);
  if (last !== undefined) {
    if (last.pin === pin && last.convention === convention) return refuse({ code: 'rules-unchanged', pin });
    if (effectiveFrom <= last.effectiveFrom) {
      return refuse({ code: 'rules-not-later', after: last.effectiveFrom });
    }
    // What began under other rules was perhaps judged by them already. Only the first rules of all reach back.
    if (effectiveFrom < today) return refuse({ code: 'rules-in-the-past', today });
  }
  return ok([{ type: 'liandong.card.rulesAdopted.v1', data: { pack, pin, convention, effectiveFrom } }]);
};

export const adoptionDecider = (
  sha256: Sha256,
): Decider<AdoptRules, RulesAdopted, Adopted, AdoptionRefusal> => ({
  initial: [],
  decide: (command, adopted) => adopt(sha256, command, adopted),
  evolve: (adopted, { data }) => [...adopted, data],
});
