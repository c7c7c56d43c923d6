import type { StreamName } from '@liandong/kernel';
import type { Page, PageRequest } from '../views/page.ts';
import type { Position } from './event-store.ts';

/** What reads stored events and makes something of them. Each gives up on streams of its own. */
export const handlerNames = ['views', 'coordinator', 'deadlines', 'calendar'] as const;
export type HandlerName = (typeof handlerNames)[number];

/** Handlers whose parking stands by itself. That of `views` is written with their rows: see `ViewWriter`. */
export type FollowerName = Exclude<HandlerName, 'views'>;

/** The events of a stream, up to a position, that a handler leaves for later. */
export type Waiting = { readonly stream: StreamName; readonly through: Position };

/** A stream that a handler has given up on for now. */
export type Failure = Waiting & { readonly reason: string; readonly at: string };

export type ParkedStream = Waiting & {
  readonly handler: HandlerName;
  /** Why the last try failed. */
  readonly reason: string;
  /** When it was parked, and when it was tried last. */
  readonly since: string;
  readonly triedAt: string;
  /** How often it was given up. */
  readonly attempts: number;
};

export type ParkedFilter = { readonly handler?: HandlerName; readonly stream?: StreamName };

/**
 * The streams that a handler could not interpret. All their later events wait behind
 * them until an operator has them tried again; other streams go on. Whatever a method
 * writes survives a crash once it resolves.
 */
export interface Parking {
  /** Parks a stream. One that is parked stays so since then, with the new reason, and never waits for less. */
  park(handler: FollowerName, failure: Failure): Promise<void>;
  /**
   * Lets further events wait behind streams that are parked, and tells which those are.
   * A stream that is not among them, or not any more, is the caller's to handle.
   */
  hold(handler: FollowerName, waiting: readonly Waiting[]): Promise<ReadonlySet<StreamName>>;
  parkedStreams(handler: HandlerName): Promise<ReadonlySet<StreamName>>;
  /** Those that were not tried for longest first. */
  list(filter: ParkedFilter, page: PageRequest): Promise<Page<ParkedStream>>;
  /** It was tried again in vain. Nothing happens if it is no longer parked. */
  keep(handler: HandlerName, stream: StreamName, reason: string, at: string): Promise<void>;
  /**
   * Lets a stream go that was handled up to `through`. `false`, and it stays, if a later
   * event waits by now, or if it was not parked.
   */
  release(handler: FollowerName, stream: StreamName, through: Position): Promise<boolean>;
}
