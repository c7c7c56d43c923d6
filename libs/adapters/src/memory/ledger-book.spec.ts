import { ledgerBookContract } from '@liandong/testing';
import { memoryLedgerBook } from './ledger-book.ts';

ledgerBookContract('memory', async () => {
  const book = memoryLedgerBook();
  return { book, ...book, close: async () => {} };
});
