import {
  bodyNatures,
  caseKinds,
  channels,
  exerciseLevels,
  type ItemFact,
  itemTypes,
  publicationVerbs,
  serviceObjects,
  specialProcedures,
  trustLevels,
} from '@liandong/domain/catalogue';
import { z } from 'zod';
import {
  bilingual,
  code,
  count,
  data,
  days,
  line,
  localDate,
  oneOf,
  optional,
  prose,
  sha256Hex,
  tierCode,
} from './parts.ts';
import { schemasOf } from './schemas-of.ts';

const legalBasis = z.strictObject({
  law: line(200),
  edition: line(50),
  article: line(100),
  organ: optional(line(200)),
  verified: z.boolean(),
  source: optional(line(500)),
  note: optional(prose(1000)),
});
const bases = z.array(legalBasis).max(30);

const material = z.strictObject({
  code,
  name: bilingual,
  required: z.boolean(),
  tolerable: z.boolean(),
  neededBy: optional(z.array(code).min(1).max(50)),
  trust: oneOf(trustLevels),
  copies: count,
  note: optional(bilingual),
});

const fee = z.strictObject({ name: bilingual, amount: z.int().min(0), unit: bilingual, basis: legalBasis });

const extension = z.strictObject({ days, by: z.enum(['organHead', 'governmentHead']), basis: legalBasis });

const organRole = { level: z.enum(['city', 'county', 'township']), department: code };

const step = z.strictObject({
  ...organRole,
  id: code,
  name: bilingual,
  kind: z.enum(['opinion', 'determination', 'external']),
  item: optional(z.strictObject({ code, name: bilingual })),
  legalBasis: optional(bases),
  days,
  procedures: z.array(oneOf(specialProcedures)).max(8),
  extension: optional(extension),
  externalOrgan: optional(bilingual),
});

const route = z.strictObject({
  lead: z.strictObject(organRole),
  stages: z
    .array(
      z.strictObject({
        id: code,
        name: bilingual,
        endsOnRefusal: z.boolean(),
        steps: z.array(step).max(50),
      }),
    )
    .max(20),
});

/** One dated version of an item, as it stands in events and is sent to the door. */
export const itemVersion = z.strictObject({
  code,
  version: count,
  status: z.enum(['inForce', 'suspended', 'cancelled']),
  effectiveFrom: localDate,
  effectiveTo: optional(localDate),
  name: bilingual,
  summary: optional(bilingual),
  type: oneOf(itemTypes),
  kind: oneOf(caseKinds),
  exerciseLevel: oneOf(exerciseLevels),
  bodyNature: oneOf(bodyNatures),
  legalBasis: bases,
  conditions: z.array(bilingual).max(50),
  serviceObjects: z.array(oneOf(serviceObjects)).max(6),
  channels: z.array(oneOf(channels)).max(5),
  agentable: z.boolean(),
  bookable: z.boolean(),
  queueable: z.boolean(),
  intake: z.array(z.strictObject(organRole)).max(10),
  route,
  materials: z.array(material).max(100),
  fees: z.array(fee).max(30),
  limits: z.strictObject({
    statutoryDays: days.nullable(),
    promisedDays: days,
    deliveryDays: days,
    noticeDays: days,
    correctionDays: days,
  }),
  extension: optional(extension),
  result: optional(bilingual),
  note: optional(bilingual),
});

export const publicationVerb = z.enum(publicationVerbs);
export const lineage = z.array(code).min(1).max(50);

export const itemSchemas = schemasOf<ItemFact>()({
  'liandong.item.versionPublished.v1': data({
    verb: publicationVerb,
    version: itemVersion,
    from: optional(lineage),
    into: optional(lineage),
  }),
  'liandong.item.adopted.v1': data({
    standard: z.strictObject({ tier: tierCode, code, version: count, hash: sha256Hex }),
    effectiveFrom: localDate,
    promisedDays: optional(days),
  }),
});
