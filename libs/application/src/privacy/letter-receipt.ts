import { utf8 } from '@liandong/kernel';
import type { LetterReceipt, LetterReceiptStatement } from '../ports/link-transport.ts';
import type { ExchangeDeps } from '../exchange/deps.ts';

/** What a destination signs about a letter, so that no tier between can say in its name that it arrived. */
const statementBytes = (network: string, { feed, outcomes }: LetterReceiptStatement): Uint8Array => {
  const lines = outcomes.map(({ digest, code }) => `${digest} ${code}`);
  return utf8(
    `liandong/letter-receipt/v1\n${[network, feed.author, feed.destination, ...lines].join('\n')}\n`,
  );
};

export const letterReceipt = (
  { self, sign }: Pick<ExchangeDeps, 'self' | 'sign'>,
  statement: LetterReceiptStatement,
): LetterReceipt => ({
  kind: 'letterReceipt',
  ...statement,
  ...sign(statementBytes(self.network, statement)),
});

export const isGenuineReceipt = (
  { self, verify }: Pick<ExchangeDeps, 'self' | 'verify'>,
  receipt: LetterReceipt,
): boolean => verify(receipt.feed.destination, statementBytes(self.network, receipt), receipt);
