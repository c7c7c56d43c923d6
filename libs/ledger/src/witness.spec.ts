import { describe, expect, it } from '@jest/globals';
import { concat, fromUtf8, utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { nodesOfLeaves, referenceTree } from '../test/reference-tree.ts';
import { headOf, log, origin, witnesses } from '../test/sample-log.ts';
import { keyPair, sha256, suite } from '../test/suite.ts';
import { toBase64 } from './base64.ts';
import { proveConsistency } from './consistency.ts';
import { cosign } from './cosignature.ts';
import { type Hash, leafHash } from './hash.ts';
import type { VKey } from './vkey.ts';
import { judgeAddCheckpoint, nothingWitnessed, readSubmission, type Witnessed } from './witness.ts';
import {
  cosignedAnswer,
  formatAddCheckpoint,
  maxRequestBytes,
  parseAddCheckpoint,
  readAnswer,
} from './witness-wire.ts';

const leaves = Array.from({ length: 40 }, (_, n) => leafHash(sha256, utf8(`${n}`)));
const forked = leaves.map((leaf, n) => (n === 9 ? leafHash(sha256, utf8('another')) : leaf));
const { mth } = referenceTree(sha256);
const at = (size: number, of = leaves): Witnessed => ({ size, root: mth(of.slice(0, size)) });

const submit = async (old: number, size: number, of: readonly Hash[] = leaves) =>
  formatAddCheckpoint({
    old,
    proof: (await proveConsistency(sha256, nodesOfLeaves(sha256, of.slice(0, size)), old, size)) ?? [],
    note: headOf(at(size, [...of]), 0),
  });

const judge = (body: Uint8Array, state: Witnessed, keys: readonly VKey[] = [log.key]) => {
  const submission = readSubmission(body);
  if ('status' in submission) return { verdict: 'refused', answer: submission, fork: false } as const;
  return judgeAddCheckpoint(suite, keys, state, submission);
};
const statusOf = (...given: Parameters<typeof judge>) => {
  const judgement = judge(...given);
  return judgement.verdict === 'accepted' ? 200 : judgement.answer.status;
};

describe('a witness', () => {
  it('accepts a first head, a larger one and the same once more', async () => {
    let state = nothingWitnessed(sha256);
    for (const size of [0, 3, 10, 10, 37]) {
      const judgement = judge(await submit(state.size, size), state);
      expect(judgement).toMatchObject({ verdict: 'accepted', state: at(size) });
      if (judgement.verdict === 'accepted') state = judgement.state;
    }
  });

  it('accepts every growth of one tree, and none that leaves it', () => {
    const sizes = fc.tuple(fc.integer({ min: 10, max: 40 }), fc.integer({ min: 10, max: 40 }));
    return fc.assert(
      fc.asyncProperty(sizes, async ([x, y]) => {
        const [smaller, larger] = [Math.min(x, y), Math.max(x, y)];
        expect(statusOf(await submit(smaller, larger), at(smaller))).toBe(200);
        expect(statusOf(await submit(smaller, larger, forked), at(smaller))).toBe(422);
      }),
      { numRuns: 30 },
    );
  });

  it('says which size it holds to whoever begins from another', async () => {
    for (const old of [0, 9, 11])
      expect(judge(await submit(old, 20), at(10))).toEqual({
        verdict: 'refused',
        fork: false,
        answer: { status: 409, contentType: 'text/x.tlog.size', body: '10\n' },
      });
  });

  it('holds up a fork of the same size, a rewriting and a proof that is none', async () => {
    expect(judge(await submit(10, 10, forked), at(10))).toMatchObject({
      fork: true,
      answer: { status: 422 },
    });
    expect(judge(await submit(10, 20, forked), at(10))).toMatchObject({
      fork: true,
      answer: { status: 422 },
    });
    const noProof = formatAddCheckpoint({ old: 10, proof: [], note: headOf(at(20), 0) });
    expect(statusOf(noProof, at(10))).toBe(422);
    const useless = formatAddCheckpoint({ old: 0, proof: leaves.slice(0, 1), note: headOf(at(20), 0) });
    expect(statusOf(useless, nothingWitnessed(sha256))).toBe(422);
  });

  it('does not know a log whose key is not that of the origin', async () => {
    const body = await submit(0, 5);
    const nothing = nothingWitnessed(sha256);
    expect(statusOf(body, nothing, [])).toBe(404);
    expect(statusOf(body, nothing, [keyPair('other', 'ed25519').key])).toBe(404);
    expect(statusOf(body, nothing, [keyPair(origin, 'cosignature').key])).toBe(404);
  });

  it('trusts no other key of that name and no signature that fails', async () => {
    const nothing = nothingWitnessed(sha256);
    expect(statusOf(await submit(0, 5), nothing, [keyPair(origin, 'ed25519', 'another').key])).toBe(403);
    const edited = utf8(fromUtf8(await submit(0, 5)).replace('\n5\n', '\n6\n'));
    expect(statusOf(edited, nothing)).toBe(403);
  });

  it('takes either of two keys of one log', async () => {
    const older = keyPair(origin, 'ed25519', 'older').key;
    expect(statusOf(await submit(0, 5), nothingWitnessed(sha256), [older, log.key])).toBe(200);
  });

  const good = fromUtf8(formatAddCheckpoint({ old: 3, proof: leaves.slice(0, 2), note: headOf(at(5), 0) }));
  const hash = toBase64(leaves[0]!);
  it.each([
    ['an old size beyond its own', good.replace('old 3', 'old 6')],
    ['no old size', good.replace('old 3\n', '')],
    ['a leading zero', good.replace('old 3', 'old 03')],
    ['two spaces', good.replace('old 3', 'old  3')],
    ['a negative old size', good.replace('old 3', 'old -3')],
    ['a proof line that is no hash', good.replace(hash, 'AAAA')],
    ['a proof line cut short', good.replace(hash, hash.slice(0, -1))],
    ['64 proof lines', good.replace('old 3\n', `old 3\n${`${hash}\n`.repeat(62)}`)],
    ['no empty line', good.replaceAll('\n\n', '\n')],
    ['a carriage return', good.replace('old 3', 'old 3\r')],
    ['no final newline', good.slice(0, -1)],
    ['nothing in it', ''],
    ['a note without signatures', `old 3\n\n${origin}\n5\n${hash}\n`],
    ['a head that is none', good.replace('\n5\n', '\n05\n')],
    ['more than a witness reads', `${good}${'\u2014 a AAAAAAAA\n'.repeat(1200)}`],
  ])('answers 400 to %s', (_, body) => {
    expect(statusOf(utf8(body), at(3))).toBe(400);
  });

  it('answers whatever it is given', () => {
    const bytes = utf8(good);
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (n, mask) => {
        const altered = bytes.map((byte, at) => (at === n ? byte ^ mask : byte));
        expect([400, 403, 404, 409, 422]).toContain(statusOf(altered, at(3)));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a request to a witness', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat({ max: 63 }), (old, hashes) => {
        const proof = Array.from({ length: hashes }, (_, n) => leaves[n % leaves.length]!);
        const request = { old, proof, note: headOf(at(5)) };
        expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual({ ok: true, value: request });
      }),
    );
  });

  it('is not written where no witness would read it', () => {
    const note = headOf(at(5));
    const proof = Array.from({ length: 64 }, () => leaves[0]!);
    expect(() => formatAddCheckpoint({ old: 0, proof, note })).toThrow(RangeError);
    const long = concat(note, new Uint8Array(maxRequestBytes));
    expect(() => formatAddCheckpoint({ old: 0, proof: [], note: long })).toThrow(RangeError);
  });
});

describe("a witness's answer", () => {
  const [witness] = witnesses;
  const text = `${origin}\n5\n${toBase64(mth(leaves.slice(0, 5)))}\n`;
  const signatures = [cosign(witness!.key, witness!.sign, text, 17)];

  it('of 200 bears signature lines and nothing else', () => {
    const answer = cosignedAnswer(signatures);
    expect(readAnswer(answer)).toEqual({ kind: 'cosigned', signatures });
    for (const body of ['', 'ok\n', '\n', answer.body.slice(0, -1), `${answer.body}\n`, `${answer.body}x\n`])
      expect(readAnswer({ status: 200, body })).toEqual({ kind: 'failed', status: 200 });
    const flood = answer.body.repeat(200);
    expect(readAnswer({ status: 200, body: flood })).toEqual({ kind: 'failed', status: 200 });
  });

  it('of 409 names the size held, and is a fork where it names none', () => {
    const contentType = 'text/x.tlog.size';
    expect(readAnswer({ status: 409, contentType, body: '12\n' })).toEqual({ kind: 'other-size', size: 12 });
    const parameters = `${contentType}; charset=utf-8`;
    expect(readAnswer({ status: 409, contentType: parameters, body: '12\n' }).kind).toBe('other-size');
    for (const body of ['', '12', '012\n', '-1\n', '12\n\n'])
      expect(readAnswer({ status: 409, contentType, body })).toEqual({ kind: 'fork' });
    expect(readAnswer({ status: 409, body: '12\n' })).toEqual({ kind: 'fork' });
    expect(readAnswer({ status: 409, body: '' })).toEqual({ kind: 'fork' });
  });

  it.each([
    [422, { kind: 'fork' }],
    [404, { kind: 'unknown-log' }],
    [403, { kind: 'not-trusted' }],
    [400, { kind: 'failed', status: 400 }],
    [500, { kind: 'failed', status: 500 }],
    [301, { kind: 'failed', status: 301 }],
  ])('of %i means %j', (status, meaning) => {
    expect(readAnswer({ status, body: 'anything\n' })).toEqual(meaning);
  });
});
