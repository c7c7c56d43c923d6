import type { CardDesk, Clock, OversightBook, SupervisionBook } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';

export const SUPERVISION = Symbol('Supervision');

/** What the doors of supervision stand on. */
export type Supervision = {
  readonly desk: CardDesk;
  readonly book: Pick<SupervisionBook, 'cards' | 'counts'>;
  readonly oversight: Pick<OversightBook, 'overseenOf' | 'disagreements'>;
  readonly clock: Clock;
  /** Who supervises this tier, the nearest first. */
  readonly superiors: readonly TierCode[];
};
