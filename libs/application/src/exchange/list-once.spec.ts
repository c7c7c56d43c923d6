import { describe, expect, it } from '@jest/globals';
import { listOnce } from './list-once.ts';

describe('a list that holds everything once', () => {
  it('knows a thing by itself and by its bytes', () => {
    const [one, same, other] = [Uint8Array.of(1, 2), Uint8Array.of(1, 2), Uint8Array.of(2, 1)];
    const list = listOnce<Uint8Array>((bytes) => bytes);
    expect(list.has(same)).toBe(false);
    expect([one, other, same, one].map(list.place)).toEqual([0, 1, 0, 0]);
    expect(list.has(same)).toBe(true);
    expect(list.items).toEqual([one, other]);
    expect(list.items[0]).toBe(one);
  });

  it('asks for the bytes of what was met before no more', () => {
    let asked = 0;
    const list = listOnce<Uint8Array>((bytes) => (asked++, bytes));
    const thing = Uint8Array.of(7);
    list.place(thing);
    const before = asked;
    for (let n = 0; n < 100; n++) list.place(thing);
    expect(asked).toBe(before);
  });
});
