import type { StreamName } from '@liandong/kernel';
import type { AppealGround, CancelGround, CardActor, CorrectionOfCard, Recipients } from './card-facts.ts';
import type { Instant } from './facts.ts';
import type { Judgement } from './judgement.ts';

type By = { readonly by: CardActor };
type Reasoned = { readonly reasons: string };

/** Follower: something is due. Issues at once what the rules let issue at once. */
export type RaiseCard = By & {
  readonly type: 'raiseCard';
  readonly judgement: Judgement;
  readonly issue: 'automatic' | 'confirmed';
  readonly to: Recipients;
};
export type IssueCard = By & { readonly type: 'issueCard'; readonly to: Recipients };
/** `document` is the SHA-256 of the written reply. */
export type ReplyToCard = By & {
  readonly type: 'replyToCard';
  readonly document: string;
  readonly note?: string;
};
export type AppealCard = By &
  Reasoned & { readonly type: 'appealCard'; readonly ground: AppealGround; readonly document: string };
export type AcceptAppeal = By & Reasoned & { readonly type: 'acceptAppeal'; readonly document: string };
export type RejectAppeal = By & Reasoned & { readonly type: 'rejectAppeal'; readonly document: string };
export type CancelCard = By & Reasoned & { readonly type: 'cancelCard'; readonly ground: CancelGround };
export type UrgeCard = By & {
  readonly type: 'urgeCard';
  readonly card: StreamName;
  /** Until when the unit must act. */
  readonly until: Instant;
  readonly at: Instant;
  readonly note?: string;
};
/** Follower: a later fact, or a corrected calendar, says otherwise. */
export type CorrectCard = By & { readonly type: 'correctCard'; readonly correction: CorrectionOfCard };

export type CardCommand =
  | RaiseCard
  | IssueCard
  | ReplyToCard
  | AppealCard
  | AcceptAppeal
  | RejectAppeal
  | CancelCard
  | UrgeCard
  | CorrectCard;
