import { describe, expect, it } from '@jest/globals';
import { kurrentLog, maxAppendSize, type Proposed } from './log.ts';

const event = (id: string, size = 1): Proposed => ({
  id,
  type: 'liandong.item.noted.v1',
  contentType: 'application/octet-stream',
  metadata: new Uint8Array(),
  data: new Uint8Array(size),
});
const events = (...ids: readonly string[]) => ids.map((id) => event(id));
const ids = (log: ReturnType<typeof kurrentLog>) => log.stream('s')?.map(({ id }) => id);

describe('the rules of the fake KurrentDB', () => {
  it('give a numeric revision its append, refuse one from the future, and check one without events', () => {
    const log = kurrentLog();
    const known = new Set<string>();
    expect(log.append('s', 'no_stream', events('a', 'b'), known)).toMatchObject({
      kind: 'success',
      current: 1n,
    });
    expect(log.append('s', 1n, events('c'), known)).toMatchObject({ kind: 'success', current: 2n });
    expect(log.append('s', 9n, events('d'), known)).toEqual({ kind: 'wrong-expected-version', current: 2n });
    expect(log.append('s', 2n, [], known)).toMatchObject({ kind: 'success', current: 2n });
    expect(log.append('s', 1n, [], known).kind).toBe('wrong-expected-version');
    expect(log.append('other', 0n, events('x'), known)).toEqual({
      kind: 'wrong-expected-version',
      current: undefined,
    });
  });

  it('take the same ids at the same revision for the same append, however long ago, and write nothing', () => {
    const log = kurrentLog();
    log.append('s', 'no_stream', events('a', 'b', 'c'), new Set());
    const restarted = new Set<string>();
    const again = log.append('s', 0n, events('b', 'c'), restarted);
    expect(again).toMatchObject({ kind: 'success', current: 2n, position: log.stream('s')?.[2]?.position });
    for (const other of [events('c'), events('b', 'x'), events('b', 'c', 'd'), events('x')])
      expect(log.append('s', 0n, other, restarted)).toEqual({ kind: 'wrong-expected-version', current: 2n });
    expect(ids(log)).toEqual(['a', 'b', 'c']);
  });

  it('know no event that comes again at another numeric revision', () => {
    const log = kurrentLog();
    log.append('s', 'no_stream', events('a'), new Set());
    expect(log.append('s', 0n, events('a'), new Set()).kind).toBe('success');
    expect(ids(log)).toEqual(['a', 'a']);
  });

  it('double with any what the node has forgotten', () => {
    const log = kurrentLog();
    const known = new Set<string>();
    log.append('s', 'any', events('a'), known);
    log.append('s', 'any', events('a'), known);
    expect(ids(log)).toEqual(['a']);
    log.append('s', 'any', events('a'), new Set());
    expect(ids(log)).toEqual(['a', 'a']);
  });

  it('refuse whole what is too large, and everything for a stream that is deleted', () => {
    const log = kurrentLog();
    expect(log.append('s', 'no_stream', [event('a', maxAppendSize), event('b')], new Set())).toEqual({
      kind: 'too-large',
      most: maxAppendSize,
    });
    expect(log.stream('s')).toBeUndefined();
    log.tombstone('s');
    expect(log.append('s', 'no_stream', events('a'), new Set()).kind).toBe('stream-deleted');
  });

  it('number the log by bytes, so that a position between two records is none', () => {
    const log = kurrentLog();
    log.append('s', 'no_stream', events('a', 'b'), new Set());
    const [first, second] = log.whole();
    if (first === undefined || second === undefined) throw new Error('two were written');
    expect(log.from(first.position)).toEqual([first, second]);
    expect(log.from(first.position + 1n)).toBeUndefined();
    expect(log.from(log.end())).toEqual([]);
    expect(second.position > first.position + 1n).toBe(true);
  });
});
