import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import { memoryLinkBook } from '@liandong/adapters/memory';
import { decodeLedgerFact } from '@liandong/contracts';
import { type Envelope, eventHash, ok, type TierCode, utf8 } from '@liandong/kernel';
import { judgeTimes } from './judge-times.ts';
import type { VerifiedEntry } from './verify-entry.ts';

const [author, self] = ['431021', '431000'] as [TierCode, TierCode];
const origin = `test.example/${author}/1`;
const rule = { factOf: decodeLedgerFact, toleranceMs: 300_000 };
const at = (clock: string) => `2026-03-02T${clock}.000Z`;

const entry = (
  seq: number,
  recordedtime: string,
  cosignedBy: string | undefined,
  change: Partial<Envelope> = {},
): VerifiedEntry => {
  const bytes = utf8(`${seq}`);
  const envelope = {
    type: 'liandong.case.noted.v1',
    subject: 'case-1',
    time: recordedtime,
    recordedtime,
    data: {},
    ...change,
  } as Envelope;
  return {
    entry: { number: seq + 1, seq, hash: eventHash(sha256, bytes), bytes, seal: undefined as never },
    envelope: ok(envelope),
    head: {
      ...{ origin, size: 99, root: bytes, note: bytes, epoch: 1 },
      cosignedBy: cosignedBy === undefined ? undefined : new Date(cosignedBy),
    },
  };
};
const anchored = (time: string): Partial<Envelope> => ({
  type: 'liandong.ledger.anchored.v1',
  data: { checkpoints: [{ origin: 'test.example/431000/1', size: 3, root: '0'.repeat(64), time }] },
});

const flagsOf = async (book: ReturnType<typeof memoryLinkBook>, entries: readonly VerifiedEntry[]) => {
  const judged = await judgeTimes(book, rule, entries);
  return {
    flags: judged.flagged.map(({ entry: { seq }, flag }) => [seq, flag.flag, flag.byMs / 60_000]),
    marks: judged.marks,
  };
};

describe('the time of a received event', () => {
  it('is flagged where it lies before what its author’s ledger already held, and after its own sealing', async () => {
    const book = memoryLinkBook(self);
    const { flags } = await flagsOf(book, [
      entry(0, at('01:00:00'), at('01:00:01')),
      entry(1, at('01:02:00'), at('01:02:01'), anchored(at('01:01:59'))),
      // An hour behind: nobody takes it for a slow clock.
      entry(2, at('00:05:00'), at('01:05:00')),
      // Within the tolerance.
      entry(3, at('00:58:00'), at('01:05:00')),
      entry(4, at('02:05:00'), at('01:05:00')),
      entry(5, at('01:05:00'), at('01:05:00'), { time: at('03:05:00') }),
      // What happened earlier may be entered later: the difference is there for everybody to see.
      entry(6, at('01:05:00'), at('01:05:00'), { time: at('00:05:00') }),
    ]);
    expect(flags).toEqual([
      [2, 'back-dated', 57],
      [4, 'post-dated', 60],
      [5, 'post-dated', 120],
    ]);
  });

  it('is held against marks of earlier blocks, of its own ledger alone, also when older events come later', async () => {
    const book = memoryLinkBook(self);
    const first = await judgeTimes(book, rule, [
      entry(7, at('01:00:00'), undefined, anchored(at('01:00:00'))),
      entry(8, at('01:00:30'), undefined),
      entry(9, at('01:02:00'), undefined),
    ]);
    // A mark a minute says enough.
    expect(first.marks.map(({ seq }) => seq)).toEqual([7, 9]);
    await book.receive({
      feed: { author, destination: self },
      ...{ after: 0, through: 3, digest: '', received: [], held: [], incidents: [], marks: first.marks },
    });
    expect((await flagsOf(book, [entry(10, at('00:30:00'), undefined)])).flags).toEqual([
      [10, 'back-dated', 32],
    ]);
    expect((await flagsOf(book, [entry(3, at('00:30:00'), undefined)])).flags).toEqual([]);
    const other = entry(10, at('00:30:00'), undefined);
    const ofAnother = { ...other, head: { ...other.head!, origin: 'test.example/431021/2' } };
    expect((await flagsOf(book, [ofAnother])).flags).toEqual([]);
  });

  it('that is flagged proves nothing against the events after it', async () => {
    const { flags } = await flagsOf(memoryLinkBook(self), [
      entry(0, at('01:00:00'), at('01:00:01')),
      entry(1, at('09:00:00'), at('01:00:02')),
      entry(2, at('01:01:00'), at('01:01:01')),
    ]);
    expect(flags).toEqual([[1, 'post-dated', expect.any(Number)]]);
  });
});
