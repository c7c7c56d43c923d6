import {
  type CardFilter,
  type CardRow,
  isInstant,
  isPlain,
  type Look,
  pageOf,
  placeParts,
  placeText,
  type SupervisionBook,
} from '@liandong/application';
import { type Card, countCards, type DueQueue, dueQueue } from '@liandong/domain/supervision';
import type { StreamName } from '@liandong/kernel';

/** What supervision keeps, for as long as the process lives. For tests, and for replays. */
export const memorySupervisionBook = (): SupervisionBook => {
  const looks = new Map<StreamName, Look>();
  const queue: DueQueue = dueQueue();
  const cards = new Map<StreamName, CardRow>();

  const schedule = (look: Look) => {
    looks.set(look.matter, look);
    queue.schedule(look.matter, look.due === undefined ? undefined : Date.parse(look.due));
  };

  return {
    schedule: async (look) => schedule(look),
    look: async (matter) => looks.get(matter),
    due: async (by, limit) => {
      const due = queue.takeDue(Date.parse(by), limit);
      // They are due until they are scheduled anew.
      for (const { key, at } of due) queue.schedule(key, at);
      return due.map(({ key }) => key as StreamName);
    },
    lookAgain: async (at) => {
      for (const look of looks.values()) schedule({ ...look, due: at });
    },
    saveCard: async (row) => void cards.set(row.card, row),
    card: async (card) => cards.get(card),
    cardsOf: async (matter) => [...cards.values()].filter(({ state }) => state.judgement.matter === matter),
    cards: async (filter, { limit, after }) => {
      if (after !== undefined && placeParts(after, isInstant, isPlain) === undefined) return { rows: [] };
      const orderOf = ({ card, state }: CardRow) => placeText(state.judgement.dueAt, card);
      const rest = [...cards.values()]
        .filter((row) => isOf(filter, row))
        .filter((row) => after === undefined || orderOf(row) < after)
        .toSorted((a, b) => (orderOf(a) > orderOf(b) ? -1 : 1));
      return pageOf(rest, limit, orderOf);
    },
    counts: async () => {
      const groups = new Map<string, Card[]>();
      for (const { issuer, state } of cards.values()) {
        const { colour, accountable } = state.judgement;
        const key = [issuer, accountable.unit.department, colour].join(' ');
        groups.set(key, [...(groups.get(key) ?? []), state]);
      }
      return [...groups].sort(byKey).flatMap(([, [first, ...others]]) => {
        if (first === undefined) return [];
        const { colour, accountable } = first.judgement;
        const { tier: issuer, department } = accountable.unit;
        return [{ issuer, department, colour, ...countCards([first, ...others]) }];
      });
    },
  };
};

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const isOf = (
  { issuer, department, colour, status, matter }: CardFilter,
  { issuer: of, state: { judgement, status: found } }: CardRow,
): boolean =>
  (issuer === undefined || issuer === of) &&
  (department === undefined || department === judgement.accountable.unit.department) &&
  (colour === undefined || colour === judgement.colour) &&
  (status === undefined || status === found) &&
  (matter === undefined || matter === judgement.matter);
