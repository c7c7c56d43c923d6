import { describe, expect, it } from '@jest/globals';
import { type Component, parsePolicy, type Policy } from '@liandong/ledger';
import { utf8 } from '@liandong/kernel';
import { formatPolicy } from '@liandong/ledger';
import fc from 'fast-check';
import { newKey, suite } from '@liandong/testing/witnessed-log';
import { boundsOf, checkPolicy, type Standing, type Witnessing } from './check-policy.ts';

const origin = 'test.example/431021/1';
const log = newKey(origin, 'ed25519').vkey;
const witnessNamed = (
  name: string,
  key = newKey(`${name}.example/witness`, 'cosignature').vkey,
): Witnessing => ({
  ...{ kind: 'witness', name, key },
  url: `http://${name}.example`,
});
const four = ['city', 'audit', 'archive', 'authority'].map((name) => witnessNamed(name));
const groupOf = (threshold: number, members: readonly Component[]): Component => ({
  ...{ kind: 'group', name: 'quorum', threshold, members },
});
const policyOf = (
  threshold: number,
  counting: readonly Witnessing[],
  others: readonly Witnessing[] = [],
): Policy => ({
  logs: [{ key: log }],
  witnesses: [...counting, ...others],
  quorum: groupOf(threshold, counting),
});
const checked = (policy: Policy, standings: Record<string, Standing> = {}, logKeys = [log]) => {
  const result = checkPolicy(policy, {
    ...{ origin, logKeys },
    standingOf: ({ name }) => standings[name] ?? 'independent',
  });
  return result.ok ? result.value : result.refusal;
};

describe('the policy of a log', () => {
  it('holds with four independent witnesses, three of whom must cosign', () => {
    expect(checked(policyOf(3, four))).toEqual({ counting: four, threshold: 3, faults: 1 });
    const read = parsePolicy(suite.sha256, utf8(formatPolicy(policyOf(3, four))));
    expect(read.ok && checked(read.value)).toMatchObject({ threshold: 3, faults: 1 });
  });

  it('lets a subordinate or the operator cosign as long as they do not count', () => {
    const township = witnessNamed('township');
    expect(checked(policyOf(3, four, [township]), { township: 'subordinate' })).toMatchObject({ faults: 1 });
    expect(checked(policyOf(3, four), { city: 'subordinate' })).toEqual([
      { code: 'counts-though-not-independent', witness: 'city', standing: 'subordinate' },
    ]);
    expect(checked(policyOf(3, four), { audit: 'operator' })).toEqual([
      { code: 'counts-though-not-independent', witness: 'audit', standing: 'operator' },
    ]);
  });

  it('needs at least four that count', () => {
    expect(checked(policyOf(3, four.slice(1)))).toEqual([
      { code: 'too-few-witnesses', counting: 3, needed: 4 },
    ]);
    expect(checked({ ...policyOf(3, four), quorum: four[0]! })).toEqual([
      { code: 'too-few-witnesses', counting: 1, needed: 4 },
    ]);
  });

  it('names a threshold that neither two histories nor one dead witness can get around', () => {
    const wrong = { code: 'wrong-threshold', counting: 4, least: 3, most: 3 };
    expect(checked(policyOf(2, four))).toEqual([{ ...wrong, threshold: 2 }]);
    expect(checked(policyOf(4, four))).toEqual([{ ...wrong, threshold: 4 }]);
    const five = [...four, witnessNamed('province')];
    expect(checked(policyOf(3, five))).toMatchObject([{ code: 'wrong-threshold', least: 4, most: 4 }]);
  });

  it('counts witnesses one by one, not groups of them', () => {
    const inner: Component = { kind: 'group', name: 'inner', threshold: 1, members: four.slice(2) };
    const nested = { ...policyOf(3, four), quorum: groupOf(2, [...four.slice(0, 2), inner]) };
    expect(checked(nested)).toContainEqual({ code: 'quorum-not-flat', component: 'inner' });
  });

  it('is of this log alone, asks for witnesses, and says where each is', () => {
    const stranger = newKey('test.example/431000/1', 'ed25519').vkey;
    expect(checked({ ...policyOf(3, four), logs: [{ key: stranger }] })).toEqual([
      { code: 'not-the-policy-of-this-log', origin, found: ['test.example/431000/1'] },
    ]);
    expect(checked({ logs: [{ key: log }], witnesses: four })).toEqual([{ code: 'no-quorum' }]);
    const { url: _, ...nowhere } = four[0]!;
    expect(checked(policyOf(3, [nowhere, ...four.slice(1)]))).toEqual([
      { code: 'witness-without-address', witness: 'city' },
    ]);
  });

  it('shares no witness key with any log of the network', () => {
    const neighbour = {
      ...newKey('test.example/431000/1', 'ed25519').vkey,
      publicKey: four[1]!.key.publicKey,
    };
    expect(checked(policyOf(3, four), {}, [log, neighbour])).toEqual([
      { code: 'key-of-a-log', witness: 'audit', log: 'test.example/431000/1' },
    ]);
  });
});

/** The most cosignatures each of two histories can get: honest witnesses sign one of them, liars both. */
const canBothReach = (n: number, k: number, liars: number): boolean => {
  for (let first = 0; first <= n - liars; first++)
    if (first + liars >= k && n - liars - first + liars >= k) return true;
  return false;
};

describe('the thresholds that are allowed', () => {
  it('let no f liars bring two histories to a quorum, and no smaller threshold would do', () => {
    for (let n = 4; n <= 40; n++) {
      const { faults, least, most } = boundsOf(n);
      expect(n).toBeGreaterThanOrEqual(3 * faults + 1);
      for (let k = least; k <= most; k++) expect(canBothReach(n, k, faults)).toBe(false);
      expect(canBothReach(n, least - 1, faults)).toBe(true);
      expect(n - faults).toBeGreaterThanOrEqual(most);
    }
  });

  it('are 2f + 1 of 3f + 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (f) => {
        expect(boundsOf(3 * f + 1)).toEqual({ faults: f, least: 2 * f + 1, most: 2 * f + 1 });
      }),
    );
  });
});
