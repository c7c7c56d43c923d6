import type { KindsPage, Position, Recorded } from '@liandong/application';

/** A page of some kinds of streams, of a store that can tell where its last event stands. */
export const kindsPage = async (
  after: Position,
  limit: number,
  lastPosition: () => Promise<Position>,
  read: () => Promise<readonly Recorded[]>,
): Promise<KindsPage> => {
  // Asked first: what stands there by then, the reading shows.
  const last = await lastPosition();
  if (last <= after) return { events: [], through: after };
  const events = await read();
  const latest = events.at(-1)?.position ?? after;
  return { events, through: events.length < limit && last > latest ? last : latest };
};
