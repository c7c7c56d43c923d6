import { ok, refuse, type Result, type StreamName } from '@liandong/kernel';
import { type Clock, instant } from '../ports/clock.ts';
import { type EventStore, type Recorded, start } from '../ports/event-store.ts';
import type { Failure, HandlerName, Waiting } from '../ports/parking.ts';
import type { Wait } from '../ports/wait.ts';

export type Patience = {
  /** How often a stream is tried before it is parked. */
  readonly tries: number;
  /** Milliseconds after the first failure; doubled with each that follows. */
  readonly firstPause: number;
};

export const patience: Patience = { tries: 4, firstPause: 200 };

/** How a handler treats a stream that fails. */
export type Trying = {
  readonly clock: Clock;
  readonly wait: Wait;
  readonly patience?: Patience;
  /** Told of every stream that was parked, once it is. */
  readonly parked: (handler: HandlerName, failure: Failure) => void;
};

export type GivenUp = Pick<Failure, 'reason' | 'at'>;

/**
 * Tries until it succeeds or patience ends, and then says why the last try failed. After
 * each failure `answers` is asked, which throws while something is away that every stream
 * needs: that is no stream's fault, so it is thrown on and nothing is given up. Throws the
 * signal's reason when it aborts in between.
 */
export const persevere = async <Value>(
  { clock, wait, patience: { tries, firstPause } = patience }: Omit<Trying, 'parked'>,
  signal: AbortSignal,
  answers: () => Promise<unknown>,
  attempt: () => Promise<Value>,
): Promise<Result<Value, GivenUp>> => {
  for (let n = 1; ; n++) {
    try {
      return ok(await attempt());
    } catch (error) {
      signal.throwIfAborted();
      await answers();
      if (n >= tries) return refuse({ reason: reasonOf(error), at: instant(clock.now()) });
    }
    await wait(firstPause * 2 ** (n - 1), signal);
    signal.throwIfAborted();
  }
};

/** Throws while the store is away. */
export const storeAnswers = (store: Pick<EventStore, 'readAll'>) => () => store.readAll(start, 1);

const longestReason = 500;

/** An error in one line of plain text, which any database can keep. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
    .replaceAll(/[\p{Cc}\p{Cs}]+/gu, ' ')
    .slice(0, longestReason)
    .toWellFormed();

/** The streams of a page, each with the last of its events there. */
export const streamsIn = (page: readonly Recorded[]): readonly Waiting[] => [
  ...new Map(
    page.map(({ stream, position }): [StreamName, Waiting] => [stream, { stream, through: position }]),
  ).values(),
];
