import { afterEach, describe, expect, it } from '@jest/globals';
import { newSalt, nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { checkOwnSchema, dataschemaOf, decodeLedgerFact } from '@liandong/contracts';
import { type Author, decodeEvent, ok, sourceOf, type StreamName, type TierCode } from '@liandong/kernel';
import { eventually, testNetwork, testTierOf, type TestTier } from '@liandong/testing';
import type { LedgerAnchored } from './facts.ts';
import { anchorings, seenCheckpoint } from './keep-anchoring.ts';
import { ledgerJournal, ledgerStream } from './ledger-journal.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

let now = new Date('2026-07-01T08:00:00.000Z');
const clock = { now: () => now };
const later = (ms: number) => (now = new Date(now.getTime() + ms));

/** A tier that seals at once, and is witnessed at once. */
const anchoringTier = (code: string, others: () => readonly TestTier[]) => {
  const tier = testTierOf(code);
  const over = new AbortController();
  closing.push(() => over.abort());
  void tier.log.follow(tier.store, { check: () => ok('sealed') }, over.signal);
  const authoring = {
    ...{ author: tier.author, clock, sha256, newSalt, checkOwnSchema, dataschemaOf },
    pseudonym: (principal: string) => principal,
    fingerprint: () => 'f',
  };
  const turn = anchorings({
    ...{ self: tier.author, clock, factOf: decodeLedgerFact },
    journal: ledgerJournal(tier.store, authoring),
    ledger: {
      head: async () => tier.log.own.book.anchored(),
      entryOf: async (hash) =>
        (await tier.log.own.book.entries(0, tier.log.size())).find((entry) => entry.hash === hash),
    },
    seen: async () =>
      (
        await Promise.all(
          others().map(async ({ log }) => {
            const head = await log.own.book.anchored();
            return head && seenCheckpoint(nodeSuite(), log.policy, { ...head, origin: log.origin });
          }),
        )
      ).flatMap((head) => head ?? []),
  });
  const sealed = async () => {
    const held = await tier.store.readAll(0n as never, 10_000);
    await eventually(() => tier.log.size() === held.length);
  };
  const recorded = async (): Promise<readonly LedgerAnchored['data'][]> =>
    (await tier.store.read(ledgerStream(tier.author))).map(
      ({ bytes }) => decodeEvent(bytes).data as LedgerAnchored['data'],
    );
  return { ...tier, sealed, recorded, turn };
};

const pair = () => {
  const tiers: ReturnType<typeof anchoringTier>[] = [];
  const [a, b] = ['431000', '431021'].map((code, n) => anchoringTier(code, () => [tiers[1 - n]!]));
  tiers.push(a!, b!);
  return { a: a!, b: b! };
};

const turns = async (tiers: readonly ReturnType<typeof anchoringTier>[]) => {
  for (const tier of tiers) {
    await tier.turn();
    await tier.sealed();
  }
};

describe('a tier that sees the heads of other ledgers', () => {
  it('records them in its own, with an instant that most of their witnesses vouch for', async () => {
    const { a, b } = pair();
    await a.publish('x');
    await b.publish('y');
    await Promise.all([a.sealed(), b.sealed()]);
    expect(await a.turn()).toBe(true);
    expect(await a.recorded()).toEqual([
      {
        checkpoints: [
          { origin: b.log.origin, size: 1, root: expect.any(String), time: '2026-05-28T20:26:40.000Z' },
        ],
      },
    ]);
    expect(ledgerStream(a.author)).toBe('ledger-431000.1' as StreamName);
  });

  it('falls silent with the network, however long it goes on, and speaks again when something happens', async () => {
    const { a, b } = pair();
    await a.publish('x');
    await b.publish('y');
    await Promise.all([a.sealed(), b.sealed()]);
    for (let n = 0; n < 30; n++) {
      await turns([a, b]);
      later(61_000);
    }
    expect([(await a.recorded()).length, (await b.recorded()).length]).toEqual([1, 1]);

    await a.publish('z');
    await a.sealed();
    for (let n = 0; n < 30; n++) {
      await turns([a, b]);
      later(61_000);
    }
    // What b recorded since is new to a; a's own record tells b nothing it has anything to add to.
    expect([(await a.recorded()).length, (await b.recorded()).length]).toEqual([2, 1]);
  });

  it('goes on after a restart where it was', async () => {
    const { a, b } = pair();
    await a.publish('x');
    await b.publish('y');
    await Promise.all([a.sealed(), b.sealed()]);
    await turns([a, b]);
    later(61_000);
    const journal = ledgerJournal(a.store, {
      ...{ author: a.author, clock, sha256, newSalt, checkOwnSchema, dataschemaOf },
      pseudonym: (principal: string) => principal,
      fingerprint: () => 'f',
    });
    const entryOf = async () => ({ seq: 1, position: 2n as never, hash: '' as never });
    const again = (seen: number) =>
      anchorings({
        ...{ self: a.author, clock, journal, factOf: decodeLedgerFact },
        ledger: { head: () => a.log.own.book.anchored(), entryOf },
        seen: async () => [
          { origin: b.log.origin, size: seen, root: '0'.repeat(64), time: '2026-07-01T08:00:00.000Z' },
        ],
      });
    expect(await again(9)()).toBe(false);
    await a.publish('z');
    await a.sealed();
    expect(await again(1)()).toBe(false);
    expect(await again(9)()).toBe(true);
  });
});

const authorOf = (tier: string): Author => ({ network: testNetwork, tier: tier as TierCode, epoch: 1 });

describe('the journal of a ledger', () => {
  it('records a fact once under one key, and carries on when somebody else wrote in between', async () => {
    const tier = testTierOf('431000');
    const authoring = {
      ...{ author: authorOf('431000'), clock, sha256, newSalt, checkOwnSchema, dataschemaOf },
      pseudonym: (principal: string) => principal,
      fingerprint: (fact: unknown) => JSON.stringify(fact).slice(0, 100),
    };
    const [one, other] = [ledgerJournal(tier.store, authoring), ledgerJournal(tier.store, authoring)];
    const revoked = (keyId: string) =>
      ({ type: 'liandong.ledger.keyRevoked.v1', data: { purpose: 'log', keyId, reason: '停用' } }) as const;
    const acting = (idempotencyKey: string) =>
      ({ principal: 'system:431000:ledger', authtype: 'system', idempotencyKey }) as const;
    await one.record(acting('a'), revoked('00000001'));
    await other.record(acting('b'), revoked('00000002'));
    await one.record(acting('c'), revoked('00000003'));
    await other.record(acting('c'), revoked('00000003'));
    expect(await one.record(acting('c'), revoked('00000004'))).toMatchObject({
      refusal: { code: 'idempotency-key-reused' },
    });
    const events = (await one.read(0)).map(({ bytes }) => decodeEvent(bytes));
    expect(events.map(({ source, sequence }) => [source, Number(sequence)])).toEqual(
      [1, 2, 3].map((n) => [sourceOf(authorOf('431000')), n]),
    );
  });
});
