import { describe, expect, it } from '@jest/globals';
import { maxBlockEntries } from './outgoing-blocks.ts';
import { sliceEntries, type Waiting, whoseTurn } from './whose-turn.ts';

const window = { all: 8, catchUp: 2 };
const none = { all: 0, catchUp: 0 };
const feed = (name: string, backlog: number, servedAt: number): Waiting & { name: string } => ({
  ...{ name, backlog, servedAt },
});
const returning = feed('returning', 4_000, 0);
const live = feed('live', 3, 90);

describe('the turn to send', () => {
  it('is of what is said now, however long a returning tier has waited', () => {
    expect(whoseTurn([returning, live], none, window, false)).toMatchObject({ feed: live, catchUp: false });
    expect(whoseTurn([live, returning], none, window, false)).toMatchObject({ feed: live, catchUp: false });
  });

  it('is among equals of whoever waits longest', () => {
    expect(whoseTurn([live, feed('quieter', 3, 7)], none, window, false)?.feed.name).toBe('quieter');
    expect(whoseTurn([returning, feed('other', 900, 2)], none, window, false)?.feed.name).toBe('returning');
  });

  it('gives a returning tier large blocks on a quiet link and small ones where others speak', () => {
    expect(whoseTurn([returning], none, window, false)).toMatchObject({
      most: maxBlockEntries,
      catchUp: true,
    });
    expect(whoseTurn([returning], none, window, true)).toMatchObject({ most: sliceEntries, catchUp: true });
  });

  it('leaves a returning tier its share of the window and no more', () => {
    expect(whoseTurn([returning], { all: 2, catchUp: 2 }, window, false)).toBeUndefined();
    expect(whoseTurn([returning, live], { all: 2, catchUp: 2 }, window, false)?.feed).toBe(live);
    expect(whoseTurn([live], { all: 8, catchUp: 2 }, window, false)).toBeUndefined();
  });
});
