import {
  appealGrounds,
  cancelGrounds,
  cardRoles,
  checks,
  clockKinds,
  colours,
  conventions,
  correctionFindings,
  correctionReasons,
  limitKinds,
  suspensionGrounds,
} from '@liandong/domain/supervision';
import { z } from 'zod';
import { mandate } from './case-parts.ts';
import {
  calendarPin,
  code,
  count,
  creditCode,
  days,
  eventHash,
  instant,
  line,
  optional,
  streamName,
  tierCode,
} from './parts.ts';

/** Which rules, which working days: `id@version#sha256`. */
export const packPin = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9.-]{0,49}@\d{1,6}#[0-9a-f]{64}$/, 'a pinned rule pack');

export const ruleId = z.string().regex(/^[a-z][a-zA-Z0-9.-]{0,49}$/, 'the id of a rule');

export const cause = z.strictObject({
  event: eventHash,
  step: optional(code),
  rule: ruleId,
  round: z.int().min(1).max(1000),
});
export const frontier = z.array(eventHash).max(64);
const evidence = z.array(eventHash).max(200);

export const accountable = z.strictObject({
  unit: mandate,
  step: optional(code),
  person: optional(line(200)),
});

const suspension = z.strictObject({
  ground: z.enum(suspensionGrounds),
  cause: eventHash,
  from: instant,
  endedAt: optional(instant),
  allowedDays: optional(days),
});

const reckoning = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('clock'),
    element: z.enum(clockKinds),
    limit: z.enum(limitKinds),
    limitDays: count,
    // Before a limit of a few days the count may lie before the first day.
    count: z.int().min(-1000).max(1_000_000),
    receivedAt: instant,
    countsFrom: instant,
    extensions: z.array(z.strictObject({ cause: eventHash, days: optional(days) })).max(50),
    suspensions: z.array(suspension).max(50),
  }),
  z.strictObject({ kind: z.literal('finding'), check: z.enum(checks), evidence }),
]);

/** The data of a card. */
export const judgement = {
  matter: streamName,
  cause,
  colour: z.enum(colours),
  dueAt: instant,
  judgedAt: instant,
  frontier,
  rules: packPin,
  calendar: calendarPin,
  convention: z.enum(conventions),
  accountable,
  reckoning,
};

export const cardActor = z.strictObject({
  tier: tierCode,
  department: optional(creditCode),
  role: z.enum(cardRoles),
});
export const recipients = z.strictObject({
  handler: optional(line(200)),
  approver: mandate,
  tiers: z.array(tierCode).max(50),
});
export const appealGround = z.enum(appealGrounds);
export const cancelGround = z.enum(cancelGrounds);

export const correction = {
  finding: z.enum(correctionFindings),
  reason: z.enum(correctionReasons),
  dueAt: optional(instant),
  accountable: optional(accountable),
  frontier,
  calendar: calendarPin,
};

/** What two judgements say differently; a value that is long is cut. */
export const difference = z.strictObject({
  point: line(100),
  issued: optional(line(400)),
  expected: optional(line(400)),
});
