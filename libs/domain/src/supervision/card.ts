import {
  canonicalJson,
  type Decider,
  type Draft,
  ok,
  type Personal,
  refuse,
  type Result,
} from '@liandong/kernel';
import type { CardCommand, RaiseCard, UrgeCard } from './card-commands.ts';
import type {
  CardActor,
  CardFact,
  CardFactName,
  CardFacts,
  CardRole,
  CorrectionOfCard,
  Recipients,
} from './card-facts.ts';
import type { Judgement } from './judgement.ts';

// Refusals

export type CardRefusal =
  | { readonly code: 'card-not-raised' }
  | { readonly code: 'card-of-another-cause' }
  | {
      readonly code: 'card-wrong-status';
      readonly found: CardStatus;
      readonly allowed: readonly CardStatus[];
    }
  | { readonly code: 'card-wrong-role'; readonly allowed: readonly CardRole[] }
  | { readonly code: 'card-not-of-tier' }
  | { readonly code: 'card-not-accountable' }
  | { readonly code: 'card-judge-in-own-cause' }
  | { readonly code: 'card-already-appealed' }
  | { readonly code: 'card-reasons-missing' }
  | { readonly code: 'card-urged-into-the-past' };

// State

export const cardStatuses = ['pending', 'issued', 'appealed', 'withdrawn', 'cancelled'] as const;
export type CardStatus = (typeof cardStatuses)[number];

/** D 待發, Y 已發, C 撤銷, Q 取消, as the register of cards codes them; an appeal leaves it issued. */
export const statusCodes: Readonly<Record<CardStatus, 'D' | 'Y' | 'C' | 'Q'>> = {
  pending: 'D',
  issued: 'Y',
  appealed: 'Y',
  withdrawn: 'C',
  cancelled: 'Q',
};

export type Card = {
  readonly status: CardStatus;
  readonly judgement: Judgement;
  readonly to: Recipients | undefined;
  readonly replies: number;
  readonly appeal: 'none' | 'open' | 'accepted' | 'rejected';
  /** B 督辦. */
  readonly urged: number;
  readonly corrections: readonly CorrectionOfCard[];
};
export type CardState = Card | undefined;

/** Whether it counts against the unit: issued, and neither withdrawn nor cancelled. */
export const isStanding = ({ status }: Card): boolean => status === 'issued' || status === 'appealed';

// Decide

type Decision = Result<readonly Draft<CardFact>[], CardRefusal>;

const made = <Name extends CardFactName>(
  name: Name,
  data: CardFacts[Name],
  words: Readonly<Record<string, string | undefined>> = {},
): Draft<CardFact> => {
  const said = Object.entries(words).flatMap(([key, word]): readonly (readonly [string, Personal])[] =>
    word === undefined || word.trim() === '' ? [] : [[key, word]],
  );
  const fact = { type: `liandong.card.${name}.v1`, data } as CardFact;
  return said.length === 0 ? fact : { ...fact, personal: Object.fromEntries(said) };
};

const decide = (command: CardCommand, card: CardState): Decision => {
  if (command.type === 'raiseCard') return raise(command, card);
  if (card === undefined) return refuse({ code: 'card-not-raised' });
  const refusal = unlessAllowed(command, card);
  if (refusal !== undefined) return refuse(refusal);
  const { by } = command;
  switch (command.type) {
    case 'issueCard':
      return ok([made('issued', { by, to: command.to })]);
    case 'replyToCard':
      return ok([made('replied', { by, document: command.document }, { note: command.note })]);
    case 'appealCard': {
      const { ground, document, reasons } = command;
      if (card.appeal !== 'none') return refuse({ code: 'card-already-appealed' });
      return ok([made('appealed', { by, ground, document }, { reasons })]);
    }
    case 'acceptAppeal':
    case 'rejectAppeal': {
      const { document, reasons } = command;
      const name = command.type === 'acceptAppeal' ? 'appealAccepted' : 'appealRejected';
      return ok([made(name, { by, document, reasonsGiven: true }, { reasons })]);
    }
    case 'cancelCard': {
      const { ground, reasons } = command;
      return ok([made('cancelled', { by, ground, reasonsGiven: true }, { reasons })]);
    }
    case 'urgeCard':
      return urge(command);
    case 'correctCard':
      return sameCorrection(card, command.correction) ? ok([]) : ok([made('corrected', command.correction)]);
  }
};

/** One card for one cause: raised again after a crash, a replay or a late fact, it makes nothing new. */
const raise = ({ by, judgement, issue, to }: RaiseCard, card: CardState): Decision => {
  if (by.role !== 'system') return refuse({ code: 'card-wrong-role', allowed: ['system'] });
  if (by.tier !== judgement.accountable.unit.tier) return refuse({ code: 'card-not-of-tier' });
  if (card !== undefined) {
    const same = canonicalJson(card.judgement.cause) === canonicalJson(judgement.cause);
    return same ? ok([]) : refuse({ code: 'card-of-another-cause' });
  }
  const raised = made('raised', judgement);
  return ok(issue === 'automatic' ? [raised, made('issued', { by, to })] : [raised]);
};

const urge = ({ by, card, until, at, note }: UrgeCard): Decision =>
  until <= at
    ? refuse({ code: 'card-urged-into-the-past' })
    : ok([made('urged', { by, card, until }, { note })]);

/** The last word is said once. */
const sameCorrection = ({ corrections }: Card, correction: CorrectionOfCard): boolean => {
  const said = ({ finding, dueAt, accountable }: CorrectionOfCard) =>
    canonicalJson({ finding, dueAt, accountable });
  const last = corrections.at(-1);
  return last !== undefined && said(last) === said(correction);
};

type Later = Exclude<CardCommand, RaiseCard>;
type Allowance = { readonly roles: readonly CardRole[]; readonly statuses: readonly CardStatus[] };

/** Who may do what to a card, and when. */
const allowances: Readonly<Record<Later['type'], Allowance>> = {
  issueCard: { roles: ['supervisor'], statuses: ['pending'] },
  replyToCard: { roles: ['unit'], statuses: ['issued', 'appealed'] },
  appealCard: { roles: ['unit'], statuses: ['issued'] },
  acceptAppeal: { roles: ['supervisor'], statuses: ['appealed'] },
  rejectAppeal: { roles: ['supervisor'], statuses: ['appealed'] },
  cancelCard: { roles: ['supervisor'], statuses: ['pending', 'issued'] },
  urgeCard: { roles: ['supervisor'], statuses: ['issued', 'appealed'] },
  correctCard: { roles: ['system'], statuses: cardStatuses },
};

const unlessAllowed = (command: Later, { judgement, status }: Card): CardRefusal | undefined => {
  const { by } = command;
  const { roles, statuses } = allowances[command.type];
  const { unit } = judgement.accountable;
  if (!roles.includes(by.role)) return { code: 'card-wrong-role', allowed: roles };
  if (by.tier !== unit.tier) return { code: 'card-not-of-tier' };
  if (by.role === 'unit' && by.department !== unit.department) return { code: 'card-not-accountable' };
  if (by.role === 'supervisor' && isOf(by, unit.department)) return { code: 'card-judge-in-own-cause' };
  if (!statuses.includes(status)) return { code: 'card-wrong-status', found: status, allowed: statuses };
  return 'reasons' in command && command.reasons.trim() === '' ? { code: 'card-reasons-missing' } : undefined;
};

const isOf = ({ department }: CardActor, accountable: string): boolean => department === accountable;

// Evolve

const evolve = (card: CardState, { type, data }: CardFact): CardState => {
  if (type === 'liandong.card.raised.v1') {
    if (card !== undefined) return card;
    const nothing = { to: undefined, replies: 0, appeal: 'none', urged: 0, corrections: [] } as const;
    return { status: 'pending', judgement: data, ...nothing };
  }
  if (card === undefined) return card;
  switch (type) {
    case 'liandong.card.issued.v1':
      return { ...card, status: 'issued', to: data.to };
    case 'liandong.card.replied.v1':
      return { ...card, replies: card.replies + 1 };
    case 'liandong.card.appealed.v1':
      return { ...card, status: 'appealed', appeal: 'open' };
    case 'liandong.card.appealAccepted.v1':
      return { ...card, status: 'withdrawn', appeal: 'accepted' };
    case 'liandong.card.appealRejected.v1':
      return { ...card, status: 'issued', appeal: 'rejected' };
    case 'liandong.card.cancelled.v1':
      return { ...card, status: 'cancelled' };
    case 'liandong.card.urged.v1':
      return { ...card, urged: card.urged + 1 };
    case 'liandong.card.corrected.v1':
      return { ...card, corrections: [...card.corrections, data] };
  }
};

export const cardDecider: Decider<CardCommand, CardFact, CardState, CardRefusal, Draft<CardFact>> = {
  initial: undefined,
  decide,
  evolve,
};

// Statistics

/** What a page of cards says in numbers. A card that was withdrawn or cancelled had been issued all the same. */
export type CardCount = { readonly issued: number; readonly withdrawn: number; readonly standing: number };

export const countCards = (cards: Iterable<Card>): CardCount => {
  let [issued, withdrawn, standing] = [0, 0, 0];
  for (const card of cards) {
    if (card.to === undefined) continue;
    issued++;
    if (isStanding(card)) standing++;
    else withdrawn++;
  }
  return { issued, withdrawn, standing };
};
