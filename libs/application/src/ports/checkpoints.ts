import type { Position } from './event-store.ts';

/** How far a follower that keeps no database transaction of its own has come. */
export interface Checkpoints {
  /** The saved position, or `start` for a follower that never saved one. */
  load(follower: string): Promise<Position>;
  /** Survives a crash once it resolves; never goes back. */
  save(follower: string, position: Position): Promise<void>;
}
