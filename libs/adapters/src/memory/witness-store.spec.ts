import { describe, expect, it } from '@jest/globals';
import type { OriginHash } from '@liandong/application';
import { witnessStoreContract } from '@liandong/testing';
import { memorySplitViews, memoryWitnessStore } from './witness-store.ts';

witnessStoreContract('memory', async () => {
  const store = memoryWitnessStore();
  return { store, another: async () => store, close: async () => {} };
});

describe('evidence in memory', () => {
  it('is the first that was kept', async () => {
    const views = memorySplitViews();
    const log = 'a'.repeat(64) as OriginHash;
    await views.keep(log, Uint8Array.of(1));
    await views.keep(log, Uint8Array.of(2));
    expect(await views.find(log)).toEqual(Uint8Array.of(1));
  });
});
