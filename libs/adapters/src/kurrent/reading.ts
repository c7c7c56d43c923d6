import type { ResolvedEvent } from '@kurrent/kurrentdb-client';
import { type Position, start, type Recorded } from '@liandong/application';
import type { KurrentConnection } from './connection.ts';
import { failureOf } from './failures.ts';
import { type Kept, keptFrom, placeFrom } from './records.ts';

/**
 * Reads ask the leader, since another node may not have yet what was acknowledged. A record's
 * position is the byte of the server's log at which it begins: it rises with every commit, an
 * append's records stand together, and the leader shows nothing that is not replicated.
 */
const all = async (
  { streamOf }: KurrentConnection,
  records: AsyncIterable<ResolvedEvent>,
): Promise<readonly Kept[]> => {
  const kept: Kept[] = [];
  for await (const { event } of records)
    if (event !== undefined) kept.push(keptFrom(event, streamOf(event.streamId)));
  return kept;
};

/** Up to `limit` events after a position, of those that the filter picks. */
export const readAllAfter = async (
  connection: KurrentConnection,
  after: Position,
  limit: number,
  filter = connection.filter,
): Promise<readonly Kept[]> => {
  const page = (): Promise<readonly Kept[]> =>
    connection.calling(async (client) =>
      all(
        connection,
        client.readAll({
          // A read begins at its place, and what stands there may have been seen.
          ...(after === start ? {} : { fromPosition: placeFrom(after) }),
          maxCount: after === start ? limit : limit + 1,
          filter,
          requiresLeader: true,
        }),
      ),
    );
  try {
    return (await page()).filter(({ recorded }) => recorded.position > after).slice(0, limit);
  } catch (error) {
    if (failureOf(error).kind !== 'no-such-position') throw error;
    const last = await lastPosition(connection);
    if (last < after) return [];
    throw new Error(`no event stands at position ${after}: it is another store's, or was never one`, {
      cause: error,
    });
  }
};

export const lastPosition = async (connection: KurrentConnection): Promise<Position> => {
  const [last] = await connection.calling(async (client) =>
    all(
      connection,
      client.readAll({
        direction: 'backwards',
        fromPosition: 'end',
        maxCount: 1,
        filter: connection.filter,
        requiresLeader: true,
      }),
    ),
  );
  return last?.recorded.position ?? start;
};

/** The event at exactly that position. */
export const readAt = async (connection: KurrentConnection, position: Position): Promise<Kept> => {
  const [kept] = await connection.calling(async (client) =>
    all(connection, client.readAll({ fromPosition: placeFrom(position), maxCount: 1, requiresLeader: true })),
  );
  if (kept?.recorded.position !== position) throw new Error(`no event stands at position ${position}`);
  return kept;
};

export const readStreamAfter = async (
  connection: KurrentConnection,
  stream: Recorded['stream'],
  after: number,
): Promise<readonly Kept[]> => {
  try {
    return await connection.calling(async (client) =>
      all(
        connection,
        client.readStream(connection.nameOf(stream), { fromRevision: BigInt(after), requiresLeader: true }),
      ),
    );
  } catch (error) {
    if (failureOf(error).kind === 'no-stream') return [];
    throw error;
  }
};
