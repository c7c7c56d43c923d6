import { answerStep } from './answers.ts';
import { type CaseCommand, isLeadAct } from './commands.ts';
import { recordCorrectionLapse, requireCorrection } from './correction.ts';
import { answerConsultation, consult, recordHearing, recordInspection, share } from './course.ts';
import { conclude, deliver, noteRemedy, voidCase, withdraw } from './ending.ts';
import { takeOver, transferUp } from './handover.ts';
import { accept, acceptTolerating, preAccept, recordDeemedAcceptance, reject } from './intake.ts';
import { supplyMaterial } from './materials.ts';
import { moveDeadlines } from './moved-deadlines.ts';
import { noteObligation, settleObligation } from './obligations.ts';
import { open } from './opening.ts';
import { endProcedure, extend, startProcedure } from './procedure.ts';
import { openStage } from './review.ts';
import { type Door, type Made, made, no, saysSomething } from './rule.ts';
import type { Matter } from './state.ts';
import { openPreReview, recordToleranceLapse } from './tolerance.ts';

/** The fact a command asks for, deadlines and all. Whether it may be said is for `judge`. */
export const factOf = (command: CaseCommand, matter: Matter | undefined, door: Door): Made => {
  if (command.type === 'open') return open(command, door);
  if (matter === undefined) return no({ code: 'case-not-opened' });
  if (isLeadAct(command) && command.override !== undefined && !saysSomething(command.override.reasons))
    return no({ code: 'reasons-missing' });
  switch (command.type) {
    case 'file':
      return made('filed', { by: door.by });
    case 'preAccept':
      return preAccept(door);
    case 'requireCorrection':
      return requireCorrection(command, matter, door);
    case 'supplyMaterial':
      return supplyMaterial(command, matter, door);
    case 'accept':
      return accept(matter, door);
    case 'acceptTolerating':
      return acceptTolerating(command, matter, door);
    case 'openPreReview':
      return openPreReview(command, matter, door);
    case 'recordDeemedAcceptance':
      return recordDeemedAcceptance(matter, door);
    case 'reject':
      return reject(command, door);
    case 'openStage':
      return openStage(command, matter, door);
    case 'giveOpinion':
    case 'determine':
    case 'recordExternal':
      return answerStep(command, matter, door);
    case 'recordInspection':
      return recordInspection(command, door);
    case 'consult':
      return consult(command, door);
    case 'answerConsultation':
      return answerConsultation(command, door);
    case 'startProcedure':
      return startProcedure(command, matter, door);
    case 'endProcedure':
      return endProcedure(command, door);
    case 'recordHearing':
      return recordHearing(command, door);
    case 'extend':
      return extend(command, matter, door);
    case 'conclude':
      return conclude(command, matter, door);
    case 'deliver':
      return deliver(command, door);
    case 'withdraw':
      return withdraw(command, door);
    case 'transferUp':
      return transferUp(command, matter, door);
    case 'takeOver':
      return takeOver(command, door);
    case 'void':
      return voidCase(command, door);
    case 'recordToleranceLapse':
      return recordToleranceLapse(matter, door);
    case 'recordCorrectionLapse':
      return recordCorrectionLapse(door);
    case 'share':
      return share(command, door);
    case 'settleObligation':
      return settleObligation(command, matter, door);
    case 'noteObligation':
      return noteObligation(command, door);
    case 'moveDeadlines':
      return moveDeadlines(command, matter, door);
    case 'noteRemedy':
      return noteRemedy(command, door);
  }
};
