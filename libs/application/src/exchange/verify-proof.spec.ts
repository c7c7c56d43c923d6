import { describe, expect, it } from '@jest/globals';
import { nodeSuite } from '@liandong/adapters/crypto';
import { type EventHash, fromHex, sourceOf, type TierCode } from '@liandong/kernel';
import { emptyEdge, growEdge, type Policy, rootOfEdge } from '@liandong/ledger';
import { anchoredLog } from '@liandong/testing';
import type { BelievedHead } from '../ports/link-book.ts';
import type { LedgerLinks } from './ledger-links.ts';
import { largestOf, ledgerVerifier } from './verify-proof.ts';

const suite = nodeSuite();
const author = (tier: string) => ({ network: 'test.example', tier: tier as TierCode, epoch: 1 });
const [city, county] = [author('431000'), author('431021')];
const [ofCity, ofCounty] = [anchoredLog(city), anchoredLog(county)];
const hash = 'ab'.repeat(32) as EventHash;
const rootOf = (...hashes: EventHash[]) =>
  rootOfEdge(suite.sha256, growEdge(suite.sha256, emptyEdge, hashes.map(fromHex)).edge);

const check = (policyOf: LedgerLinks['policyOf'], head: Uint8Array) =>
  ledgerVerifier({ suite, policyOf }, []).proof({
    source: sourceOf(county),
    hash,
    seq: 0,
    proof: { head, path: [] },
  });

describe('a proof', () => {
  it('is good under its author’s own policy', () => {
    expect(check(() => ofCounty.policy, ofCounty.sign(1, rootOf(hash)))).toMatchObject({
      ok: true,
      value: { origin: ofCounty.origin, size: 1 },
    });
  });

  it('is not good under a head of another ledger, though the policy believes that one as well', () => {
    const both: Policy = {
      logs: [...ofCity.policy.logs, ...ofCounty.policy.logs],
      witnesses: [...ofCity.policy.witnesses],
    };
    expect(check(() => both, ofCity.sign(1, rootOf(hash), 0))).toMatchObject({
      ok: false,
      refusal: { code: 'head-not-believed' },
    });
  });

  it('under a head once opened for one ledger says nothing for another', () => {
    const both: Policy = { logs: [...ofCity.policy.logs, ...ofCounty.policy.logs], witnesses: [] };
    const verify = ledgerVerifier({ suite, policyOf: () => both }, []).proof;
    const proof = { head: ofCity.sign(1, rootOf(hash), 0), path: [] };
    expect(verify({ source: sourceOf(city), hash, seq: 0, proof }).ok).toBe(true);
    expect(verify({ source: sourceOf(county), hash, seq: 0, proof }).ok).toBe(false);
  });

  it('is not good for a ledger the trust root does not name, so that another epoch is no way around it', () => {
    expect(check(() => undefined, ofCounty.sign(1, rootOf(hash)))).toMatchObject({
      ok: false,
      refusal: { code: 'head-not-believed' },
    });
  });
});

describe('a ledger that showed two histories', () => {
  const other = 'cd'.repeat(32) as EventHash;
  const claim = (head: Uint8Array) => ({ source: sourceOf(county), hash, seq: 0, proof: { head, path: [] } });
  const good = ofCounty.sign(1, rootOf(hash));
  const grown = (...hashes: EventHash[]) => ({
    ...claim(ofCounty.sign(2, rootOf(...hashes))),
    proof: { head: ofCounty.sign(2, rootOf(...hashes)), path: [fromHex(hashes[1]!)] },
  });

  it('is frozen where it was last believed: nothing larger counts, what counted still does', () => {
    const verify = ledgerVerifier({ suite, policyOf: () => ofCounty.policy }, []).proof;
    expect(verify(claim(good)).ok).toBe(true);
    expect(verify(claim(ofCounty.sign(1, rootOf(other), 0)))).toMatchObject({
      refusal: { code: 'split-view', split: { origin: ofCounty.origin, frozenAt: 1 } },
    });
    expect(verify(grown(hash, other))).toMatchObject({ refusal: { code: 'split-view' } });
    expect(verify(claim(good)).ok).toBe(true);
  });

  it('stays frozen over a restart, and freezes no other', () => {
    const kept: BelievedHead = { origin: ofCounty.origin, size: 1, root: rootOf(hash), note: good };
    const frozen = ledgerVerifier(
      { suite, policyOf: () => ofCounty.policy },
      [kept],
      new Set([ofCounty.origin]),
    ).proof;
    expect(frozen(grown(hash, other))).toMatchObject({ refusal: { code: 'split-view' } });
    expect(frozen(claim(good)).ok).toBe(true);
    const free = ledgerVerifier(
      { suite, policyOf: () => ofCounty.policy },
      [kept],
      new Set([ofCity.origin]),
    ).proof;
    expect(free(grown(hash, other)).ok).toBe(true);
  });
});

describe('of several heads', () => {
  it('the largest of each ledger is kept', () => {
    const head = (origin: string, size: number): BelievedHead => ({
      ...{ origin, size },
      root: rootOf(hash),
      note: new Uint8Array(),
    });
    expect(
      largestOf([head('a', 2), head('b', 1), head('a', 7), head('a', 3)]).map(({ origin, size }) => [
        origin,
        size,
      ]),
    ).toEqual([
      ['a', 7],
      ['b', 1],
    ]);
  });
});
