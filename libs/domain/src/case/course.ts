import { ok } from '@liandong/kernel';
import type { AnswerConsultation, Consult, RecordHearing, RecordInspection, Share } from './commands.ts';
import { type Door, type Made, made, no, own, type Rule, unless } from './rule.ts';
import type { Matter } from './state.ts';

/** What is recorded along the way needs a case that someone works on. */
const unlessUnderWay = (matter: Matter) => unless(matter, 'preAccepted', 'accepted', 'inReview', 'suspended');

export const filed: Rule<'filed'> = (matter) => ok(matter);

export const recordInspection = ({ step, document, note }: RecordInspection, { by }: Door): Made =>
  made('inspected', { by, step, document }, { note });

export const inspected: Rule<'inspected'> = (matter, { step: id }) => {
  const wrong = unlessUnderWay(matter);
  if (wrong) return wrong;
  const step = own(matter.steps, id);
  return step === undefined
    ? no({ code: 'step-unknown', step: id })
    : ok({ ...matter, steps: { ...matter.steps, [id]: { ...step, inspections: step.inspections + 1 } } });
};

export const consult = (
  { step, asked, days, document, question }: Consult,
  { by, at, legalDay }: Door,
): Made => {
  const due = legalDay(at, days);
  if (!due.ok) return due;
  const named = { ...(step !== undefined && { step }), ...(document !== undefined && { document }) };
  return made('consulted', { by, asked, days, due: due.value, ...named }, { question });
};

export const consulted: Rule<'consulted'> = (matter, { step, asked, days, due }, { hash, at }) => {
  if (!matter.audience.includes(asked.tier)) return no({ code: 'tier-outside-case', tiers: [asked.tier] });
  return (
    unlessUnderWay(matter) ??
    ok({
      ...matter,
      consultations: [...matter.consultations, { hash, step, asked, due, from: at, days }],
    })
  );
};

export const answerConsultation = (
  { consultation, document, note }: AnswerConsultation,
  { by }: Door,
): Made => made('consultationAnswered', { by, consultation, document }, { note });

export const consultationAnswered: Rule<'consultationAnswered'> = (matter, { consultation }) =>
  unlessUnderWay(matter) ??
  ok({ ...matter, consultations: matter.consultations.filter(({ hash }) => hash !== consultation) });

export const recordHearing = ({ step, document, note }: RecordHearing, { by }: Door): Made =>
  made('heard', { by, document, ...(step !== undefined && { step }) }, { note });

export const heard: Rule<'heard'> = (matter) =>
  unlessUnderWay(matter) ?? ok({ ...matter, hearings: matter.hearings + 1 });

export const share = ({ tiers }: Share, { by }: Door): Made =>
  made('shared', { by, tiers: [...new Set(tiers)].toSorted() });

/** The audience only grows. */
export const shared: Rule<'shared'> = (matter, { tiers }) =>
  tiers.every((tier) => matter.audience.includes(tier))
    ? no({ code: 'already-shared' })
    : ok({ ...matter, audience: [...new Set([...matter.audience, ...tiers])].toSorted() });
