import type { Bell } from '../exchange/bell.ts';
import type { Wait } from '../ports/wait.ts';

/** How patient a collector is, in milliseconds. */
export type CollectorPace = {
  /** Between attempts at a witness that fails: from the first, doubling, to the longest. */
  readonly firstRetry: number;
  readonly longestRetry: number;
  /** A cosignature older than this is asked for again, so that a quiet log does not look dead. */
  readonly refresh: number;
  /** After so long without a quorum people hear of it. */
  readonly alarm: number;
  /** How often to look without being woken. */
  readonly look: number;
};

export const usualPace: CollectorPace = {
  firstRetry: 250,
  longestRetry: 30_000,
  refresh: 60_000,
  alarm: 10_000,
  look: 5_000,
};

/** Until the bell rings once more than `seen`, the time is over, or the signal aborts. */
export const ringOrTime = async (
  wait: Wait,
  bell: Bell,
  seen: number,
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> => {
  if (bell.rung() > seen || signal.aborted) return;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  await Promise.race([bell.after(seen, either), wait(milliseconds, either)]);
  over.abort();
};
