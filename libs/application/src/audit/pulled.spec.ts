import { describe, expect, it } from '@jest/globals';
import { pulled } from './pulled.ts';

const turns = async (n: number) => {
  for (let turn = 0; turn < n; turn++) await new Promise(setImmediate);
};

describe('a pulled stream', () => {
  it('gives every value in its order, and then ends', async () => {
    const read: number[] = [];
    const stream = pulled<number>(async (emit) => {
      for (let n = 0; n < 5; n++) await emit(n);
    });
    for await (const value of stream) read.push(value);
    expect(read).toEqual([0, 1, 2, 3, 4]);
  });

  it('lets the producer come no further than the value that is being read', async () => {
    let made = 0;
    const stream = pulled<number>(async (emit) => {
      for (;;) await emit(made++);
    });
    for (let n = 0; n < 3; n++) {
      expect(await stream.next()).toEqual({ done: false, value: n });
      await turns(10);
      expect(made).toBe(n + 1);
    }
    await stream.return(undefined);
  });

  it('ends the producer when the reader goes away, and waits for its end', async () => {
    let cleaned = false;
    const stream = pulled<number>(async (emit) => {
      try {
        for (let n = 0; ; n++) await emit(n);
      } finally {
        await turns(3);
        cleaned = true;
      }
    });
    await stream.next();
    await stream.return(undefined);
    expect(cleaned).toBe(true);
  });

  it('fails as the producer does, after what it emitted before', async () => {
    const stream = pulled<number>(async (emit) => {
      await emit(1);
      throw new Error('the store is gone');
    });
    expect(await stream.next()).toMatchObject({ value: 1 });
    await expect(stream.next()).rejects.toThrow('the store is gone');
  });
});
