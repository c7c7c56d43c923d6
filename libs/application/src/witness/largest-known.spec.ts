import { describe, expect, it } from '@jest/globals';
import { memoryWitnessStore } from '@liandong/adapters/memory';
import type { Policy } from '@liandong/ledger';
import {
  clientTo,
  newKey,
  simulatedTime,
  suite,
  type WitnessedLog,
  witnessedLog,
} from '@liandong/testing/witnessed-log';
import type { WitnessClient } from '../ports/witness-client.ts';
import type { Witnessing } from './check-policy.ts';
import { collector } from './collector.ts';
import { memorySplitViews } from '@liandong/adapters/memory';
import { largestKnown } from './largest-known.ts';
import { witness } from './witness.ts';

const origin = 'test.example/431021/1';
const logKey = newKey(origin, 'ed25519');
const { clock, wait, advance } = simulatedTime();
const refusing: WitnessClient = {
  addCheckpoint: () => Promise.reject(new Error('cut off')),
  checkpoint: () => Promise.reject(new Error('cut off')),
};

const fourWitnesses = () => {
  const keys = ['city', 'audit', 'archive', 'authority'].map((name) => ({
    name,
    ...newKey(`${name}.example`, 'cosignature'),
  }));
  const clients = keys.map(({ vkey, sign }) =>
    clientTo(
      witness({
        ...{ suite, clock, sign, key: vkey, store: memoryWitnessStore() },
        logKeysOf: () => [logKey.vkey],
        report: () => {},
      }),
    ),
  );
  const counting = keys.map(({ name, vkey }): Witnessing => ({ kind: 'witness', name, key: vkey, url: '' }));
  return { counting, clients };
};

const { counting, clients } = fourWitnesses();
const policyOf = (witnesses: readonly Witnessing[]): Policy => ({
  logs: [{ key: logKey.vkey }],
  witnesses,
  quorum: { kind: 'group', name: 'all', threshold: witnesses.length, members: witnesses },
});

/** Brings a log's head to the first so many witnesses. */
const anchorAt = async (log: WitnessedLog, count: number) => {
  const stop = new AbortController();
  const collecting = collector({
    ...{ suite, origin, clock, wait, book: log.book, splitViews: memorySplitViews() },
    policy: policyOf(counting.slice(0, count)),
    clientFor: (asked) => clients[counting.indexOf(asked)],
    report: () => {},
  });
  const running = collecting.run(stop.signal);
  await advance(100);
  stop.abort();
  await running;
};

const ask = (log: WitnessedLog, size: number, reachable: readonly number[] = [0, 1, 2, 3]) =>
  largestKnown(
    {
      ...{ suite, policy: policyOf(counting) },
      quorum: { counting, threshold: 3, faults: 1 },
      clientFor: (asked) =>
        reachable.includes(counting.indexOf(asked)) ? clients[counting.indexOf(asked)] : refusing,
    },
    log.headAt(size),
    new AbortController().signal,
  );

describe('the largest size witnesses know', () => {
  const log = witnessedLog(origin, logKey);
  log.grow('a', 'b', 'c', 'd', 'e');

  it('is nothing before the first head, and asking signs no more than the empty tree', async () => {
    expect(await ask(log, 0)).toMatchObject({ answers: [0, 0, 0, 0], of: 4, enough: true });
  });

  it('is told by each, with the head it saw where it saw more than is offered', async () => {
    await anchorAt(log, 3);
    const restored = await ask(log, 2);
    expect(restored).toMatchObject({ answers: [5, 5, 5, 0], of: 4, enough: true });
    expect(restored.heads.map(({ note }) => note !== undefined)).toEqual([true, true, true, false]);
    expect(await ask(log, 5)).toMatchObject({ answers: [5, 5, 5, 0] });
  });

  it('is known when one more answers than can be missing from a quorum, and not before', async () => {
    expect(await ask(log, 2, [0, 3])).toMatchObject({ answers: [5, 0], of: 4, enough: true });
    expect(await ask(log, 2, [3])).toMatchObject({ answers: [0], of: 4, enough: false });
  });

  it('is not what a single witness claims without a head of the log, be it as large as it likes', async () => {
    const lying: WitnessClient = {
      addCheckpoint: async () => ({
        status: 409,
        contentType: 'text/x.tlog.size',
        body: '9007199254740991\n',
      }),
      checkpoint: async () => undefined,
    };
    const asking = (answering: readonly WitnessClient[]) =>
      largestKnown(
        {
          ...{ suite, policy: policyOf(counting) },
          quorum: { counting, threshold: 3, faults: 1 },
          clientFor: (asked) => answering[counting.indexOf(asked)],
        },
        log.headAt(5),
        new AbortController().signal,
      );
    const [first, second, third] = clients;
    expect(await asking([lying, first!, second!, third!])).toMatchObject({ answers: [5, 5, 5] });
    // Nor does it make up for one that is silent.
    expect(await asking([lying, first!, refusing, refusing])).toMatchObject({ answers: [5], enough: false });
    // Two of which one at most may lie are to be believed.
    const claiming: WitnessClient = {
      ...lying,
      addCheckpoint: async () => ({ status: 409, contentType: 'text/x.tlog.size', body: '7\n' }),
    };
    expect(await asking([claiming, lying, first!, refusing])).toMatchObject({
      answers: [7, 5],
      enough: true,
    });
  });

  it('is told together with a fork where a witness holds another tree of that size', async () => {
    const forked = log.fork(4);
    forked.grow('another');
    const { heads } = await ask(forked, 5, [3, 0]);
    expect(heads).toMatchObject([
      { witness: 'city', size: 5, fork: true },
      { witness: 'authority', fork: false },
    ]);
  });
});
