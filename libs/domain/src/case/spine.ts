import type { Mandate, Spine, TierCode } from '@liandong/kernel';
import type { By, CaseFact } from './facts.ts';

/** What a fact says about who leads, for the register order; `undefined` if it says nothing. */
export const spineOf = (fact: CaseFact, tier: TierCode): Spine | undefined => {
  switch (fact.type) {
    case 'liandong.case.opened.v1':
      return { kind: 'opened', lead: fact.data.lead, superiors: fact.data.superiors };
    case 'liandong.case.filed.v1':
    case 'liandong.case.stageOpened.v1':
    case 'liandong.case.concluded.v1':
      return { kind: 'act', mandate: mandateOf(tier, fact.data.by) };
    case 'liandong.case.transferred.v1':
      return { kind: 'transferred', mandate: mandateOf(tier, fact.data.by), to: fact.data.to };
    case 'liandong.case.takenOver.v1':
      return { kind: 'takenOver', mandate: mandateOf(tier, fact.data.by) };
    case 'liandong.case.preAccepted.v1':
    case 'liandong.case.correctionRequired.v1':
    case 'liandong.case.materialSupplied.v1':
    case 'liandong.case.accepted.v1':
    case 'liandong.case.preReviewOpened.v1':
    case 'liandong.case.rejected.v1':
    case 'liandong.case.opinionGiven.v1':
    case 'liandong.case.determined.v1':
    case 'liandong.case.externalRecorded.v1':
    case 'liandong.case.inspected.v1':
    case 'liandong.case.consulted.v1':
    case 'liandong.case.consultationAnswered.v1':
    case 'liandong.case.procedureStarted.v1':
    case 'liandong.case.procedureEnded.v1':
    case 'liandong.case.heard.v1':
    case 'liandong.case.extended.v1':
    case 'liandong.case.delivered.v1':
    case 'liandong.case.withdrawn.v1':
    case 'liandong.case.voided.v1':
    case 'liandong.case.toleranceLapsed.v1':
    case 'liandong.case.correctionLapsed.v1':
    case 'liandong.case.shared.v1':
    case 'liandong.case.obligationSettled.v1':
    case 'liandong.case.obligationNoted.v1':
    case 'liandong.case.deadlinesMoved.v1':
    case 'liandong.case.remedyNoted.v1':
      return undefined;
  }
};

/** Without a department nobody holds a mandate: no lead's department is ''. */
const mandateOf = (tier: TierCode, { department }: By): Mandate => ({ tier, department: department ?? '' });
