import type { EventHash, Mandate } from '@liandong/kernel';
import type { By, CaseFactName } from './facts.ts';
import { type Capacity, entitlements } from './roles.ts';
import { type Claim, no, own } from './rule.ts';
import type { Consultation, Matter, StepState } from './state.ts';

/** What of the matter a fact is about, as the fact names it. */
export type Names = {
  readonly step?: string | undefined;
  readonly consultation?: EventHash;
  readonly procedure?: EventHash;
};

/** Refuses a fact that is about nothing in this case, or whose author had no right to say it. */
export const unlessEntitled = (
  name: CaseFactName,
  matter: Matter,
  by: By,
  claim: Claim,
  names: Names = {},
) => {
  const about = aboutOf(matter, names);
  if (!about.ok) return about;
  const entitled = entitlements[name];
  const may = entitled.some(({ as, roles }) => roles.includes(by.role) && isIn(as, matter, about, by, claim));
  return may ? undefined : no({ code: 'not-entitled', fact: name, entitled });
};

type About = {
  readonly ok: true;
  readonly step: StepState | undefined;
  readonly consultation: Consultation | undefined;
};

const aboutOf = (matter: Matter, { step: named, consultation: asked, procedure: ended }: Names) => {
  const procedure = matter.procedures.find(({ hash }) => hash === ended);
  if (ended !== undefined && procedure === undefined)
    return no({ code: 'procedure-unknown', procedure: ended });
  const consultation = matter.consultations.find(({ hash }) => hash === asked);
  if (asked !== undefined && consultation === undefined)
    return no({ code: 'consultation-unknown', consultation: asked });
  const id = named ?? procedure?.step;
  const step = id === undefined ? undefined : own(matter.steps, id);
  if (id !== undefined && step === undefined) return no({ code: 'step-unknown', step: id });
  return { ok: true, step, consultation } satisfies About;
};

const isIn = (as: Capacity, matter: Matter, about: About, by: By, claim: Claim): boolean => {
  const { intake, applicant, authorization, superiors } = matter.opening;
  const { tier, leadThen } = claim;
  const holds = (mandate: Mandate | undefined): boolean =>
    mandate?.tier === tier && mandate.department === by.department;
  switch (as) {
    case 'intake':
      return holds(intake);
    case 'applicant':
      return tier === intake.tier && claim.authid === applicant.reference;
    case 'agent':
      return (
        tier === intake.tier &&
        authorization !== undefined &&
        intake.agentPoint !== undefined &&
        intake.agentPoint === by.agentPoint
      );
    case 'lead':
      return holds(leadThen);
    case 'stepOrgan':
      return about.step !== undefined && [about.step.organ, ...about.step.formerOrgans].some(holds);
    case 'limitOrgan':
      return holds(about.step === undefined ? leadThen : about.step.organ);
    case 'limitGovernment':
      return tier === (about.step === undefined ? leadThen : about.step.organ)?.tier;
    case 'consulted':
      return holds(about.consultation?.asked);
    case 'superior':
      return (
        leadThen !== undefined &&
        by.department !== undefined &&
        (own(superiors, leadThen.tier)?.includes(tier) ?? false)
      );
    case 'follower':
      return tier === intake.tier || tier === matter.lead.tier;
    case 'concerned':
      return matter.audience.includes(tier);
  }
};
