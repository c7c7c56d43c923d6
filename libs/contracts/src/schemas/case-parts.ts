import {
  applicantKinds,
  caseNumberProfiles,
  caseKinds,
  defects,
  followUps,
  overrideGrounds,
  procedureGrounds,
  remedies,
  roles,
  stepKinds,
  stepResults,
} from '@liandong/domain/case';
import { z } from 'zod';
import {
  agentPointCode,
  caseName,
  code,
  creditCode,
  data,
  days,
  instant,
  line,
  optional,
  sha256Hex,
  tierCode,
} from './parts.ts';

/** The acting capacity that every fact of a case states. */
export const by = z.strictObject({
  role: z.enum(roles),
  department: optional(creditCode),
  window: optional(code),
  agentPoint: optional(agentPointCode),
});

/** The data of a fact of a case: who said it in which capacity, and what. */
export const said = <Shape extends z.core.$ZodLooseShape>(shape: Shape) => data({ by, ...shape });

export const document = sha256Hex;
export const caseNumber = z.strictObject({
  profile: z.enum(caseNumberProfiles),
  value: line(50),
  own: optional(line(50)),
});
export const mandate = z.strictObject({ tier: tierCode, department: creditCode });
export const intake = z.strictObject({
  tier: tierCode,
  department: creditCode,
  window: optional(code),
  agentPoint: optional(agentPointCode),
});

export const item = z.strictObject({
  code,
  version: code,
  hash: sha256Hex,
  name: line(200),
  agentable: z.boolean(),
});

export const applicantKind = z.enum(applicantKinds);
export const applicant = z.strictObject({
  kind: applicantKind,
  reference: line(200),
  creditworthy: z.boolean(),
});

const extension = z.strictObject({ days, authority: z.enum(['organHead', 'governmentHead']) });

const step = z.strictObject({
  id: code,
  name: line(200),
  kind: z.enum(stepKinds),
  tier: tierCode,
  department: creditCode,
  itemCode: optional(code),
  externalOrgan: optional(line(200)),
  days,
  procedures: z.array(z.enum(procedureGrounds)).max(procedureGrounds.length),
  extension: optional(extension),
});

export const route = z.strictObject({
  stages: z
    .array(
      z.strictObject({
        id: code,
        name: line(200),
        endsOnRefusal: z.boolean(),
        steps: z.array(step).min(1).max(50),
      }),
    )
    .min(1)
    .max(20),
});

export const material = z.strictObject({
  code,
  name: line(200),
  required: z.boolean(),
  tolerable: z.boolean(),
  neededBy: optional(z.array(code).max(100)),
});

export const limits = z.strictObject({
  statutoryDays: optional(days),
  promisedDays: optional(days),
  noticeDays: days,
  correctionDays: days,
  deliveryDays: days,
  extension: optional(extension),
});

export const tiers = z.array(tierCode).max(200);
export const superiors = z
  .record(tierCode, tiers)
  .refine((record) => Object.keys(record).length <= 200, 'at most 200 tiers');

export const supplied = z
  .array(z.strictObject({ material: code, documents: z.array(document).min(1).max(50) }))
  .max(100);

export const tolerance = z.strictObject({
  materials: z.array(code).min(1).max(100),
  days,
  due: instant,
  promise: document,
});

export const demands = z
  .array(z.strictObject({ material: code, defect: z.enum(defects) }))
  .min(1)
  .max(100);

export const decisionDue = z.strictObject({ promised: optional(instant), statutory: optional(instant) });
export const stepsDue = z.array(z.strictObject({ step: code, due: instant })).max(50);
export const told = z.array(z.enum(remedies)).max(remedies.length);
export const round = z.int().min(1).max(1000);
export const stepResult = z.enum(stepResults);
export const kind = z.enum(caseKinds);
export const follows = z.strictObject({ case: caseName, relation: z.enum(followUps) });
export const ground = z.enum(procedureGrounds);
export const overrideGround = z.enum(overrideGrounds);
/** Stated by an act of the lead that did not wait for the quorum. */
export const beforeAnchoring = z.strictObject({ ground: overrideGround, reasonsGiven: z.literal(true) });
