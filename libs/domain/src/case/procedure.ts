import { ok } from '@liandong/kernel';
import { duesWith, withDaysAdded } from './clock.ts';
import type { EndProcedure, Extend, StartProcedure } from './commands.ts';
import type { Extended } from './facts.ts';
import { stepStatus } from './review.ts';
import type { Extension } from './route.ts';
import { type Claim, type Door, type Made, made, no, own, type Rule, saysSomething, unless } from './rule.ts';
import type { Matter, StepState } from './state.ts';

const stepNamed = (matter: Matter, id: string | undefined): StepState | undefined =>
  id === undefined ? undefined : own(matter.steps, id);

const about = (step: string | undefined) => (step === undefined ? {} : { step });

export const startProcedure = (
  { step, ground, days, notice, note }: StartProcedure,
  matter: Matter,
  { by, at, legalDay }: Door,
): Made => {
  const due = legalDay(at, days);
  if (!due.ok) return due;
  const dues = duesWith(legalDay, matter, stepNamed(matter, step), days);
  if (!dues.ok) return dues;
  const told = { ground, days, due: due.value, notice };
  return made('procedureStarted', { by, ...about(step), ...told, ...dues.value }, { note });
};

/** A special procedure on a legal ground: its days do not count (行政許可法 45). */
export const procedureStarted: Rule<'procedureStarted'> = (matter, data, { hash, at }) => {
  const { ground, days, due } = data;
  const wrong = unless(matter, 'accepted', 'inReview', 'suspended');
  if (wrong) return wrong;
  const step = stepNamed(matter, data.step);
  const steps = step === undefined ? Object.values(matter.steps) : [step];
  if (!steps.some((one) => one.step.procedures.includes(ground)))
    return no({ code: 'procedure-not-allowed', ground });
  if (matter.procedures.some((running) => running.step === data.step))
    return no({ code: 'procedure-running' });
  if (step !== undefined && stepStatus(matter, step) !== 'open')
    return no({ code: 'step-not-open', step: step.step.id });
  const started = { hash, step: data.step, ground, due, from: at, days };
  const later = withDaysAdded(matter, step, days, data);
  return ok({ ...later, procedures: [...matter.procedures, started] });
};

export const endProcedure = ({ procedure, document, note }: EndProcedure, { by }: Door): Made =>
  made('procedureEnded', { by, procedure, document }, { note });

export const procedureEnded: Rule<'procedureEnded'> = (matter, { procedure }) =>
  unless(matter, 'accepted', 'inReview', 'suspended') ??
  ok({ ...matter, procedures: matter.procedures.filter(({ hash }) => hash !== procedure) });

// Extension

export const extend = ({ step, days, reasons }: Extend, matter: Matter, { by, legalDay }: Door): Made => {
  if (!saysSomething(reasons)) return no({ code: 'reasons-missing' });
  const dues = duesWith(legalDay, matter, stepNamed(matter, step), days);
  return dues.ok
    ? made('extended', { by, ...about(step), days, reasonsGiven: true, ...dues.value }, { reasons })
    : dues;
};

/** Once, before the limit ends, by the authority the item's law names. */
export const extended: Rule<'extended'> = (matter, data, claim) => {
  const wrong = unless(matter, 'accepted', 'inReview', 'suspended');
  if (wrong) return wrong;
  const step = stepNamed(matter, data.step);
  return step === undefined ? extendCase(matter, data, claim) : extendStep(matter, step, data, claim);
};

const extendCase = (matter: Matter, data: Extended, claim: Claim) => {
  const { clock } = matter;
  if (clock === undefined) return no({ code: 'no-deadline' });
  const due = clock.due.statutory ?? clock.due.promised;
  const refused = refuseExtension(matter.opening.limits.extension, clock.extended, due, data, claim);
  if (refused) return refused;
  const later = withDaysAdded(matter, undefined, data.days, data);
  return ok({ ...later, clock: later.clock && { ...later.clock, extended: true } });
};

const extendStep = (matter: Matter, step: StepState, data: Extended, claim: Claim) => {
  const refused = refuseExtension(step.step.extension, step.extended, step.due, data, claim);
  if (refused) return refused;
  if (!['open', 'suspended'].includes(stepStatus(matter, step)))
    return no({ code: 'step-not-open', step: step.step.id });
  return ok(withDaysAdded(matter, { ...step, extended: true }, data.days, data));
};

const refuseExtension = (
  extension: Extension | undefined,
  before: boolean,
  due: string | undefined,
  { days, by }: Extended,
  { at }: Claim,
) => {
  if (extension === undefined) return no({ code: 'extension-not-provided' });
  if (by.role !== extension.authority) return no({ code: 'wrong-authority', authority: extension.authority });
  if (before) return no({ code: 'already-extended' });
  if (days > extension.days) return no({ code: 'extension-too-long', days, limit: extension.days });
  return due !== undefined && at > due ? no({ code: 'deadline-passed', due }) : undefined;
};
