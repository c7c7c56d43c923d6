import type { CardRow, Executed, Explained } from '@liandong/application';
import { statusCodes } from '@liandong/domain/supervision';
import type { StreamName } from '@liandong/kernel';

/** A card as lists show it. */
export const cardAnswer = ({ card, issuer, issuedAt, state }: CardRow) => {
  const { judgement, status, appeal, urged, replies, corrections } = state;
  const { matter, colour, cause, dueAt, judgedAt, accountable } = judgement;
  return {
    ...{ card, issuer, status, code: statusCodes[status], colour, rule: cause.rule, matter },
    ...{ dueAt, judgedAt, ...(issuedAt !== undefined && { issuedAt }) },
    ...{ accountable, appeal, urged, replies, corrected: corrections.length > 0 },
  };
};

/** A card whole: what it says, and what was said of it since. */
export const wholeCardAnswer = (row: CardRow) => ({
  ...cardAnswer(row),
  judgement: row.state.judgement,
  ...(row.state.to !== undefined && { to: row.state.to }),
  corrections: row.state.corrections,
});

export const explanationAnswer = ({ row, explanation }: Explained) => ({
  ...cardAnswer(row),
  explanation,
});

export const doneAnswer = (card: StreamName, { events, repeated }: Executed) => ({
  card,
  events: events.map(({ id, type, hash }) => ({ id, type, hash })),
  repeated,
});
