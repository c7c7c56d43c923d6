import {
  type Card,
  cardDecider,
  type CardFact,
  type OversightFact,
  type RulesAdopted,
} from '@liandong/domain/supervision';
import { decodeEvent, type Envelope, streamOwner, type StreamName } from '@liandong/kernel';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { CardRow } from '../ports/supervision-book.ts';

/** Everything that stands in streams of the kind `card`. */
export type AnyCardFact = CardFact | OversightFact | RulesAdopted;
export type DecodeCards = (envelope: Envelope) => AnyCardFact | undefined;

/** A fact of a card's own life, or `undefined`: what superiors hold against issuers, and rules, are none. */
export const cardFactOf =
  (decode: DecodeCards) =>
  (envelope: Envelope): CardFact | undefined => {
    const fact = decode(envelope);
    switch (fact?.type) {
      case undefined:
      case 'liandong.card.disagreed.v1':
      case 'liandong.card.agreed.v1':
      case 'liandong.card.rulesAdopted.v1':
        return undefined;
      case 'liandong.card.raised.v1':
      case 'liandong.card.issued.v1':
      case 'liandong.card.replied.v1':
      case 'liandong.card.appealed.v1':
      case 'liandong.card.appealAccepted.v1':
      case 'liandong.card.appealRejected.v1':
      case 'liandong.card.cancelled.v1':
      case 'liandong.card.urged.v1':
      case 'liandong.card.corrected.v1':
        return fact;
    }
  };

export const isCardStream = (stream: StreamName): boolean => stream.startsWith('card-');

/** The card whose stream this is; `undefined` for a stream in which none was raised. */
export const readCard = async (
  store: Pick<EventStore, 'read'>,
  decode: DecodeCards,
  stream: StreamName,
): Promise<CardRow | undefined> => cardFrom(stream, decode, await store.read(stream));

export const cardFrom = (
  stream: StreamName,
  decode: DecodeCards,
  recorded: readonly Recorded[],
): CardRow | undefined => {
  const factOf = cardFactOf(decode);
  const issuer = streamOwner(stream);
  let state: Card | undefined;
  let issuedAt: string | undefined;
  for (const { bytes } of recorded) {
    const envelope = decodeEvent(bytes);
    const fact = factOf(envelope);
    if (fact === undefined) continue;
    if (fact.type === 'liandong.card.issued.v1') issuedAt ??= envelope.time;
    state = cardDecider.evolve(state, fact);
  }
  // A card is what its own tier says of its own units; under another name it is nobody's.
  if (issuer === undefined || state?.judgement.accountable.unit.tier !== issuer) return undefined;
  return { card: stream, issuer, state, issuedAt };
};
