import type { PostgresServer } from '@liandong/adapters/postgres';
import type { Goal, Pair, Round, Summary, Verdict } from './arithmetic.ts';
import type { Physics } from './physics.ts';
import type { Cell } from './rounds.ts';

/** Where a row works: servers of its own run, and the one way to compare. */
export type Bench = {
  /** About five times as long, for steadier figures. */
  readonly full: boolean;
  /** A durable PostgreSQL on this machine's disk. */
  readonly server: PostgresServer;
  /** The same with two milliseconds added to each fdatasync, or why there is none. */
  readonly slowServer: () => Promise<PostgresServer | { readonly missing: string }>;
  readonly folder: string;
  readonly play: (cells: readonly Cell[]) => Promise<readonly Round[]>;
};

/** A ratio of two cells of the same rounds, and what it is held to. */
export type Comparison = Pair & {
  readonly label: string;
  readonly rounds: readonly Round[];
  readonly goal?: Goal;
  /** What one unit of a figure is called, such as `events/s`. */
  readonly unit: string;
};

/** Something that is right or wrong, not fast or slow. */
export type Fact = { readonly label: string; readonly found: string; readonly holds: boolean };

export type RowResult = {
  readonly comparisons: readonly Comparison[];
  readonly facts?: readonly Fact[];
  readonly notes?: readonly string[];
};

export type Row = {
  readonly number: number;
  readonly title: { readonly zh: string; readonly en: string };
  /** What bounds both sides of it. */
  readonly physics: readonly (keyof Physics)[];
  /** What each side does that the other does not. */
  readonly differences: readonly string[];
  readonly run: (bench: Bench) => Promise<RowResult>;
};

export type Judged = Comparison & {
  readonly ratio: Summary;
  readonly verdict: Verdict;
  readonly typicalOurs: number;
  readonly typicalRival: number;
};
