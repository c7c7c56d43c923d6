import { describe, expect, it } from '@jest/globals';
import { cosign, formatNote, openByPolicy, parseNote, type Policy, type SignedHead } from '@liandong/ledger';
import { newKey, suite, witnessedLog } from '@liandong/testing/witnessed-log';
import { isStale, quorumTime } from './quorum-time.ts';

const log = witnessedLog('test.example/431021/1');
log.grow('a', 'b');
const keys = ['city', 'audit', 'archive', 'authority'].map((name) => newKey(name, 'cosignature'));
const witnesses = keys.map(({ vkey }) => ({ kind: 'witness' as const, name: vkey.name, key: vkey }));
const policy: Policy = {
  logs: [{ key: log.key.vkey }],
  witnesses,
  quorum: { kind: 'group', name: 'three', threshold: 3, members: witnesses },
};
const cosignedAt = (...times: readonly number[]): SignedHead => {
  const note = parseNote(log.headAt(2).note);
  if (!note.ok) throw new Error('no note');
  const lines = times.map((time, n) => cosign(keys[n]!.vkey, keys[n]!.sign, note.value.text, time));
  const bytes = formatNote({ text: note.value.text, signatures: [...note.value.signatures, ...lines] });
  const head = openByPolicy(suite, bytes, { ...policy, quorum: witnesses[0]! });
  if (!head.ok) throw new Error(head.refusal.code);
  return head.value;
};
const at = (second: number) => new Date(second * 1000);

describe('the time of a quorum', () => {
  it('is when its slowest member spoke, so no single witness can make a head look fresh', () => {
    expect(quorumTime(policy, cosignedAt(100, 200, 300))).toBe(100);
    expect(quorumTime(policy, cosignedAt(100, 200, 300, 9_999_999))).toBe(200);
  });

  it('is none where too few spoke', () => {
    expect(quorumTime(policy, cosignedAt(100, 200))).toBeUndefined();
    expect(isStale(policy, cosignedAt(100, 200), at(100))).toBe(true);
  });

  it('makes a head stale after three minutes', () => {
    const head = cosignedAt(1_000, 1_010, 1_020);
    expect(isStale(policy, head, at(1_180))).toBe(false);
    expect(isStale(policy, head, at(1_181))).toBe(true);
  });
});
