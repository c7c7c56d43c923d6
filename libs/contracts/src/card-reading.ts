import { type DecodeFact, type RejudgeDeps, termsBook, type TermsBook } from '@liandong/application';
import type { CalendarFact } from '@liandong/domain/calendar';
import type { RulesAdopted } from '@liandong/domain/supervision';
import { decodeEvent, type Sha256, type TierCode } from '@liandong/kernel';
import { decodeCalendarFact, decodeCardFact, decodeCaseFact } from './schemas/index.ts';

/** What a record says of working days or office hours. */
export const calendarFactIn: DecodeFact<CalendarFact> = ({ bytes }) => {
  const fact = decodeCalendarFact(decodeEvent(bytes));
  return fact?.type === 'liandong.calendar.deadlinesReprojected.v1' ? undefined : fact;
};

/** The rules that a record adopts. */
export const rulesIn: DecodeFact<RulesAdopted> = ({ bytes }) => {
  const fact = decodeCardFact(decodeEvent(bytes));
  return fact?.type === 'liandong.card.rulesAdopted.v1' ? fact : undefined;
};

/** What tiers count and judge by, as the events of a store say it, with the schemas of this build. */
export const termsWith = (
  sha256: Sha256,
  city: TierCode,
  store: Parameters<typeof termsBook>[0]['store'],
): TermsBook => termsBook({ store, sha256, city, decodeCalendar: calendarFactIn, decodeRules: rulesIn });

/** How the cards of a store are judged again. `city` publishes the working days. */
export const cardsWith =
  (sha256: Sha256, city: TierCode) =>
  <Store extends RejudgeDeps['store']>(store: Store): RejudgeDeps & { readonly store: Store } => ({
    ...{ sha256, store, terms: termsWith(sha256, city, store) },
    caseFactOf: decodeCaseFact,
    decode: decodeCardFact,
  });

/** Whose calendar everybody counts by: the top of the network. Throws for members without one. */
export const calendarCity = (
  members: readonly { readonly tier: TierCode; readonly parent?: TierCode | undefined }[],
): TierCode => {
  const top = members.find(({ parent }) => parent === undefined);
  if (top === undefined) throw new Error('the members name no tier without a superior');
  return top.tier;
};
