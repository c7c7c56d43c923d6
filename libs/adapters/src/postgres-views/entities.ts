import type { CaseRow, DepartmentRow, ItemRow, ParkedStream, TierRow, WorkRow } from '@liandong/application';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

type Column = EntitySchemaColumnOptions;

const text: Column = { type: 'text' };
const maybeText: Column = { type: 'text', nullable: true };
const texts: Column = { type: 'text', array: true };
const json: Column = { type: 'jsonb' };
const maybeJson: Column = { type: 'jsonb', nullable: true };
const whole: Column = { type: 'integer' };
const flag: Column = { type: 'boolean' };
const key = (column: Column, constraint: string): Column => ({
  ...column,
  primary: true,
  primaryKeyConstraintName: constraint,
});

/** Instants leave as events write them: UTC with milliseconds. */
const instant: Column = {
  type: 'timestamp with time zone',
  transformer: {
    to: (written: unknown) => written,
    from: (read: unknown) => (read instanceof Date ? read.toISOString() : read),
  },
};
const maybeInstant: Column = { ...instant, nullable: true };

/** One column for each member of a row, so that a new member does not compile until it is kept. */
type Columns<Row> = { readonly [Name in keyof Required<Row>]: Column };

const columns = <Row>(all: Columns<Row>): { [Name in keyof Row]?: Column } => ({ ...all });

export type WorkRecord = WorkRow & {
  /** `due`, or after every limit where there is none. */
  readonly dueOrder: string;
};

export const cases = new EntitySchema<CaseRow>({
  name: 'cases',
  columns: columns<CaseRow>({
    caseId: { ...key(text, 'cases_key'), name: 'case_id' },
    number: text,
    ownNumber: { ...maybeText, name: 'own_number' },
    itemCode: { ...text, name: 'item_code' },
    itemVersion: { ...text, name: 'item_version' },
    itemName: { ...text, name: 'item_name' },
    kind: text,
    pilot: flag,
    status: text,
    closing: maybeText,
    leadTier: { ...text, name: 'lead_tier' },
    leadDepartment: { ...text, name: 'lead_department' },
    intakeTier: { ...text, name: 'intake_tier' },
    intakeDepartment: { ...text, name: 'intake_department' },
    intakeAgentPoint: { ...maybeText, name: 'intake_agent_point' },
    applicantKind: { ...text, name: 'applicant_kind' },
    applicantReference: { ...text, name: 'applicant_reference' },
    stage: maybeText,
    steps: json,
    missing: json,
    obligations: json,
    deadlines: json,
    due: maybeInstant,
    term: text,
    recorded: whole,
    registered: whole,
    digest: text,
    openedAt: { ...instant, name: 'opened_at' },
    updatedAt: { ...instant, name: 'updated_at' },
    withoutEffect: { ...whole, name: 'without_effect' },
    needsUpgrade: { ...flag, name: 'needs_upgrade' },
    audience: json,
    parties: texts,
  }),
  indices: [
    { name: 'cases_by_opening', columns: ['openedAt', 'caseId'] },
    { name: 'cases_by_number', columns: ['number'] },
    // GIN, which the schema builder cannot state; it is left alone when schemas are compared.
    { name: 'cases_by_party', columns: ['parties'], synchronize: false },
  ],
});

export const work = new EntitySchema<WorkRecord>({
  name: 'work',
  columns: columns<WorkRecord>({
    caseId: { ...key(text, 'work_key'), name: 'case_id' },
    key: key(text, 'work_key'),
    act: text,
    tier: text,
    department: text,
    roles: texts,
    step: maybeText,
    due: maybeInstant,
    dueOrder: { ...instant, name: 'due_order' },
    number: text,
    itemName: { ...text, name: 'item_name' },
    status: text,
  }),
  indices: [{ name: 'work_by_organ', columns: ['tier', 'department', 'dueOrder', 'caseId', 'key'] }],
});

export const items = new EntitySchema<ItemRow>({
  name: 'items',
  columns: columns<ItemRow>({
    code: key(text, 'items_key'),
    tier: key(text, 'items_key'),
    entry: key(whole, 'items_key'),
    origin: text,
    verb: maybeText,
    version: whole,
    standardTier: { ...maybeText, name: 'standard_tier' },
    standardHash: { ...maybeText, name: 'standard_hash' },
    status: text,
    effectiveFrom: { ...text, name: 'effective_from' },
    effectiveTo: { ...maybeText, name: 'effective_to' },
    supersededOn: { ...maybeText, name: 'superseded_on' },
    promisedDays: { ...whole, nullable: true, name: 'promised_days' },
    content: maybeJson,
  }),
});

export const departments = new EntitySchema<DepartmentRow>({
  name: 'departments',
  columns: columns<DepartmentRow>({
    tier: key(text, 'departments_key'),
    department: key(text, 'departments_key'),
    kind: text,
    name: json,
    roles: texts,
    section: maybeJson,
    windows: json,
    staff: json,
  }),
});

export const tiers = new EntitySchema<TierRow>({
  name: 'tiers',
  columns: columns<TierRow>({
    tier: key(text, 'tiers_key'),
    network: text,
    level: text,
    name: json,
    parent: maybeText,
    demonstration: flag,
    serviceCenter: { ...maybeJson, name: 'service_center' },
    agentPoints: { ...json, name: 'agent_points' },
  }),
});

export type Reached = { readonly id: string; readonly version: string; readonly position: string };

/** One row: how far the views have come, and which version of the projection made them. */
export const reached = new EntitySchema<Reached>({
  name: 'views_reached',
  columns: columns<Reached>({
    id: key(text, 'views_reached_key'),
    version: text,
    position: { type: 'bigint' },
  }),
});

export type CaseSerial = { readonly prefix: string; readonly last: number };

/** The last case number given out under an implementation code and a day. No view: it is not emptied with them. */
export const caseSerials = new EntitySchema<CaseSerial>({
  name: 'case_serials',
  columns: columns<CaseSerial>({ prefix: key(text, 'case_serials_key'), last: whole }),
});

export type ParkedRecord = Omit<ParkedStream, 'through'> & { readonly through: string };

/** Streams a handler has given up on. No view: other handlers than the views' keep theirs here. */
export const parked = new EntitySchema<ParkedRecord>({
  name: 'parked',
  columns: columns<ParkedRecord>({
    handler: key(text, 'parked_key'),
    stream: key(text, 'parked_key'),
    reason: text,
    since: instant,
    triedAt: { ...instant, name: 'tried_at' },
    attempts: whole,
    through: { type: 'bigint' },
  }),
});

export const entities = [cases, work, items, departments, tiers, reached, caseSerials, parked];
