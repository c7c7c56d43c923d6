import type { StreamName } from '@liandong/kernel';
import { newStream, testEvents } from '@liandong/testing';
import { describe, expect, it } from '@jest/globals';
import { type Call, groupCommit, nextBatch } from './group-commit.ts';

const call = (stream: StreamName = newStream(), events = testEvents(1, { stream })): Call => ({
  stream,
  seen: 0,
  events,
  resolve: () => {},
  reject: () => {},
});
const roomy = { events: 1_000, bytes: 1 << 20 };

describe('a batch', () => {
  it('takes what goes together and leaves the rest in its order', () => {
    const stream = newStream();
    const events = testEvents(2, { stream: newStream() });
    const [first, second, third] = [call(stream), call(stream), call(stream)];
    const [original, retry] = [call(newStream(), events), call(newStream(), events.slice(1))];
    const alone = call();
    expect(nextBatch([first, original, second, retry, alone, third], roomy)).toEqual({
      batch: [first, original, alone],
      rest: [second, retry, third],
    });
  });

  it('does not let a call overtake one of its stream that waits', () => {
    const stream = newStream();
    const events = testEvents(1, { stream: newStream() });
    const waits = call(stream, events);
    expect(nextBatch([call(newStream(), events), waits, call(stream)], roomy).rest[0]).toBe(waits);
    expect(nextBatch([call(newStream(), events), waits, call(stream)], roomy).rest).toHaveLength(2);
  });

  it('ends at its limits, but is never empty', () => {
    const calls = Array.from({ length: 5 }, () => call(newStream(), testEvents(2, { stream: newStream() })));
    expect(nextBatch(calls, { ...roomy, events: 5 }).batch).toHaveLength(2);
    expect(nextBatch(calls, { ...roomy, events: 5 }).rest).toHaveLength(3);
    expect(nextBatch(calls, { ...roomy, events: 1 }).batch).toHaveLength(1);
    expect(nextBatch(calls, { ...roomy, bytes: 1 }).batch).toHaveLength(1);
  });
});

describe('group commit', () => {
  it('commits one batch at a time, and what comes meanwhile together after it', async () => {
    const batches: (readonly Call[])[] = [];
    const ends: (() => void)[] = [];
    const began: (() => void)[] = [];
    const nextBegins = () => new Promise<void>((resolve) => began.push(resolve));
    const enqueue = groupCommit((batch) => {
      batches.push(batch);
      began.shift()?.();
      return new Promise((resolve) => ends.push(resolve));
    }, roomy);

    const first = nextBegins();
    enqueue(call());
    enqueue(call());
    await first;
    for (let n = 0; n < 7; n++) enqueue(call());
    await new Promise(setImmediate);
    expect(batches.map(({ length }) => length)).toEqual([2]);

    const second = nextBegins();
    ends[0]?.();
    await second;
    expect(batches.map(({ length }) => length)).toEqual([2, 7]);

    const third = nextBegins();
    ends[1]?.();
    await new Promise(setImmediate);
    enqueue(call());
    await third;
    expect(batches.map(({ length }) => length)).toEqual([2, 7, 1]);
    ends[2]?.();
  });
});
