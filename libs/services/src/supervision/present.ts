import type { CardRow, Executed, Explained, Overseen } from '@liandong/application';
import { statusCodes } from '@liandong/domain/supervision';
import type { StreamName } from '@liandong/kernel';
import { oversightAnswer, oversightOf } from './oversight-answers.ts';

/** A card as lists show it. `about`: what superiors make of it. */
export const cardAnswer = ({ card, issuer, issuedAt, state }: CardRow, about: readonly Overseen[]) => {
  const { judgement, status, appeal, urged, replies, corrections } = state;
  const { matter, colour, cause, dueAt, judgedAt, accountable } = judgement;
  return {
    ...{ card, issuer, status, code: statusCodes[status], colour, rule: cause.rule, matter },
    ...{ dueAt, judgedAt, ...(issuedAt !== undefined && { issuedAt }) },
    ...{ accountable, appeal, urged, replies, corrected: corrections.length > 0 },
    oversight: oversightOf(about),
  };
};

/** A card whole: what it says, and what was said of it since. */
export const wholeCardAnswer = (row: CardRow, about: readonly Overseen[]) => ({
  ...cardAnswer(row, about),
  judgement: row.state.judgement,
  ...(row.state.to !== undefined && { to: row.state.to }),
  corrections: row.state.corrections,
  oversights: about.map(oversightAnswer),
});

export const explanationAnswer = ({ row, explanation }: Explained, about: readonly Overseen[]) => ({
  ...cardAnswer(row, about),
  explanation,
  oversights: about.map(oversightAnswer),
});

export const doneAnswer = (card: StreamName, { events, repeated }: Executed) => ({
  card,
  events: events.map(({ id, type, hash }) => ({ id, type, hash })),
  repeated,
});
