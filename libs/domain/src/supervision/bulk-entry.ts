import { millisecondsOf } from './clock.ts';
import type { Instant } from './facts.ts';

/** A fact that was entered too late, at a desk, and how many like it make a bulk. */
export type EnteredLate = {
  readonly key: string;
  readonly recordedAt: Instant;
  readonly facts: number;
  readonly withinMinutes: number;
};

/**
 * Which facts of one desk were entered in bulk (集中補錄): those that stand among as many
 * as it takes, all recorded within the time it takes. It hangs on the set alone, and for
 * each fact on no other than those within that time of it.
 */
export const bulkAmong = (entries: readonly EnteredLate[]): ReadonlySet<string> => {
  const sorted = entries.toSorted((a, b) => millisecondsOf(a.recordedAt) - millisecondsOf(b.recordedAt));
  const times = sorted.map(({ recordedAt }) => millisecondsOf(recordedAt));
  return new Set(sorted.filter((entry, n) => standsAmong(times, n, entry)).map(({ key }) => key));
};

/** Whether one of the runs of `facts` neighbours around a place is short enough. */
const standsAmong = (
  times: readonly number[],
  place: number,
  { facts, withinMinutes }: EnteredLate,
): boolean => {
  for (let first = Math.max(0, place - facts + 1); first <= place; first++) {
    const [from, to] = [times[first], times[first + facts - 1]];
    if (from !== undefined && to !== undefined && to - from <= withinMinutes * 60_000) return true;
  }
  return false;
};
