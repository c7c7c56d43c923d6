import { describe, expect, it } from '@jest/globals';
import { newSalt, sha256 } from '@liandong/adapters/crypto';
import { memorySplitViews } from '@liandong/adapters/memory';
import { checkOwnSchema, dataschemaOf } from '@liandong/contracts';
import { decodeEvent } from '@liandong/kernel';
import { formatSplitView, type Policy } from '@liandong/ledger';
import { testTierOf } from '@liandong/testing';
import { suite, witnessedLog } from '@liandong/testing/witnessed-log';
import { ledgerJournal } from './ledger-journal.ts';
import { splitViewAlarm } from './split-view-alarm.ts';

const origin = 'test.example/431021/1';
const log = witnessedLog(origin);
log.grow('a', 'b');
const thief = log.fork(1);
thief.grow('x');
const evidence = formatSplitView({ smaller: log.headAt(2).note, larger: thief.headAt(2).note, path: [] });

const alarmed = () => {
  const tier = testTierOf('431000');
  const kept = memorySplitViews();
  const policy: Policy = { logs: [{ key: log.key.vkey }], witnesses: [] };
  const journal = ledgerJournal(tier.store, {
    ...{ author: tier.author, sha256, newSalt, checkOwnSchema, dataschemaOf },
    clock: { now: () => new Date('2026-03-02T01:00:00.000Z') },
    pseudonym: (principal: string) => principal,
    fingerprint: (fact: unknown) => JSON.stringify(fact),
  });
  const alarm = splitViewAlarm({
    ...{ suite, journal, self: tier.author, evidence: kept },
    policies: new Map([
      [origin, policy],
      ['test.example/431000/1', policy],
    ]),
  });
  return { alarm, events: async () => (await journal.read(0)).map(({ bytes }) => decodeEvent(bytes)) };
};
const view = { origin, frozenAt: 2, from: '431021' as never };

describe('the alarm over two histories of one ledger', () => {
  it('keeps the evidence, and names it once in the own ledger however often it is seen', async () => {
    const { alarm, events } = alarmed();
    expect(await alarm.frozen()).toEqual(new Set());
    await alarm.seen({ ...view, evidence });
    await alarm.seen({ ...view, evidence });
    expect(await alarm.frozen()).toEqual(new Set([origin]));
    expect(await events()).toMatchObject([
      {
        type: 'liandong.ledger.splitView.v1',
        data: { smaller: { origin, size: 2 }, larger: { origin, size: 2 }, frozenAt: 2, seenBy: '431021' },
      },
    ]);
  });

  it('is not raised by evidence that proves nothing', async () => {
    const { alarm, events } = alarmed();
    const same = formatSplitView({ smaller: log.headAt(2).note, larger: log.headAt(2).note, path: [] });
    await alarm.seen({ ...view, evidence: same });
    expect([await alarm.frozen(), await events()]).toEqual([new Set(), []]);
  });
});
