import type { Placed } from './entry.ts';

/** Brings a state up to date with an order of which nothing before `firstChanged` has changed. */
export type IncrementalFold<State> = (placed: readonly Placed[], firstChanged: number) => State;

/**
 * Keeps the state after every position, so a late batch costs one fold from its
 * earliest position and an append costs one step. Must be told of every change of
 * the order; what `evolve` returns is kept and so must never be altered.
 */
export const foldIncrementally = <State extends object>(
  initial: State,
  evolve: (state: State, event: Placed) => State,
): IncrementalFold<State> => {
  const after: State[] = [];
  return (placed, firstChanged) => {
    after.length = Math.min(after.length, firstChanged);
    let state = after.at(-1) ?? initial;
    for (let at = after.length; at < placed.length; at++) {
      const event = placed[at];
      if (event === undefined) continue;
      state = evolve(state, event);
      after.push(state);
    }
    return state;
  };
};
