import {
  type Failure,
  type HandlerName,
  isInstant,
  isPlain,
  pageOf,
  type ParkedFilter,
  type ParkedStream,
  type Parking,
  type PageRequest,
  placeParts,
  placeText,
  type Position,
  type Waiting,
} from '@liandong/application';
import type { StreamName } from '@liandong/kernel';

/** Parked streams as plain steps, so that views can take them into one step with their own. */
export const parkedTable = () => {
  const rows = new Map<string, ParkedStream>();
  const keyOf = (handler: HandlerName, stream: StreamName) => `${handler} ${stream}`;

  const retried = (row: ParkedStream, reason: string, at: string) =>
    rows.set(keyOf(row.handler, row.stream), {
      ...row,
      reason,
      triedAt: at,
      attempts: row.attempts + 1,
    });

  return {
    has: (handler: HandlerName, stream: StreamName) => rows.has(keyOf(handler, stream)),
    streams: (handler: HandlerName) =>
      new Set([...rows.values()].filter((row) => row.handler === handler).map(({ stream }) => stream)),
    park: (handler: HandlerName, { stream, through, reason, at }: Failure) => {
      const row = rows.get(keyOf(handler, stream));
      if (row === undefined)
        rows.set(keyOf(handler, stream), {
          ...{ handler, stream, reason, through },
          ...{ since: at, triedAt: at, attempts: 1 },
        });
      else retried({ ...row, through: later(row.through, through) }, reason, at);
    },
    hold: (handler: HandlerName, waiting: readonly Waiting[]) =>
      new Set(
        waiting.flatMap(({ stream, through }) => {
          const row = rows.get(keyOf(handler, stream));
          if (row === undefined) return [];
          rows.set(keyOf(handler, stream), { ...row, through: later(row.through, through) });
          return [stream];
        }),
      ),
    keep: (handler: HandlerName, stream: StreamName, reason: string, at: string) => {
      const row = rows.get(keyOf(handler, stream));
      if (row !== undefined) retried(row, reason, at);
    },
    release: (handler: HandlerName, { stream, through }: Waiting) =>
      rows.get(keyOf(handler, stream))?.through === through && rows.delete(keyOf(handler, stream)),
    empty: (handler: HandlerName) => {
      for (const row of [...rows.values()])
        if (row.handler === handler) rows.delete(keyOf(handler, row.stream));
    },
    list: ({ handler, stream }: ParkedFilter, { limit, after }: PageRequest) => {
      const place = after === undefined ? [] : placeParts(after, isInstant, isPlain, isPlain);
      if (place === undefined) return { rows: [] };
      const orderOf = (row: ParkedStream) => placeText(row.triedAt, row.handler, row.stream);
      const rest = [...rows.values()]
        .filter((row) => handler === undefined || row.handler === handler)
        .filter((row) => stream === undefined || row.stream === stream)
        .filter((row) => after === undefined || orderOf(row) > after)
        .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
      return pageOf(rest, limit, orderOf);
    },
  };
};

export type ParkedTable = ReturnType<typeof parkedTable>;

const later = (a: Position, b: Position): Position => (a > b ? a : b);

/** Parking that ends with its process. For tests of what parks. */
export const memoryParking = (table: ParkedTable = parkedTable()): Parking => ({
  park: async (handler, failure) => table.park(handler, failure),
  hold: async (handler, waiting) => table.hold(handler, waiting),
  parkedStreams: async (handler) => table.streams(handler),
  list: async (filter, page) => table.list(filter, page),
  keep: async (...again) => table.keep(...again),
  release: async (handler, stream, through) => table.release(handler, { stream, through }),
});
