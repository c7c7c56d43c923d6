import type { Result } from '@liandong/kernel';
import type { Refusal } from './problem.ts';

/** Carries a refusal from a controller to the filter; no other code throws one. */
export class Refused extends Error {
  readonly refusal: Refusal;
  /** What a client should act on besides the refusal itself, such as the state that was found. */
  readonly found: Readonly<Record<string, unknown>> | undefined;

  constructor(refusal: Refusal, found?: Readonly<Record<string, unknown>>) {
    super(refusal.code);
    this.refusal = refusal;
    this.found = found;
  }
}

export const orRefuse = <Value>(result: Result<Value, Refusal>): Value => {
  if (result.ok) return result.value;
  throw new Refused(result.refusal);
};
