import { canonicalJson } from '@liandong/kernel';
import type { Card } from './card.ts';
import type { CorrectionOfCard, CorrectionReason } from './card-facts.ts';
import type { CardCause, Judgement } from './judgement.ts';

/** One text for one cause. */
export const causeKey = (cause: CardCause): string => canonicalJson(cause);

/** A card that was raised, and what must now be added to it. */
export type Correcting = { readonly raised: Judgement; readonly correction: CorrectionOfCard };

/** What is to be done about a matter after it was judged anew. */
export type CardWork = {
  readonly toRaise: readonly Judgement[];
  readonly toCorrect: readonly Correcting[];
};

/** A card as far as it matters here: what it says, and what was added to it. */
export type RaisedCard = Pick<Card, 'judgement' | 'corrections'>;

/** Under which facts and which calendar the matter was judged anew. */
export type Newly = Pick<CorrectionOfCard, 'frontier' | 'calendar' | 'reason'>;

/**
 * Compares the cards a matter has with all that is due now. What has no card is to be
 * raised; a card that is no longer due, or is due otherwise, is only ever added to.
 * `raised` and `due` are about the same matter.
 */
export const cardWork = (
  raised: readonly RaisedCard[],
  due: readonly Judgement[],
  newly: Newly,
): CardWork => {
  const dueByCause = new Map(due.map((judgement) => [causeKey(judgement.cause), judgement]));
  const known = new Set(raised.map(({ judgement }) => causeKey(judgement.cause)));
  return {
    toRaise: due.filter(({ cause }) => !known.has(causeKey(cause))),
    toCorrect: raised.flatMap((card): readonly Correcting[] => {
      const { judgement } = card;
      const correction = correctionOf(card, dueByCause.get(causeKey(judgement.cause)), newly);
      return correction === undefined ? [] : [{ raised: judgement, correction }];
    }),
  };
};

const correctionOf = (
  { judgement: raised, corrections }: RaisedCard,
  now: Judgement | undefined,
  newly: Newly,
): CorrectionOfCard | undefined => {
  if (now === undefined) return { finding: 'notDue', ...newly };
  if (now.dueAt !== raised.dueAt) return { finding: 'dueOtherwise', dueAt: now.dueAt, ...newly };
  const { accountable } = now;
  // Who acts for the unit changes every day; the unit and the step are what the card is about.
  const whose = ({ accountable: { unit, step } }: Judgement) => canonicalJson({ unit, step });
  if (whose(now) !== whose(raised)) return { finding: 'otherwiseAccountable', accountable, ...newly };
  const last = corrections.at(-1);
  return last === undefined || last.finding === 'asRaised' ? undefined : { finding: 'asRaised', ...newly };
};

export const correctionReasonFor = (calendarThen: string, calendarNow: string): CorrectionReason =>
  calendarThen === calendarNow ? 'lateFact' : 'calendarCorrected';
