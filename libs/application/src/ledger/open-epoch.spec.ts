import { describe, expect, it } from '@jest/globals';
import { ed25519Signer, newPrivateKey, nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { checkOwnSchema } from '@liandong/contracts';
import { authorOf } from '@liandong/kernel';
import {
  cosign,
  formatCheckpoint,
  formatNote,
  formatVKey,
  makeVKey,
  ofType,
  parsePolicy,
  type Policy,
  signNote,
} from '@liandong/ledger';
import { testLogKey, testSource } from '@liandong/testing';
import { epochOpening, largestCosigned, originOf } from './open-epoch.ts';

const self = authorOf(testSource)!;
const origin = originOf(self);
const { logKey, sign } = testLogKey(origin);
const suite = nodeSuite();

const witnesses = ['w1', 'w2', 'w3', 'w4'].map((name) => {
  const { publicKey, sign: signCosignature } = ed25519Signer(newPrivateKey());
  const key = ofType(makeVKey(sha256, name, 'cosignature', publicKey), 'cosignature');
  if (!key.ok) throw new Error('unreachable');
  return { key: key.value, sign: signCosignature };
});
const policy = ((): Policy => {
  const lines = [
    `log ${formatVKey(logKey)}`,
    ...witnesses.map(({ key }) => `witness ${key.name} ${formatVKey(key)}`),
    `group all-four 3 ${witnesses.map(({ key }) => key.name).join(' ')}`,
    'quorum all-four',
  ];
  const parsed = parsePolicy(sha256, new TextEncoder().encode(`${lines.join('\n')}\n`));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
})();

const rootAt = (size: number) => sha256(new TextEncoder().encode(`root ${size}`));

/** What the nth witness shows: the head it saw last, with its own cosignature. */
const shownBy = (n: number, size: number, root = rootAt(size)): Uint8Array => {
  const text = formatCheckpoint({ origin, size, root });
  const { key, sign: signCosignature } = witnesses[n]!;
  return formatNote({
    text,
    signatures: [signNote(logKey, sign, text), cosign(key, signCosignature, text, 1_772_413_200)],
  });
};
const largest = (...notes: readonly Uint8Array[]) => largestCosigned(suite, policy, notes)?.checkpoint.size;

describe('the largest head that a quorum had cosigned', () => {
  it('is put together from what each witness shows', () => {
    expect(largest(shownBy(0, 7), shownBy(1, 7), shownBy(2, 7), shownBy(3, 9))).toBe(7);
    expect(largest(shownBy(0, 7), shownBy(1, 7), shownBy(2, 9))).toBeUndefined();
    expect(largest()).toBeUndefined();
  });

  it('counts no witness twice, no other root, and nothing that cannot be verified', () => {
    expect(largest(shownBy(0, 7), shownBy(0, 7), shownBy(0, 7))).toBeUndefined();
    expect(largest(shownBy(0, 7), shownBy(1, 7), shownBy(2, 7, rootAt(8)))).toBeUndefined();
    const forged = shownBy(2, 7);
    forged[forged.length - 6]! ^= 1;
    expect(largest(shownBy(0, 7), shownBy(1, 7), forged)).toBeUndefined();
    expect(largest(shownBy(0, 7), shownBy(1, 7), shownBy(3, 7), new Uint8Array([1, 2]))).toBe(7);
  });
});

describe('the opening of the next epoch', () => {
  const cosigned = largestCosigned(suite, policy, [shownBy(0, 7), shownBy(1, 7), shownBy(2, 7)]);

  it('names the ledger that ends, with the sizes as they are', () => {
    const opening = epochOpening(self, { stored: 5, known: 9, cosigned, reason: '备份恢复' });
    expect(opening.data).toEqual({
      epoch: 1,
      previous: {
        origin: 'test.example/431000/0',
        epoch: 0,
        stored: 5,
        known: 9,
        cosigned: { origin, size: 7, root: Buffer.from(rootAt(7)).toString('hex') },
      },
      reason: '备份恢复',
    });
    expect(checkOwnSchema(opening.type, opening.data)).toEqual({ ok: true, value: 'known' });
  });

  it('says nothing of a cosigned head where there was none', () => {
    const opening = epochOpening(self, { stored: 0, known: 2, cosigned: undefined, reason: 'r' });
    expect(opening.data.previous).not.toHaveProperty('cosigned');
    expect(checkOwnSchema(opening.type, opening.data)).toEqual({ ok: true, value: 'known' });
  });
});
