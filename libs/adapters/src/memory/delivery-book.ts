import { type Acknowledgement, type DeliveryBook, type Position, start } from '@liandong/application';
import type { StreamName } from '@liandong/kernel';

/** For tests: gone when the process ends. */
export const memoryDeliveryBook = (): DeliveryBook => {
  const cases = new Map<StreamName, { moved: Position; settled: Position }>();
  const acknowledgements = new Map<string, Acknowledgement>();
  let followed = start;

  const open = () =>
    [...cases]
      .filter(([, { moved, settled }]) => moved > settled)
      .map(([stream, { moved }]) => ({ stream, moved }))
      .sort((a, b) => (a.stream < b.stream ? -1 : 1));

  return {
    followed: async () => followed,
    follow: async (through, { withheld, moved }) => {
      if (through > followed) followed = through;
      for (const stream of withheld)
        if (!cases.has(stream)) cases.set(stream, { moved: start, settled: start });
      const touched = new Set([...withheld, ...moved]);
      for (const stream of touched) {
        const one = cases.get(stream);
        if (one !== undefined && through > one.moved) one.moved = through;
      }
      return open().filter(({ stream }) => touched.has(stream));
    },
    open: async (after, limit) =>
      open()
        .filter(({ stream }) => after === undefined || stream > after)
        .slice(0, limit),
    openCount: async () => open().length,
    settle: async ({ stream, moved }) => {
      const one = cases.get(stream);
      if (one !== undefined && moved > one.settled) one.settled = moved;
    },
    acknowledge: async (some) => {
      for (const one of some) {
        const key = `${one.destination} ${one.digest}`;
        if (!acknowledgements.has(key)) acknowledgements.set(key, one);
      }
    },
    acknowledged: async (digests) =>
      [...acknowledgements.values()].filter(({ digest }) => digests.includes(digest)),
  };
};
