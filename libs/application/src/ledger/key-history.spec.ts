import { describe, expect, it } from '@jest/globals';
import { testSealer, testSource } from '@liandong/testing';
import fc from 'fast-check';
import type { KeyRevoked, KeyRotated, NamedKey } from './facts.ts';
import { afterKeyEvent, keysAtStart, keysValidAt, type KeyHistory, sealVerifierAt } from './key-history.ts';

const key = (keyId: string, purpose: NamedKey['purpose'] = 'approval'): NamedKey => ({
  purpose,
  keyId,
  publicKey: `public ${keyId}`,
});
const rotated = (next: NamedKey, replaces: string): KeyRotated => ({
  type: 'liandong.ledger.keyRotated.v1',
  data: { key: next, replaces },
});
const revoked = ({ keyId, purpose }: NamedKey): KeyRevoked => ({
  type: 'liandong.ledger.keyRevoked.v1',
  data: { keyId, purpose, reason: 'stolen' },
});
const [a, b, c, log] = [key('a'), key('b'), key('c'), key('l', 'log')];
const start = keysAtStart([a, log]);
const valid = (history: KeyHistory, seq: number) => keysValidAt(history, seq).map(({ keyId }) => keyId);

describe('the keys of a ledger', () => {
  it('are those of the beginning until an event says otherwise', () => {
    expect(valid(start, 0)).toEqual(['a', 'l']);
    expect(valid(start, 1e9)).toEqual(['a', 'l']);
  });

  it('change with the leaf after a rotation', () => {
    const history = afterKeyEvent(start, 10, rotated(b, 'a'));
    expect(valid(history, 10)).toEqual(['a', 'l']);
    expect(valid(history, 11)).toEqual(['l', 'b']);
  });

  it('may be followed by one that the trust root names already, and not by one that was revoked', () => {
    const both = keysAtStart([a, b]);
    const history = afterKeyEvent(both, 10, rotated(b, 'a'));
    expect(valid(history, 10)).toEqual(['a', 'b']);
    expect(valid(history, 11)).toEqual(['b']);
    expect(afterKeyEvent(history, 10, rotated(b, 'a'))).toEqual(history);
    const without = afterKeyEvent(both, 5, revoked(b));
    expect(afterKeyEvent(without, 10, rotated(b, 'a'))).toEqual(without);
  });

  it('end with the leaf after a revocation, and stand before it', () => {
    const history = afterKeyEvent(start, 10, revoked(a));
    expect(valid(history, 10)).toEqual(['a', 'l']);
    expect(valid(history, 11)).toEqual(['l']);
  });

  it('are not rotated by who holds a key that was revoked, nor for another purpose, nor back', () => {
    const without = afterKeyEvent(start, 10, revoked(a));
    expect(afterKeyEvent(without, 11, rotated(b, 'a'))).toEqual(without);
    expect(afterKeyEvent(start, 5, rotated(key('m', 'log'), 'a'))).toEqual(start);
    const once = afterKeyEvent(start, 5, rotated(b, 'a'));
    expect(afterKeyEvent(once, 6, rotated(a, 'b'))).toEqual(once);
    const twice = afterKeyEvent(once, 6, rotated(c, 'b'));
    expect(valid(twice, 7)).toEqual(['l', 'c']);
  });

  it('are never more for one purpose than at the beginning, and never valid after a revocation', () => {
    const event = fc.oneof(
      fc
        .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(a, b, c))
        .map(([old, next]) => rotated(next, old)),
      fc.constantFrom(a, b, c).map(revoked),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let history = keysAtStart([a]);
        const gone = new Map<string, number>();
        for (const [seq, one] of events.entries()) {
          const next = afterKeyEvent(history, seq, one);
          if (one.type === 'liandong.ledger.keyRevoked.v1' && valid(history, seq).includes(one.data.keyId))
            gone.set(one.data.keyId, seq);
          history = next;
        }
        for (let seq = 0; seq <= events.length + 1; seq++) {
          expect(valid(history, seq).length).toBeLessThanOrEqual(1);
          for (const [keyId, from] of gone) if (seq > from) expect(valid(history, seq)).not.toContain(keyId);
        }
      }),
    );
  });

  it('say which seals count at which leaf: a stolen key seals nothing after its revocation', () => {
    const { seal, verify } = testSealer();
    const made = seal([]);
    const own: NamedKey = { purpose: 'approval', keyId: made.keyId, publicKey: 'x' };
    const history = afterKeyEvent(keysAtStart([own]), 10, revoked(own));
    const verifyAt = sealVerifierAt(
      () => history,
      (_key, source, one) => verify(source, one),
    );
    expect(verifyAt(testSource, made, 10)).toBe(true);
    expect(verifyAt(testSource, made, 11)).toBe(false);
    // Neither another service's key nor an unknown one is even tried.
    const anySignature = sealVerifierAt(
      () => history,
      () => true,
    );
    expect(anySignature(testSource, made, 10)).toBe(true);
    expect(anySignature(testSource, { ...made, service: 'supervision' }, 10)).toBe(false);
    expect(anySignature(testSource, { ...made, keyId: 'other' }, 10)).toBe(false);
    expect(verifyAt(testSource, { ...made, leaves: ['f'.repeat(64) as never] }, 10)).toBe(false);
  });
});
