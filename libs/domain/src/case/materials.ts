import { ok } from '@liandong/kernel';
import type { SupplyMaterial } from './commands.ts';
import type { Supplied } from './facts.ts';
import { type Door, type Made, made, no, type Rule, unless } from './rule.ts';
import type { Correction, Matter } from './state.ts';

type File = Pick<Matter, 'opening' | 'supplied'>;

/** Required materials that are not in the file. */
export const missingMaterials = ({ opening, supplied }: File): readonly string[] =>
  opening.materials
    .filter(({ code, required }) => required && !Object.hasOwn(supplied, code))
    .map(({ code }) => code);

/** Of those, the ones a determination step needs before it may agree. */
export const missingForStep = (file: File, step: string): readonly string[] => {
  const missing = missingMaterials(file);
  return file.opening.materials
    .filter(({ code, neededBy }) => missing.includes(code) && (neededBy?.includes(step) ?? true))
    .map(({ code }) => code);
};

/** Codes the item's guide does not name: nobody may demand or file them. */
export const unknownMaterials = (
  { opening }: Pick<Matter, 'opening'>,
  codes: readonly string[],
): readonly string[] => codes.filter((code) => !opening.materials.some((known) => known.code === code));

export const withSupplied = (
  file: Matter['supplied'],
  supplied: readonly Supplied[],
): Matter['supplied'] => ({
  ...file,
  ...Object.fromEntries(supplied.map(({ material, documents }) => [material, documents])),
});

export const supplyMaterial = ({ supplied }: SupplyMaterial, matter: Matter, door: Door): Made => {
  if (matter.acceptedAt !== undefined) return made('materialSupplied', { by: door.by, supplied });
  const noticeDue = door.legalDay(door.at, matter.opening.limits.noticeDays);
  if (!noticeDue.ok) return noticeDue;
  return made('materialSupplied', { by: door.by, supplied, noticeDue: noticeDue.value });
};

export const materialSupplied: Rule<'materialSupplied'> = (matter, { supplied, noticeDue }, { at }) => {
  const codes = supplied.map(({ material }) => material);
  const unknown = unknownMaterials(matter, codes);
  if (unknown.length > 0) return no({ code: 'material-unknown', materials: unknown });
  const given = supplied.filter(({ documents }) => documents.length > 0);
  if (given.length === 0) return no({ code: 'nothing-supplied' });
  const wrong = unless(matter, 'draft', 'preAccepted', 'accepted', 'inReview', 'suspended');
  if (wrong) return wrong;

  const after = {
    ...matter,
    supplied: withSupplied(matter.supplied, given),
    correction: matter.correction && answeredBy(matter.correction, given),
  };
  const complete = missingMaterials(after).length === 0 && (after.correction?.unmet.length ?? 0) === 0;
  if (!complete) return ok(after);

  const settled = { ...after, tolerance: undefined };
  const applicantWasToAct = matter.acceptedAt === undefined && matter.noticeDue === undefined;
  return ok(applicantWasToAct ? { ...settled, receivedAt: at, noticeFrom: at, noticeDue } : settled);
};

const answeredBy = (correction: Correction, given: readonly Supplied[]): Correction => ({
  ...correction,
  unmet: correction.unmet.filter((code) => !given.some(({ material }) => material === code)),
});
