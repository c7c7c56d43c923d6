import type { PersonCardCommand } from '@liandong/application';
import { z } from 'zod';
import { appealGround, cancelGround } from '../schemas/card-parts.ts';
import { instant, optional, prose, sha256Hex } from '../schemas/parts.ts';
import { commandsOf } from './commands-of.ts';

/** Who gives it, whom it goes to and which card it is about are never taken from a body. */
type CardBody<Command> = Command extends PersonCardCommand
  ? Omit<Command, 'by' | 'to' | 'card' | 'at'>
  : never;

const document = sha256Hex.describe('文书的 SHA-256 · SHA-256 of the document');
const reasons = prose(4000).describe('理由（不进入事件，仅存摘要） · Reasons (kept apart from the event)');
const note = optional(
  prose(4000).describe('说明（不进入事件，仅存摘要） · A note (kept apart from the event)'),
);

/** What a person may ask of a card, by the name of the command. */
export const cardCommandBodies = commandsOf<CardBody<PersonCardCommand>>()({
  issueCard: z.strictObject({}),
  replyToCard: z.strictObject({ document, note }),
  appealCard: z.strictObject({
    ground: appealGround.describe(
      '事实有误 · 计时有误 · 责任有误 · 不可抗力 · 申请人原因 · Why the card should not stand',
    ),
    document,
    reasons,
  }),
  acceptAppeal: z.strictObject({ document, reasons }),
  rejectAppeal: z.strictObject({ document, reasons }),
  cancelCard: z.strictObject({ ground: cancelGround, reasons }),
  urgeCard: z.strictObject({ until: instant.describe('督办期限 · Until when the unit must act'), note }),
});
export type CardCommandName = keyof typeof cardCommandBodies;
