import { describe, expect, it } from '@jest/globals';
import { utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { headOf, log, policy, policyFrom, policyText, witnesses } from '../test/sample-log.ts';
import { keyPair, sha256, suite } from '../test/suite.ts';
import { formatPolicy, parsePolicy } from './parse-policy.ts';
import { hasWitnessed, openByPolicy, trustOnly } from './policy.ts';
import { formatVKey } from './vkey.ts';

const root = sha256(utf8('root'));
const logLine = `log ${formatVKey(log.key)}`;
const [a, b, c, d] = witnesses.map(({ key }, n) => `witness w${n} ${formatVKey(key)}`);
const lines = (...given: readonly (string | undefined)[]) => given.map((line) => `${line}\n`).join('');
const broken = (text: string | Uint8Array) => {
  const read = parsePolicy(sha256, typeof text === 'string' ? utf8(text) : text);
  return read.ok ? 'read' : `${read.refusal.rule} in line ${read.refusal.line}`;
};

describe('a policy', () => {
  it('believes a head that its quorum witnessed, and none that fewer did', () => {
    for (const [cosigners, believed] of [
      [4, true],
      [3, true],
      [2, false],
      [0, false],
    ] as const)
      expect(openByPolicy(suite, headOf({ size: 5, root }, cosigners), policy).ok).toBe(believed);
    expect(openByPolicy(suite, headOf({ size: 5, root }, 2), policy)).toEqual({
      ok: false,
      refusal: {
        code: 'quorum-not-reached',
        component: 'tiers',
        threshold: 3,
        witnessed: ['city.gov.example', 'county.gov.example'],
      },
    });
  });

  it('without a quorum believes the log alone', () => {
    expect(openByPolicy(suite, headOf({ size: 5, root }, 0), trustOnly(log.key))).toMatchObject({ ok: true });
    const open = policyFrom(lines(logLine, 'quorum none'));
    expect(openByPolicy(suite, headOf({ size: 5, root }, 0), open)).toMatchObject({ ok: true });
    const other = trustOnly(keyPair('other', 'ed25519').key);
    expect(openByPolicy(suite, headOf({ size: 5, root }, 0), other).ok).toBe(false);
  });

  it('counts groups within groups', () => {
    const nested = policyFrom(
      lines(logLine, a, b, c, d, 'group x any w0 w1', 'group y all w2 w3', 'group z all x y', 'quorum z'),
    );
    const verified = (...which: readonly number[]) => which.map((n) => ({ key: witnesses[n]!.key, time: 1 }));
    expect(hasWitnessed(nested.quorum!, verified(1, 2, 3))).toBe(true);
    expect(hasWitnessed(nested.quorum!, verified(2, 3))).toBe(false);
    expect(hasWitnessed(nested.quorum!, verified(0, 1, 2))).toBe(false);
    expect(hasWitnessed(nested.quorum!, [...verified(0, 2), ...verified(2, 2)])).toBe(false);
  });

  it('may ask for one witness, and carries addresses', () => {
    const one = policyFrom(lines(`${logLine} https://log.example/`, `${a} https://w.example/`, 'quorum w0'));
    expect(one.logs[0]?.url).toBe('https://log.example/');
    expect(one.witnesses[0]?.url).toBe('https://w.example/');
    expect(openByPolicy(suite, headOf({ size: 5, root }, 1), one).ok).toBe(true);
    expect(openByPolicy(suite, headOf({ size: 5, root }, 0), one)).toMatchObject({
      refusal: { component: 'w0', threshold: 1 },
    });
  });

  it('is read past comments, empty lines and any white space', () => {
    const spaced = `# a policy\n\n\t ${logLine.replace(' ', ' \t ')}  \n   # 见证\n${policyText
      .split('\n')
      .slice(1)
      .join('\n')}`;
    expect(policyFrom(spaced)).toEqual(policy);
  });

  it('is written as it is read', () => {
    expect(policyFrom(formatPolicy(policy))).toEqual(policy);
    const nested = policyFrom(lines(logLine, a, b, 'group x any w0', 'group y all x w1', 'quorum y'));
    expect(policyFrom(formatPolicy(nested))).toEqual(nested);
    expect(policyFrom(formatPolicy(trustOnly(log.key)))).toEqual(trustOnly(log.key));
    expect(() => formatPolicy(trustOnly(witnesses[0]!.key))).toThrow(RangeError);
  });

  const sameKey = keyPair('log', 'ed25519', 'x').key;
  it.each([
    ['no quorum', lines(logLine, a), 'one-quorum in line 2'],
    ['two quorums', lines(a, 'quorum w0', 'quorum w0'), 'one-quorum in line 3'],
    ['an unknown quorum', lines(a, 'quorum w1'), 'name-unknown in line 2'],
    ['a quorum defined below it', lines('quorum w0', a), 'name-unknown in line 1'],
    ['an unknown keyword', lines('monitor x', 'quorum none'), 'keyword in line 1'],
    ['a keyword in capitals', lines('QUORUM none'), 'keyword in line 1'],
    ['a keyword of every object', lines('constructor x', 'quorum none'), 'keyword in line 1'],
    ['a name taken twice', lines(a, b?.replace('w1', 'w0'), 'quorum w0'), 'name-taken in line 2'],
    ['a group with a name taken', lines(a, 'group w0 any w0', 'quorum w0'), 'name-taken in line 2'],
    ['a witness called none', lines(a?.replace('w0', 'none'), 'quorum none'), 'name-reserved in line 1'],
    ['none as a member', lines(a, 'group g any none', 'quorum g'), 'name-reserved in line 2'],
    ['a group of nobody', lines(a, 'group g any', 'quorum g'), 'fields in line 2'],
    ['a group of unknown members', lines(a, 'group g any w1', 'quorum g'), 'name-unknown in line 2'],
    ['a threshold of nought', lines(a, 'group g 0 w0', 'quorum g'), 'threshold in line 2'],
    ['a threshold too high', lines(a, 'group g 2 w0', 'quorum g'), 'threshold in line 2'],
    ['a threshold with a leading zero', lines(a, 'group g 01 w0', 'quorum g'), 'threshold in line 2'],
    ['a threshold that is a word', lines(a, 'group g most w0', 'quorum g'), 'threshold in line 2'],
    ['a member twice in a group', lines(a, 'group g 2 w0 w0', 'quorum g'), 'member-twice in line 2'],
    [
      'a member in two groups',
      lines(a, 'group g any w0', 'group h any w0', 'quorum g'),
      'member-twice in line 3',
    ],
    ['a key under two names', lines(a, a?.replace('w0', 'w1'), 'quorum w0'), 'key-repeated in line 2'],
    ['a log twice', lines(logLine, logLine, 'quorum none'), 'key-repeated in line 2'],
    ['a witness key as a log', lines(`log ${a?.split(' ')[2]}`, 'quorum none'), 'key-type in line 1'],
    [
      'a log key as a witness',
      lines(`witness w0 ${formatVKey(log.key)}`, 'quorum none'),
      'key-type in line 1',
    ],
    ['a key of a private type', lines('log sm2+01020304+/3NtMg==', 'quorum none'), 'key-type in line 1'],
    ['a key that is none', lines('log x', 'quorum none'), 'key-name in line 1'],
    ['a log without a key', lines('log', 'quorum none'), 'fields in line 1'],
    ['a witness without a key', lines('witness x', 'quorum none'), 'fields in line 1'],
    ['too much in a line', lines(`${logLine} url more`, 'quorum none'), 'fields in line 1'],
    ['too much after a quorum', lines('quorum none x'), 'fields in line 1'],
    [
      'a comment after something',
      lines(`${logLine} # ours`, 'quorum none'),
      'comment-inside-a-line in line 1',
    ],
    ['no final newline', 'quorum none', 'ends-in-a-newline in line 1'],
    ['a carriage return', 'quorum none\r\n', 'no-control-characters in line 1'],
    ['nothing in it', '\n', 'one-quorum in line 1'],
    ['bytes that are no text', Uint8Array.of(0x23, 0xff, 0x0a), 'utf-8 in line 1'],
    ['more than anyone reads', new Uint8Array(300_000).fill(0x0a), 'too-long in line 1'],
  ])('with %s is refused', (_, text, expected) => {
    expect(broken(text)).toBe(expected);
  });

  it('with one key as log and as witness is refused', () => {
    const witness = keyPair('w', 'cosignature', 'x').key;
    const asLog = formatVKey({ ...sameKey, publicKey: witness.publicKey });
    // The id of a key follows from its bytes.
    const line = asLog.replace(sameKey.keyId, idOf(sameKey.name, witness.publicKey));
    expect(broken(lines(`log ${line}`, `witness w ${formatVKey(witness)}`, 'quorum none'))).toBe(
      'key-repeated in line 2',
    );
  });

  it('is never thrown at by anything it is given', () => {
    const words = [
      'log',
      'witness',
      'group',
      'quorum',
      'none',
      'all',
      'any',
      '1',
      'w0',
      a!,
      logLine,
      '#',
      '+',
    ];
    const text = fc.array(fc.array(fc.constantFrom(...words), { maxLength: 5 }), { maxLength: 6 });
    fc.assert(
      fc.property(text, (rows) => {
        const read = parsePolicy(sha256, utf8(rows.map((row) => `${row.join(' ')}\n`).join('')));
        if (read.ok) expect(policyFrom(formatPolicy(read.value)).quorum).toEqual(read.value.quorum);
      }),
      { numRuns: 500 },
    );
  });
});

const idOf = (name: string, publicKey: Uint8Array): string =>
  Buffer.from(sha256(utf8(`${name}\n`), Uint8Array.of(1), publicKey).subarray(0, 4)).toString('hex');
