import type { Card, CardCount, CardStatus, Colour } from '@liandong/domain/supervision';
import type { StreamName, TierCode } from '@liandong/kernel';
import type { Page, PageRequest } from '../views/page.ts';

/** When a matter is to be looked at next, and under which calendar it was looked at last. */
export type Look = {
  readonly matter: StreamName;
  /** `undefined`: time alone brings nothing more for it. */
  readonly due: string | undefined;
  readonly calendar: string;
};

/** A card as its stream makes it. */
export type CardRow = {
  readonly card: StreamName;
  readonly issuer: TierCode;
  readonly state: Card;
  readonly issuedAt: string | undefined;
};

export type CardFilter = {
  readonly issuer?: TierCode;
  readonly department?: string;
  readonly colour?: Colour;
  readonly status?: CardStatus;
  readonly matter?: StreamName;
};

/** Cards of one unit and colour in numbers. What was withdrawn or cancelled had been issued all the same. */
export type CardCounts = CardCount & {
  readonly issuer: TierCode;
  readonly department: string;
  readonly colour: Colour;
};

/**
 * What supervision keeps beside the store: every open matter by when it is due, and the
 * cards. All of it follows from events and can be made anew. What a method writes
 * survives a crash once it resolves.
 */
export interface SupervisionBook {
  schedule(look: Look): Promise<void>;
  look(matter: StreamName): Promise<Look | undefined>;
  /** Matters due by an instant, the earliest first: found without a look at the others. */
  due(by: string, limit: number): Promise<readonly StreamName[]>;
  /** Makes every matter due by then: what it is counted by has changed. */
  lookAgain(at: string): Promise<void>;

  saveCard(row: CardRow): Promise<void>;
  card(card: StreamName): Promise<CardRow | undefined>;
  cardsOf(matter: StreamName): Promise<readonly CardRow[]>;
  /** The latest due first. */
  cards(filter: CardFilter, page: PageRequest): Promise<Page<CardRow>>;
  /** By tier, department and colour, in that order. */
  counts(): Promise<readonly CardCounts[]>;
}
