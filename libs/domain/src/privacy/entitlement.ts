import type { TierCode } from '@liandong/kernel';

/** What a tier has to do with a case, as far as personal fields go. Merely watching, as superiors do, is no part. */
export const parts = [
  /** Its counter took the application in. */
  'intake',
  /** It leads the case, or has led it. */
  'lead',
  /** One of its organs decides a step that is open or was, or records the decision of one outside. */
  'decider',
  /** One of its organs gives an opinion on a step that is open or was, or was consulted. */
  'adviser',
  /** The lead let it into the case. */
  'guest',
] as const;
export type Part = (typeof parts)[number];

/** The facts of one case that entitle: who may know of it at all, and who has which part. */
export type CaseParts = {
  readonly audience: readonly TierCode[];
  readonly taken: readonly { readonly tier: TierCode; readonly part: Part }[];
};

const handling: readonly Part[] = ['intake', 'lead', 'decider', 'adviser'];
const deciding: readonly Part[] = ['intake', 'lead', 'decider'];
const serving: readonly Part[] = ['intake', 'lead'];

/**
 * Which parts need which field, and no more than they need (個人信息保護法 6). The one
 * place that says so, for the tier that delivers and for the one that receives. A field
 * that is not named stays with its author.
 */
export const needs: ReadonlyMap<string, readonly Part[]> = new Map([
  ['applicantName', handling],
  ['applicantIdentity', deciding],
  ['applicantPhone', serving],
  ['applicantAddress', handling],
  ['agentName', serving],
  ['matter', [...handling, 'guest']],
  ['reasons', deciding],
  ['overrideReasons', deciding],
  ['note', deciding],
  ['question', ['lead', 'adviser']],
]);

/** Whether a tier may hold the clear text of a field that another tier wrote into the case. */
export const mayHold = (field: string, tier: TierCode, { audience, taken }: CaseParts): boolean =>
  audience.includes(tier) &&
  taken.some((each) => each.tier === tier && (needs.get(field)?.includes(each.part) ?? false));

/** The tiers that may hold a field, its author left aside. */
export const entitledTo = (field: string, parts: CaseParts): readonly TierCode[] =>
  parts.audience.filter((tier) => mayHold(field, tier, parts));
