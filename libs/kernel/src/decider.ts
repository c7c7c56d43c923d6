import type { Personal } from './disclosure.ts';
import type { Result } from './result.ts';

/** What happened, before its author wraps it in an envelope. */
export type Fact<Type extends string = string, Data = unknown> = {
  readonly type: Type;
  readonly data: Readonly<Data>;
};

/**
 * A fact a decider asks to have recorded. `personal` holds what must never stand in
 * event bytes (names, numbers, free text); the author replaces it with salted digests.
 */
export type Draft<F extends Fact = Fact> = F & {
  readonly personal?: Readonly<Record<string, Personal>>;
};

/**
 * A business rule as three pure functions: what is true at the start, what a
 * command makes happen, and what an event changes.
 */
export type Decider<Command, Happened, State, Refusal, Made = Happened> = {
  readonly initial: State;
  readonly decide: (command: Command, state: State) => Result<readonly Made[], Refusal>;
  readonly evolve: (state: State, event: Happened) => State;
};

export const fold = <Happened, State>(
  decider: { readonly initial: State; readonly evolve: (state: State, event: Happened) => State },
  events: Iterable<Happened>,
): State => {
  let state = decider.initial;
  for (const event of events) state = decider.evolve(state, event);
  return state;
};
