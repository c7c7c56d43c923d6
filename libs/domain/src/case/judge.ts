import { determined, externalRecorded, opinionGiven } from './answers.ts';
import { correctionLapsed, correctionRequired } from './correction.ts';
import { consultationAnswered, consulted, filed, heard, inspected, shared } from './course.ts';
import { concluded, delivered, remedyNoted, voided, withdrawn } from './ending.ts';
import { type Names, unlessEntitled } from './entitlement.ts';
import type { CaseFact, CaseFactName } from './facts.ts';
import { takenOver, transferred } from './handover.ts';
import { accepted, preAccepted, rejected } from './intake.ts';
import { materialSupplied } from './materials.ts';
import { deadlinesMoved } from './moved-deadlines.ts';
import { obligationNoted, obligationSettled } from './obligations.ts';
import { opened } from './opening.ts';
import { extended, procedureEnded, procedureStarted } from './procedure.ts';
import { stageOpened } from './review.ts';
import { type Claim, no, type Verdict } from './rule.ts';
import type { Matter } from './state.ts';
import { preReviewOpened, toleranceLapsed } from './tolerance.ts';

/**
 * The one judgement of a fact: what the matter becomes, or why the fact must not count.
 * The door asks it before a fact is written, the fold asks it again in register order.
 */
export const judge = (matter: Matter | undefined, fact: CaseFact, claim: Claim): Verdict => {
  if (fact.type === 'liandong.case.opened.v1') return opened(matter, fact.data, claim);
  if (matter === undefined) return no({ code: 'case-not-opened' });
  const may = (name: CaseFactName, names?: Names) => unlessEntitled(name, matter, fact.data.by, claim, names);
  switch (fact.type) {
    case 'liandong.case.filed.v1':
      return may('filed') ?? filed(matter, fact.data, claim);
    case 'liandong.case.preAccepted.v1':
      return may('preAccepted') ?? preAccepted(matter, fact.data, claim);
    case 'liandong.case.correctionRequired.v1':
      return may('correctionRequired') ?? correctionRequired(matter, fact.data, claim);
    case 'liandong.case.materialSupplied.v1':
      return may('materialSupplied') ?? materialSupplied(matter, fact.data, claim);
    case 'liandong.case.accepted.v1':
      return may('accepted') ?? accepted(matter, fact.data, claim);
    case 'liandong.case.preReviewOpened.v1':
      return may('preReviewOpened') ?? preReviewOpened(matter, fact.data, claim);
    case 'liandong.case.rejected.v1':
      return may('rejected') ?? rejected(matter, fact.data, claim);
    case 'liandong.case.stageOpened.v1':
      return may('stageOpened') ?? stageOpened(matter, fact.data, claim);
    case 'liandong.case.opinionGiven.v1':
      return may('opinionGiven', { step: fact.data.step }) ?? opinionGiven(matter, fact.data, claim);
    case 'liandong.case.determined.v1':
      return may('determined', { step: fact.data.step }) ?? determined(matter, fact.data, claim);
    case 'liandong.case.externalRecorded.v1':
      return may('externalRecorded', { step: fact.data.step }) ?? externalRecorded(matter, fact.data, claim);
    case 'liandong.case.inspected.v1':
      return may('inspected', { step: fact.data.step }) ?? inspected(matter, fact.data, claim);
    case 'liandong.case.consulted.v1':
      return may('consulted', { step: fact.data.step }) ?? consulted(matter, fact.data, claim);
    case 'liandong.case.consultationAnswered.v1': {
      const { consultation } = fact.data;
      return may('consultationAnswered', { consultation }) ?? consultationAnswered(matter, fact.data, claim);
    }
    case 'liandong.case.procedureStarted.v1':
      return may('procedureStarted', { step: fact.data.step }) ?? procedureStarted(matter, fact.data, claim);
    case 'liandong.case.procedureEnded.v1': {
      const { procedure } = fact.data;
      return may('procedureEnded', { procedure }) ?? procedureEnded(matter, fact.data, claim);
    }
    case 'liandong.case.heard.v1':
      return may('heard', { step: fact.data.step }) ?? heard(matter, fact.data, claim);
    case 'liandong.case.extended.v1':
      return may('extended', { step: fact.data.step }) ?? extended(matter, fact.data, claim);
    case 'liandong.case.concluded.v1':
      return may('concluded') ?? concluded(matter, fact.data, claim);
    case 'liandong.case.delivered.v1':
      return may('delivered') ?? delivered(matter, fact.data, claim);
    case 'liandong.case.withdrawn.v1':
      return may('withdrawn') ?? withdrawn(matter, fact.data, claim);
    case 'liandong.case.transferred.v1':
      return may('transferred') ?? transferred(matter, fact.data, claim);
    case 'liandong.case.takenOver.v1':
      return may('takenOver') ?? takenOver(matter, fact.data, claim);
    case 'liandong.case.voided.v1':
      return may('voided') ?? voided(matter, fact.data, claim);
    case 'liandong.case.toleranceLapsed.v1':
      return may('toleranceLapsed') ?? toleranceLapsed(matter, fact.data, claim);
    case 'liandong.case.correctionLapsed.v1':
      return may('correctionLapsed') ?? correctionLapsed(matter, fact.data, claim);
    case 'liandong.case.shared.v1':
      return may('shared') ?? shared(matter, fact.data, claim);
    case 'liandong.case.obligationSettled.v1':
      return may('obligationSettled') ?? obligationSettled(matter, fact.data, claim);
    case 'liandong.case.obligationNoted.v1':
      return may('obligationNoted') ?? obligationNoted(matter, fact.data, claim);
    case 'liandong.case.deadlinesMoved.v1':
      return may('deadlinesMoved') ?? deadlinesMoved(matter, fact.data, claim);
    case 'liandong.case.remedyNoted.v1':
      return may('remedyNoted') ?? remedyNoted(matter, fact.data, claim);
  }
};
