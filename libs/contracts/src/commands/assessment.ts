import { z } from 'zod';
import { assessmentScheme, periodName, scoreAppealGround } from '../schemas/assessment.ts';
import { localDate, prose, sha256Hex } from '../schemas/parts.ts';

const document = sha256Hex.describe('文书的 SHA-256 · SHA-256 of the document');
const reasons = prose(4000).describe('理由（不进入事件，仅存摘要） · Reasons (kept apart from the event)');

/** Who asks, and what about, are never taken from a body. */
export const schemeBody = z.strictObject({ scheme: assessmentScheme, effectiveFrom: localDate });
export const publicationBody = z.strictObject({
  period: periodName.describe('年、季度或月，北京时间 · 2026, 2026Q1 or 202603, in Asia/Shanghai'),
});
export const scoreAppealBody = z.strictObject({
  ground: scoreAppealGround.describe(
    '事实有误 · 责任有误 · 监察牌已撤 · 不可抗力 · Why the score should not stand',
  ),
  ...{ document, reasons },
});
export const scoreRulingBody = z.strictObject({ document, reasons });
export const scoreCorrectionBody = z.strictObject({});
