import { type Decider, ok, refuse, type Result, type Sha256 } from '@liandong/kernel';
import type { AssessmentActor, SchemeAdopted } from './facts.ts';
import { type Scheme, schemeFlaw, type SchemeFlaw, schemePin } from './scheme.ts';

export type AdoptScheme = {
  readonly type: 'adoptScheme';
  readonly by: AssessmentActor;
  readonly scheme: Scheme;
  /** yyyy-mm-dd in Asia/Shanghai. */
  readonly effectiveFrom: string;
  readonly today: string;
};

export type SchemeRefusal =
  | ({ readonly code: 'scheme-flawed' } & SchemeFlaw)
  | { readonly code: 'scheme-unchanged'; readonly pin: string }
  | { readonly code: 'scheme-not-later'; readonly after: string }
  | { readonly code: 'scheme-in-the-past'; readonly today: string }
  | { readonly code: 'assessment-wrong-role' };

export type AdoptedScheme = SchemeAdopted['data'];
export type AdoptedSchemes = readonly AdoptedScheme[];

const adopt = (
  sha256: Sha256,
  { by, scheme, effectiveFrom, today }: AdoptScheme,
  adopted: AdoptedSchemes,
): Result<readonly SchemeAdopted[], SchemeRefusal> => {
  if (by.role !== 'supervisor') return refuse({ code: 'assessment-wrong-role' });
  const flaw = schemeFlaw(scheme);
  if (flaw !== undefined) return refuse({ code: 'scheme-flawed', ...flaw });
  const pin = schemePin(sha256, scheme);
  const last = adopted.at(-1);
  if (last?.pin === pin) return refuse({ code: 'scheme-unchanged', pin });
  if (last !== undefined && effectiveFrom <= last.effectiveFrom)
    return refuse({ code: 'scheme-not-later', after: last.effectiveFrom });
  // Nobody is measured by what they could not have known. Only the first scheme of all reaches back.
  if (last !== undefined && effectiveFrom < today) return refuse({ code: 'scheme-in-the-past', today });
  return ok([{ type: 'liandong.assessment.schemeAdopted.v1', data: { by, scheme, pin, effectiveFrom } }]);
};

export const schemeDecider = (
  sha256: Sha256,
): Decider<AdoptScheme, SchemeAdopted, AdoptedSchemes, SchemeRefusal> => ({
  initial: [],
  decide: (command, adopted) => adopt(sha256, command, adopted),
  evolve: (adopted, { data }) => [...adopted, data],
});

/** What applied on a day. */
export const schemeOn = (adopted: AdoptedSchemes, day: string): AdoptedScheme | undefined =>
  adopted.findLast(({ effectiveFrom }) => effectiveFrom <= day);
