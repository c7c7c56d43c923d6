import { BrokerAway } from '@liandong/application';
import kafkajs from 'kafkajs';

/** A group in disorder finds its order again once its members have come back. */
const disorder = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);

/** A failure as the port tells it: what passes by itself apart from what somebody must mend. */
export const toldOf = (error: unknown): Error =>
  passes(error) ? new BrokerAway(asError(error).message, { cause: error }) : asError(error);

export const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const passes = (error: unknown): boolean => {
  // The driver wraps what it gave up at; only what is inside says why.
  if (error instanceof kafkajs.KafkaJSError && error.cause !== undefined) return passes(error.cause);
  if (error instanceof kafkajs.KafkaJSProtocolError)
    // A topic that is not there is tried again by the driver, and does not come of it.
    return disorder.has(error.type) || (error.retriable && error.type !== 'UNKNOWN_TOPIC_OR_PARTITION');
  if (error instanceof kafkajs.KafkaJSConnectionError) return !hasCode(error) || isLoss(error.code);
  return error instanceof kafkajs.KafkaJSError && error.retriable;
};

const hasCode = (error: Error): error is Error & { readonly code: string } =>
  'code' in error && typeof error.code === 'string';

/** A line that was lost, by the name the machine gives it: a certificate that is refused has another. */
const isLoss = (code: string): boolean => /^E[A-Z]+$/.test(code);
