import { oversightDecider, type OversightFact, type OversightState } from '@liandong/domain/supervision';
import { decodeEvent, fold } from '@liandong/kernel';
import type { Recorded } from '../ports/event-store.ts';
import type { DecodeCards } from './card-file.ts';

/** A tier's own cards may stand in the same stream; they are not what it holds against others. */
export const oversightFactOf =
  (decode: DecodeCards) =>
  ({ bytes }: Recorded): OversightFact | undefined => {
    const fact = decode(decodeEvent(bytes));
    const held =
      fact?.type === 'liandong.card.disagreed.v1' ||
      fact?.type === 'liandong.card.agreed.v1' ||
      fact?.type === 'liandong.card.urged.v1';
    return held ? fact : undefined;
  };

/** What the author of a stream says of the cards of others there; `undefined` if it never disagreed. */
export const oversightIn = (
  decode: DecodeCards,
  recorded: readonly Recorded[],
): (OversightState & { readonly last: Said }) | undefined => {
  const facts = recorded.flatMap((one) => oversightFactOf(decode)(one) ?? []);
  const last = facts.findLast((fact) => fact.type !== 'liandong.card.urged.v1');
  return (
    last && {
      ...fold(
        oversightDecider(() => true),
        facts,
      ),
      last,
    }
  );
};

type Said = Exclude<OversightFact, { readonly type: 'liandong.card.urged.v1' }>;
