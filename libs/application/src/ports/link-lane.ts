import type { Block, Heartbeat } from './link-transport.ts';

export type LaneFrame = Block | Heartbeat;

/** What came over a lane: a frame, or bytes that no release of ours would send. */
export type LaneArrival =
  | { readonly kind: 'frame'; readonly frame: LaneFrame }
  | { readonly kind: 'unreadable'; readonly detail: string; readonly bytes: Uint8Array };

export type LaneReading = {
  /** Resolves after `close`; rejects when the lane was lost or `take` rejected. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * A second way beside a link, over which each side says what it has whether or not the other
 * listens. It may lose, repeat and forget: whoever misses something asks over the link itself.
 * Carries events and heartbeats, and never anything that is not for every tier on the way.
 */
export interface LinkLane {
  /** Resolves once the lane keeps all of it, behind what was said before. Nothing to say asks whether the lane is there. */
  send(frames: readonly LaneFrame[]): Promise<void>;
  /** Hands over what comes, in order. What `take` did not resolve for comes again. Resolves once it reads. */
  receive(take: (arrivals: readonly LaneArrival[]) => Promise<void>): Promise<LaneReading>;
}
