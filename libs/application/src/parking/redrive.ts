import type { StreamName } from '@liandong/kernel';
import { type Clock, instant } from '../ports/clock.ts';
import type { HandlerName, ParkedFilter, ParkedStream, Parking } from '../ports/parking.ts';
import { reasonOf } from './persevere.ts';

/**
 * Handles a parked stream with everything the store holds of it and lets it go. `false` if
 * it could not be let go, because later events came to wait meanwhile; throws what fails.
 */
export type Retry = (parked: ParkedStream) => Promise<boolean>;

export type RetriedStream = {
  readonly handler: HandlerName;
  readonly stream: StreamName;
  readonly state: 'released' | 'parked';
  /** Why it is still parked. */
  readonly reason?: string;
};

/** Tries parked streams again: all, those of a handler, or one. */
export type Redrive = (only?: ParkedFilter) => Promise<readonly RetriedStream[]>;

/** Streams tried in one go, those first that were not tried for longest: called again it takes the next. */
const sweep = 1_000;
/** Times that later events may come in between before the operator is told to try again. */
const races = 5;

export const redriver =
  ({
    parking,
    clock,
    retries,
  }: {
    readonly parking: Parking;
    readonly clock: Clock;
    readonly retries: Readonly<Record<HandlerName, Retry>>;
  }): Redrive =>
  async (only = {}) => {
    const again = async (first: ParkedStream): Promise<RetriedStream> => {
      const { handler, stream } = first;
      let parked = first;
      for (let race = 1; ; race++) {
        try {
          if (await retries[handler](parked)) return { handler, stream, state: 'released' };
        } catch (error) {
          const reason = reasonOf(error);
          await parking.keep(handler, stream, reason, instant(clock.now()));
          return { handler, stream, state: 'parked', reason };
        }
        const [now] = (await parking.list({ handler, stream }, { limit: 1 })).rows;
        if (now === undefined) return { handler, stream, state: 'released' };
        if (now.through === parked.through || race === races)
          return { handler, stream, state: 'parked', reason: now.reason };
        parked = now;
      }
    };

    const redriven: RetriedStream[] = [];
    for (const parked of (await parking.list(only, { limit: sweep })).rows)
      redriven.push(await again(parked));
    return redriven;
  };
