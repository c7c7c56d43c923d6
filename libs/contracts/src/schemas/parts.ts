import type { EventHash, StreamName, TierCode } from '@liandong/kernel';
import { z } from 'zod';

/** A schema whose output is a brand; the pattern is what makes the brand true. */
export const branded = <Branded extends string>(schema: z.ZodType<string>): z.ZodType<Branded> =>
  schema as unknown as z.ZodType<Branded>;

/** One line of text: no control character (the views could not store U+0000), no lone surrogate. */
export const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'one line of well-formed text');

/** Free text of several lines, for personal fields of commands. Never part of event data. */
export const prose = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u, 'well-formed text');

/** A code as registers write it. 50 is longer than the standard's 10 to 24, as live practice is. */
export const code = z
  .string()
  .min(1)
  .max(50)
  .regex(/^[\p{L}\p{N}_.:/-]+$/u, 'a code');

export const tierCode = branded<TierCode>(z.string().regex(/^\d{6}(?:\d{3})?$/, 'a division code'));
export const agentPointCode = z.string().regex(/^\d{12}$/, 'a code of 12 digits');
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits');
export const eventHash = branded<EventHash>(sha256Hex);
export const streamName = branded<StreamName>(
  z
    .string()
    .max(120)
    .regex(/^[a-z]+-[^-\s]+$/, 'a stream name'),
);
export const caseName = branded<StreamName>(z.string().regex(/^case-[0-9a-f]{32}$/, 'the name of a case'));

/** An instant as events write it: UTC with milliseconds. */
export const instant = z.iso.datetime({ precision: 3 });
export const localDate = z.iso.date();
export const days = z.int().min(0).max(3650);
export const count = z.int().min(0).max(1_000_000);

/** Which working days: `city@version#sha256`. */
export const calendarPin = z.string().regex(/^\d{6}@\d{1,6}#[0-9a-f]{64}$/, 'a pinned calendar');

const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'a SHA-256 digest, base64url');

/** Salted digests of the event's personal fields, sorted so that their order says nothing. */
export const digests = z
  .array(digest)
  .min(1)
  .max(64)
  .refine((all) => all.every((one, n) => n === 0 || (all[n - 1] ?? '') < one), 'sorted, each once');

/** Event data: exactly these members, and the digests of what was withheld. */
export const data = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({ ...shape, _sd: z.exactOptional(digests) });

export const optional = z.exactOptional;

/** One of the codes of a list that is kept by code. */
export const oneOf = <Code extends string>(list: Readonly<Record<Code, unknown>>) =>
  z.enum(Object.keys(list) as [Code, ...Code[]]);

/** A text people read: mainland Simplified Chinese first, English second. */
export const bilingual = z.strictObject({ zh: prose(1000), en: prose(2000) });

/** 统一社会信用代码 (GB 32100): the alphabet here, the check digit in the directory. */
export const creditCode = z.string().regex(/^[0-9A-HJ-NPQRTUWXY]{18}$/, 'a unified social credit code');
