import {
  type Card,
  type CardCommand,
  cardDecider,
  type CardRefusal,
  cardStreamAt,
  explain,
  type Explanation,
  type ExplainRefusal,
  type OversightCommand,
  oversightDecider,
  type OversightRefusal,
} from '@liandong/domain/supervision';
import { decodeEvent, refuse, type Result, type StreamName, type TierCode } from '@liandong/kernel';
import type { Acting, Authoring } from '../authoring.ts';
import { type Executed, type HandlingRefusal, ownStreamHandler } from '../own-streams.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { CardRow } from '../ports/supervision-book.ts';
import { cardFactOf, type DecodeCards, readCard } from './card-file.ts';
import { oversightFactOf } from './oversight-file.ts';
import type { TermsBook } from './terms-book.ts';

/** What people may do to a card; the rest is the follower's. */
export type PersonCardCommand = Exclude<CardCommand, { readonly type: 'raiseCard' | 'correctCard' }>;

export type CardDeskRefusal =
  | CardRefusal
  | OversightRefusal
  | HandlingRefusal
  | { readonly code: 'card-not-found'; readonly card: StreamName };

export type ExplainCardRefusal =
  ExplainRefusal | { readonly code: 'card-not-found'; readonly card: StreamName };

/** What people do at the supervision of one tier, and what they are told. */
export type CardDesk = {
  readonly read: (card: StreamName) => Promise<CardRow | undefined>;
  /** A card of another tier can only be urged, by a superior of it. */
  readonly give: (
    acting: Acting,
    card: StreamName,
    command: PersonCardCommand,
  ) => Promise<Result<Executed, CardDeskRefusal>>;
  readonly explain: (card: StreamName) => Promise<Result<Explained, ExplainCardRefusal>>;
};

export type Explained = { readonly row: CardRow; readonly explanation: Explanation };

export type CardDeskDeps = {
  readonly tier: TierCode;
  readonly isSuperiorOf: (issuer: TierCode) => boolean;
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly terms: TermsBook;
  readonly decode: DecodeCards;
};

export const cardDesk = (deps: CardDeskDeps): CardDesk => {
  const { tier, store, authoring, terms, decode, isSuperiorOf } = deps;
  const { sha256 } = authoring;
  const factOf = cardFactOf(decode);
  const handle = ownStreamHandler(store, authoring, cardDecider, ({ bytes }) => factOf(decodeEvent(bytes)));
  const oversee = ownStreamHandler(store, authoring, oversightDecider(isSuperiorOf), oversightFactOf(decode));
  const read = (card: StreamName) => readCard(store, decode, card);

  const urgeBelow = (acting: Acting, { judgement }: Card, command: PersonCardCommand) => {
    if (command.type !== 'urgeCard' || !isSuperiorOf(judgement.accountable.unit.tier))
      return Promise.resolve(refuse({ code: 'card-not-of-tier' } as const));
    const asked: OversightCommand = command;
    const stream = cardStreamAt(sha256, tier, judgement.cause);
    return oversee({ ...acting, stream, command: asked, asked: saidIn(asked) });
  };

  return {
    read,
    give: async (acting, card, command) => {
      const row = await read(card);
      if (row === undefined) return refuse({ code: 'card-not-found', card });
      if (row.issuer !== tier) return urgeBelow(acting, row.state, command);
      return handle({ ...acting, stream: card, command, asked: saidIn(command) });
    },
    explain: async (card) => {
      const row = await read(card);
      if (row === undefined) return refuse({ code: 'card-not-found', card });
      const { judgement } = row.state;
      const under = await terms.then(row.issuer, judgement.calendar);
      const rules = await terms.pack(row.issuer, judgement.rules);
      if (under === undefined || rules === undefined)
        return refuse({
          code: under === undefined ? 'explain-other-calendar' : 'explain-other-rules',
          expected: under === undefined ? judgement.calendar : judgement.rules,
          found: '',
        });
      const { time, calendar } = under.terms;
      const explained = explain(judgement, { time, calendar, rules, legalDay: under.legalDay });
      return explained.ok ? { ok: true, value: { row, explanation: explained.value } } : explained;
    },
  };
};

/** Asked again a moment later, it is the same. */
const saidIn = (command: object): unknown => ('at' in command ? { ...command, at: '' } : command);
