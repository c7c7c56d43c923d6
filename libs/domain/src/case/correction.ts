import { ok } from '@liandong/kernel';
import type { RequireCorrection } from './commands.ts';
import { missingMaterials, unknownMaterials } from './materials.ts';
import { type Door, type Made, made, no, type Rule, unless } from './rule.ts';
import type { Matter } from './state.ts';

export const requireCorrection = ({ demands, note }: RequireCorrection, matter: Matter, door: Door): Made => {
  const due = door.legalDay(door.at, matter.opening.limits.correctionDays);
  return due.ok ? made('correctionRequired', { by: door.by, demands, due: due.value }, { note }) : due;
};

/**
 * One notice, in time, that lists everything. While it is unmet it may be repeated word
 * for word; a further demand comes too late.
 */
export const correctionRequired: Rule<'correctionRequired'> = (matter, { demands, due }, { at, tier }) => {
  const wrong = unless(matter, 'preAccepted');
  if (wrong) return wrong;
  if (matter.preReviewed) return no({ code: 'pre-review-already-open' });
  const demanded = [...new Set(demands.map(({ material }) => material))].toSorted();
  const refused =
    refuseDemands(matter, demanded) ??
    refuseRepeat(matter, demanded) ??
    refuseLateOrPartial(matter, demanded, at);
  if (refused) return refused;

  const first = matter.correction?.demanded ?? demanded;
  const times = (matter.correction?.times ?? 0) + 1;
  return ok({
    ...matter,
    correction: {
      ...{ demanded: first, unmet: demanded, due, times, tier },
      ...{ from: at, days: matter.opening.limits.correctionDays },
    },
    supplied: Object.fromEntries(
      Object.entries(matter.supplied).filter(([code]) => !demanded.includes(code)),
    ),
    noticeDue: undefined,
  });
};

const refuseDemands = (matter: Matter, demanded: readonly string[]) => {
  if (demanded.length === 0) return no({ code: 'correction-empty' });
  const unknown = unknownMaterials(matter, demanded);
  if (unknown.length > 0) return no({ code: 'material-unknown', materials: unknown });
  const inFile = demanded.filter((code) => Object.hasOwn(matter.supplied, code));
  if (matter.transfers.length > 0 && inFile.length > 0)
    return no({ code: 'material-already-supplied', materials: inFile });
  return undefined;
};

const refuseRepeat = ({ correction }: Matter, demanded: readonly string[]) => {
  if (correction === undefined) return undefined;
  const further = demanded.filter((code) => !correction.demanded.includes(code));
  if (further.length > 0) return no({ code: 'correction-new-demands', materials: further });
  if (correction.unmet.length === 0) return no({ code: 'correction-met' });
  if (
    demanded.length !== correction.unmet.length ||
    !demanded.every((code) => correction.unmet.includes(code))
  )
    return no({ code: 'correction-differs', unmet: correction.unmet });
  return undefined;
};

const refuseLateOrPartial = (matter: Matter, demanded: readonly string[], at: string) => {
  const { noticeDue } = matter;
  if (noticeDue !== undefined && at > noticeDue) return no({ code: 'deadline-passed', due: noticeDue });
  const unlisted = missingMaterials(matter).filter((code) => !demanded.includes(code));
  if (unlisted.length > 0) return no({ code: 'correction-incomplete', materials: unlisted });
  return undefined;
};

export const recordCorrectionLapse = ({ by }: Door): Made => made('correctionLapsed', { by });

/** 補正不來. */
export const correctionLapsed: Rule<'correctionLapsed'> = (matter, _data, { at }) => {
  const wrong = unless(matter, 'preAccepted');
  if (wrong) return wrong;
  const { correction } = matter;
  if (correction === undefined || correction.unmet.length === 0) return no({ code: 'no-deadline' });
  if (at <= correction.due) return no({ code: 'deadline-not-passed', due: correction.due });
  return ok({ ...matter, status: 'closed', closing: '5' });
};
