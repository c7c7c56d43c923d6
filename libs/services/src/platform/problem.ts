import {
  grpcStatusOf as grpcStatusWith,
  type Meaning,
  type Meanings,
  meanings as ruleMeanings,
  problemOf as problemWith,
  type Refusal as RuleRefusal,
} from '@liandong/contracts';
import { type DoorRefusal, doorMeanings } from './door-refusal.ts';

/** Everything a caller of a service can be told "no" for: by a rule, or already at the door. */
export type Refusal = RuleRefusal | DoorRefusal;

/** No code stands in both tables: `not-entitled` is a rule of the case, `role-not-entitled` one of the door. */
const meanings: Meanings<Refusal['code']> = { ...ruleMeanings, ...doorMeanings };

export const meaningOf = ({ code }: Refusal): Meaning => meanings[code];

/** RFC 9457, with what else the caller should know; the standard members are never overwritten. */
export const problemOf = (refusal: Refusal, more: Readonly<Record<string, unknown>> = {}) =>
  problemWith({ ...more, ...refusal }, meaningOf(refusal));

/** The same refusal for a gRPC caller. */
export const grpcStatusOf = (refusal: Refusal) => {
  const { code, message } = grpcStatusWith(refusal, meaningOf(refusal));
  return { code, details: message };
};
