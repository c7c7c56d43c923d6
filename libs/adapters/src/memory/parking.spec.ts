import { parkingContract } from '@liandong/testing';
import { memoryParking } from './parking.ts';

parkingContract('memory', async () => {
  const parking = memoryParking();
  return { parking, reopened: async () => parking, close: () => Promise.resolve() };
});
