import { deliveryBookContract } from '@liandong/testing';
import { memoryDeliveryBook } from './delivery-book.ts';

deliveryBookContract('memory', async () => {
  const book = memoryDeliveryBook();
  return { book, reopened: async () => book, close: async () => {} };
});
