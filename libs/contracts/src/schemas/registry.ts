import type { AssessmentFact } from '@liandong/domain/assessment';
import type { CalendarFact } from '@liandong/domain/calendar';
import type { DepartmentFact, TierFact } from '@liandong/domain/directory';
import type { CaseFact } from '@liandong/domain/case';
import type { ItemFact, UniformityFact } from '@liandong/domain/catalogue';
import type { Erased } from '@liandong/domain/privacy';
import type {
  CardFact,
  DeadlinesReprojected,
  OversightFact,
  RulesAdopted,
} from '@liandong/domain/supervision';
import type { LedgerFact, SchemaRefusal } from '@liandong/application';
import { type Envelope, type Fact, ok, type Result } from '@liandong/kernel';
import { z } from 'zod';
import { assessmentSchemas } from './assessment.ts';
import { calendarSchemas } from './calendar.ts';
import { cardSchemas } from './card.ts';
import { caseSchemas } from './case.ts';
import { checkAgainst, type Reading } from './check.ts';
import { departmentSchemas, tierSchemas } from './directory.ts';
import { itemSchemas } from './item.ts';
import { ledgerSchemas } from './ledger.ts';
import { privacySchemas } from './privacy.ts';
import { uniformitySchemas } from './uniformity.ts';

/** Everything this build can write or understand. */
export type KnownFact =
  | CaseFact
  | ItemFact
  | UniformityFact
  | DepartmentFact
  | TierFact
  | LedgerFact
  | Erased
  | CalendarFact
  | DeadlinesReprojected
  | CardFact
  | OversightFact
  | RulesAdopted
  | AssessmentFact;

export const eventSchemas = {
  ...caseSchemas,
  ...itemSchemas,
  ...uniformitySchemas,
  ...departmentSchemas,
  ...tierSchemas,
  ...ledgerSchemas,
  ...privacySchemas,
  ...calendarSchemas,
  ...cardSchemas,
  ...assessmentSchemas,
} satisfies {
  readonly [Type in KnownFact['type']]: z.ZodType;
};

const byType: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(eventSchemas));

export const knownTypes: readonly string[] = [...byType.keys()].sort();

/**
 * Checks the data of an event from elsewhere. `unknown` is no fault: a type, or a major
 * version of one, that a newer build writes. It is stored as it is and has no effect yet.
 */
export const checkSchema = (
  type: string,
  data: unknown,
  reading: Reading = 'tolerant',
): Result<'known' | 'unknown', SchemaRefusal> => {
  const schema = byType.get(type);
  return schema === undefined ? ok('unknown') : checkAgainst(schema, data, reading);
};

/** Checks the data of an event of this tier's own before its bytes are made: nothing unknown may leave. */
export const checkOwnSchema = (type: string, data: unknown): Result<'known', SchemaRefusal> => {
  const checked = checkSchema(type, data, 'strict');
  if (!checked.ok || checked.value === 'known') return checked as Result<'known', SchemaRefusal>;
  return { ok: false, refusal: { code: 'schema-violation', field: '', rule: 'unknown event type' } };
};

type Stored = Pick<Envelope, 'type' | 'data'>;

const decoder =
  <F extends Fact>(schemas: Readonly<Record<F['type'], z.ZodType>>) =>
  (stored: Stored): F | undefined => {
    const { type, data } = stored;
    if (!Object.hasOwn(schemas, type)) return undefined;
    const checked = checkAgainst(schemas[type as F['type']], data, 'tolerant');
    return checked.ok ? ({ type, data } as F) : undefined;
  };

/**
 * What an event says, or `undefined` if this build cannot tell: its type is unknown, or
 * it was stored before its type was known and does not fit. Either has no effect yet.
 */
export const decodeFact = decoder<KnownFact>(eventSchemas);
export const decodeCaseFact = decoder<CaseFact>(caseSchemas);
export const decodeItemFact = decoder<ItemFact>(itemSchemas);
export const decodeUniformityFact = decoder<UniformityFact>(uniformitySchemas);
export const decodeDepartmentFact = decoder<DepartmentFact>(departmentSchemas);
export const decodeTierFact = decoder<TierFact>(tierSchemas);
export const decodeCalendarFact = decoder<CalendarFact | DeadlinesReprojected>(calendarSchemas);
export const decodeCardFact = decoder<CardFact | OversightFact | RulesAdopted>(cardSchemas);
export const decodeAssessmentFact = decoder<AssessmentFact>(assessmentSchemas);
export const decodeLedgerFact = decoder<LedgerFact>(ledgerSchemas);

/** The name of a type's schema, as `dataschema` states it. It is resolved inside the release, never fetched. */
export const dataschemaOf = (type: string): string => `urn:liandong:schema:${type}`;

/** The schema of a type as JSON Schema 2020-12, or `undefined` for a type this build does not know. */
export const jsonSchemaOf = (type: string): Readonly<Record<string, unknown>> | undefined => {
  const schema = byType.get(type);
  if (schema === undefined) return undefined;
  return { ...z.toJSONSchema(schema, { target: 'draft-2020-12' }), $id: dataschemaOf(type), title: type };
};
