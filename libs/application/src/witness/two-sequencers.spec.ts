import { describe, expect, it } from '@jest/globals';
import { memorySplitViews, memoryWitnessStore } from '@liandong/adapters/memory';
import {
  cosign,
  cosignedAnswer,
  parseCheckpoint,
  parseNote,
  type Policy,
  readSubmission,
} from '@liandong/ledger';
import fc from 'fast-check';
import { clientTo, newKey, simulatedTime, suite, witnessedLog } from '@liandong/testing/witnessed-log';
import type { WitnessClient } from '../ports/witness-client.ts';
import { boundsOf, type Witnessing } from './check-policy.ts';
import { collector } from './collector.ts';
import { witness } from './witness.ts';

const origin = 'test.example/431021/1';
const logKey = newKey(origin, 'ed25519');
const keys = Array.from({ length: 7 }, (_, n) => newKey(`w${n}.example`, 'cosignature'));
const { clock } = simulatedTime();

/** Cosigns whatever it is shown. */
const liar = (n: number): WitnessClient => ({
  addCheckpoint: async (body) => {
    const submission = readSubmission(body);
    if ('status' in submission) return submission;
    const note = parseNote(submission.note);
    if (!note.ok || !parseCheckpoint(note.value.text).ok) throw new Error('unreadable');
    const { vkey, sign } = keys[n]!;
    return cosignedAnswer([cosign(vkey, sign, note.value.text, 1_800_000_000)]);
  },
  checkpoint: async () => undefined,
});

const honest = (n: number): WitnessClient =>
  clientTo(
    witness({
      ...{ suite, clock, store: memoryWitnessStore(), key: keys[n]!.vkey, sign: keys[n]!.sign },
      logKeysOf: () => [logKey.vkey],
      report: () => {},
    }),
  );

/** Two that hold one key go on from one head, each its own way; requests arrive in the order of `turns`. */
const race = async (
  n: number,
  threshold: number,
  liars: number,
  shared: number,
  turns: readonly number[],
) => {
  const clients = keys.slice(0, n).map((_, m) => (m < liars ? liar(m) : honest(m)));
  const members = keys
    .slice(0, n)
    .map(({ vkey }): Witnessing => ({ kind: 'witness', name: vkey.name, key: vkey, url: 'x' }));
  const policy: Policy = {
    logs: [{ key: logKey.vkey }],
    witnesses: members,
    quorum: { kind: 'group', name: 'quorum', threshold, members },
  };
  const begun = witnessedLog(origin, logKey);
  for (let leaf = 0; leaf < shared; leaf++) begun.grow(`common ${leaf}`);
  const gates: (() => void)[] = [];
  const stop = new AbortController();
  const running = ['one', 'other'].map((name) => {
    const log = begun.fork(shared);
    log.grow(`${name} 1`);
    log.grow(`${name} 2`);
    const collecting = collector({
      ...{ suite, origin, policy, clock, book: log.book, splitViews: memorySplitViews() },
      wait: (_, signal) => new Promise((done) => signal.addEventListener('abort', () => done())),
      clientFor: ({ name: asked }) => {
        const client = clients[members.findIndex((each) => each.name === asked)]!;
        return {
          ...client,
          addCheckpoint: async (...asking) => {
            await new Promise<void>((open) => gates.push(open));
            return client.addCheckpoint(...asking);
          },
        };
      },
      report: () => {},
    });
    return { log, done: collecting.run(stop.signal) };
  });
  for (let turn = 0, idle = 0; idle < 4; turn++) {
    await new Promise(setImmediate);
    const [open] = gates.splice((turns[turn % turns.length] ?? 0) % Math.max(1, gates.length), 1);
    open?.();
    idle = open === undefined ? idle + 1 : 0;
  }
  stop.abort();
  for (const open of gates) open();
  await Promise.all(running.map(({ done }) => done));
  return running.map(({ log }) => log.anchored()?.size).filter((size) => size !== undefined);
};

const turns = fc.array(fc.nat({ max: 1_000 }), { minLength: 5, maxLength: 40 });

describe('two that sequence one log with one key', () => {
  it.each([4, 5, 6, 7])('never both obtain the quorum of %i witnesses, though f of them lie', async (n) => {
    const { faults, least, most } = boundsOf(n);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: least, max: most }),
        fc.integer({ min: 0, max: faults }),
        fc.integer({ min: 0, max: 3 }),
        turns,
        async (threshold, liars, shared, order) => {
          expect((await race(n, threshold, liars, shared, order)).length).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('obtain it one, and only one, where one comes first', async () => {
    for (const shared of [0, 1, 2, 3]) expect(await race(4, 3, 0, shared, [0])).toEqual([shared + 2]);
  });

  it('would both obtain it under a threshold that is refused', async () => {
    expect(await race(4, 2, 0, 0, [0, 0, 4, 4])).toHaveLength(2);
  });
});
