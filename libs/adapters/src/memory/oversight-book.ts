import {
  isInstant,
  isPlain,
  type Outlook,
  type Overseen,
  type OversightBook,
  pageOf,
  placeParts,
  placeText,
} from '@liandong/application';
import type { StreamName } from '@liandong/kernel';

/** What a superior keeps of the tiers below it, for as long as the process lives. For tests. */
export const memoryOversightBook = (): OversightBook => {
  const rows = new Map<StreamName, Overseen>();
  const outlooks = new Map<StreamName, Outlook>();
  const placeOf = ({ since, stream }: Overseen) => placeText(since, stream);
  const those = (which: (row: Overseen) => boolean) =>
    [...rows.values()].filter(which).toSorted((a, b) => (a.stream < b.stream ? -1 : 1));

  return {
    saveOverseen: async (row) => void rows.set(row.stream, row),
    forgetOverseen: async (stream) => void rows.delete(stream),
    overseen: async (stream) => rows.get(stream),
    overseenIn: async (matter) => those((row) => row.matter === matter),
    overseenOf: async (cards) => those(({ card }) => cards.includes(card)),
    disagreements: async ({ limit, after }) => {
      if (after !== undefined && placeParts(after, isInstant, isPlain) === undefined) return { rows: [] };
      const rest = those(({ state }) => state === 'disagreed')
        .filter((row) => after === undefined || placeOf(row) < after)
        .toSorted((a, b) => (placeOf(a) > placeOf(b) ? -1 : 1));
      return pageOf(rest, limit, placeOf);
    },
    foresee: async (outlook) => void outlooks.set(outlook.matter, outlook),
    toLookAt: async (by, inRealTime, limit) =>
      [...outlooks.values()]
        .filter(({ due, again }) => (due ?? '~') <= by || (again ?? '~') <= inRealTime)
        .slice(0, limit)
        .map(({ matter }) => matter),
    lookAtAll: async (at) => {
      for (const outlook of [...outlooks.values()]) outlooks.set(outlook.matter, { ...outlook, due: at });
    },
  };
};
