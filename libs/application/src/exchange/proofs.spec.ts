import { afterEach, describe, expect, it } from '@jest/globals';
import { nodeSuite } from '@liandong/adapters/crypto';
import type { StreamName, TierCode } from '@liandong/kernel';
import { emptyRoot, parseSplitView, verifySplitView } from '@liandong/ledger';
import { type TestNetwork, testNetworkOf } from '@liandong/testing';
import fc from 'fast-check';
import type { Block, BlockProofs } from '../ports/link-transport.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const members = [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }];
const suite = nodeSuite();

let network: TestNetwork | undefined;
afterEach(async () => {
  await network?.stop();
  network = undefined;
});
const open = async () => (network = await testNetworkOf(members));

const sizeAt = async (net: TestNetwork, tier: TierCode, stream: StreamName) =>
  (await net.tier(tier).store.read(stream)).length;
const codesAt = async (net: TestNetwork, tier: TierCode) =>
  (await net.status(tier)).incidents.map(({ code }) => code);

/** What a forwarder, or whoever sits on the line, makes of the blocks that go up from a tier. */
const tamper = (net: TestNetwork, lower: TierCode, change: (block: Block) => Block) =>
  net.mischief(lower, (frame, from) => [frame.kind === 'block' && from === 'a' ? change(frame) : frame]);
const onProofs =
  (change: (proofs: BlockProofs, block: Block) => BlockProofs | undefined) =>
  (block: Block): Block => ({ ...block, proofs: block.proofs && change(block.proofs, block) });

describe('an event on a link', () => {
  it('leaves its tier when it is anchored, and not before; what others say comes in meanwhile', async () => {
    const net = await open();
    const stream = await net.tier(county).openCase([city, county, township]);
    await net.drained();

    net.tier(township).log.hold();
    await net.tier(township).say(stream);
    await net.tier(city).say(stream);
    await net.until(async () => (await sizeAt(net, township, stream)) === 3);
    await net.until(async () => (await net.status(township)).unanchored === 1);
    expect((await net.status(township)).drained).toBe(false);
    await net.restart(township);
    await net.until(async () => (await net.status(township)).unanchored === 1);
    expect(await sizeAt(net, county, stream)).toBe(2);

    net.tier(township).log.release();
    await net.drained();
    for (const tier of [city, county, township]) expect(await sizeAt(net, tier, stream)).toBe(3);
    expect((await net.status(township)).unanchored).toBe(0);
  });

  it('carries a proof that the tiers between keep for those behind them', async () => {
    const net = await open();
    const stream = await net.tier(township).openCase([township, city]);
    await net.drained();
    net.cut(county);
    for (let n = 0; n < 3; n++) {
      await net.tier(township).say(stream);
      await net.until(async () =>
        (await net.status(township)).outgoing.every(({ head, acked }) => head === n + 2 && head === acked),
      );
    }
    const feed = { author: township, destination: city };
    const kept = await net.tier(county).book.forwarded(feed, 0, 10);
    expect(kept.map(({ proof }) => proof?.head.length)).toEqual([1, 1, 1].map(() => expect.any(Number)));
    await net.restart(county);
    net.restore(county);
    await net.drained();
    expect(await sizeAt(net, city, stream)).toBe(4);
    const [head] = await net.tier(city).book.believedHeads();
    expect(head).toMatchObject({ origin: net.tier(township).log.origin, size: 4 });
  });

  const attacks: readonly [string, string, (net: TestNetwork) => (block: Block) => Block][] = [
    ['comes without a proof', 'proof-missing', () => onProofs(() => undefined)],
    [
      'comes under a head with the log’s signature and too few witnesses',
      'head-not-believed',
      (net) => {
        const { log } = net.tier(township);
        return onProofs((proofs) => ({ ...proofs, heads: [log.sign(99, emptyRoot(suite.sha256), 2)] }));
      },
    ],
    [
      'comes under a head of another tier’s ledger',
      'head-not-believed',
      (net) => {
        const { log } = net.tier(county);
        return onProofs((proofs) => ({ ...proofs, heads: [log.sign(2, emptyRoot(suite.sha256), 4)] }));
      },
    ],
    [
      'claims another place in the ledger',
      'not-in-the-ledger',
      () => (block) => ({
        ...block,
        entries: block.entries.map((entry) => ({ ...entry, seq: entry.seq === 0 ? 1 : 0 })),
      }),
    ],
    [
      'claims a place beyond the ledger',
      'not-in-the-ledger',
      () => (block) => ({ ...block, entries: block.entries.map((entry) => ({ ...entry, seq: 1_000_000 })) }),
    ],
    [
      'comes with a path that misses a step',
      'not-in-the-ledger',
      () =>
        onProofs((proofs) => ({
          ...proofs,
          entries: proofs.entries.map(({ head, path }) => ({ head, path: path.slice(1) })),
        })),
    ],
    [
      'comes with a changed hash on its path',
      'not-in-the-ledger',
      () =>
        onProofs((proofs) => ({
          ...proofs,
          hashes: proofs.hashes.map((hash) => hash.map((byte, n) => (n === 9 ? byte ^ 1 : byte))),
        })),
    ],
    [
      'points at hashes that did not come',
      'proof-missing',
      () => onProofs((proofs) => ({ ...proofs, hashes: [] })),
    ],
  ];
  it.each(attacks)('that %s stops the link with an incident, and is in no store', async (_, code, attack) => {
    const net = await open();
    const stream = await net.tier(township).openCase([township, county, city]);
    await net.drained();
    tamper(net, township, attack(net));
    const said = await net.tier(township).say(stream);
    await net.until(async () => (await codesAt(net, county)).includes(code));
    expect((await net.status(county)).links).toContainEqual(
      expect.objectContaining({ peer: township, stopped: expect.stringContaining(code) }),
    );
    for (const tier of [county, city]) expect(await sizeAt(net, tier, stream)).toBe(1);
    const [incident] = await net.tier(county).book.incidents(1);
    expect(incident?.hash).toBe(said.hash);

    // The operator has found out what it was: nothing was lost.
    net.mischief(township, (frame) => [frame]);
    await net.exchange(county).resumeLink(township);
    await net.drained();
    for (const tier of [county, city]) expect(await sizeAt(net, tier, stream)).toBe(2);
  });

  it.each([
    ['cosigned by a quorum all the same', 4, false],
    ['that no witness cosigned', 0, false],
    ['after a restart of the receiver', 4, true],
  ])('under a second head of one size is evidence of a split view, %s', async (_, cosignatures, restart) => {
    const net = await open();
    const stream = await net.tier(township).openCase([township, county]);
    await net.drained();
    if (restart) await net.restart(county);
    const { log } = net.tier(township);
    const other = log.sign(log.size(), emptyRoot(suite.sha256), cosignatures);
    tamper(
      net,
      township,
      onProofs((proofs) => ({ ...proofs, heads: [other] })),
    );
    await net.tier(township).say(stream);
    await net.until(async () => (await codesAt(net, county)).includes('split-view'));

    const [incident] = await net.tier(county).book.incidents(1);
    const bundle = parseSplitView(incident?.bytes ?? new Uint8Array());
    expect(bundle.ok).toBe(true);
    const keys = log.policy.logs.map(({ key }) => key);
    expect(bundle.ok && verifySplitView(suite, bundle.value, keys).ok).toBe(true);
    expect(await sizeAt(net, county, stream)).toBe(1);

    // The alarm is raised before anybody can resume the link, and a truthful head is no way on.
    expect(net.tier(county).splitViews).toEqual([
      { origin: log.origin, frozenAt: log.size() - 1, from: township, evidence: incident?.bytes },
    ]);
    net.mischief(township, (frame) => [frame]);
    await net.exchange(county).resumeLink(township);
    await net.until(async () =>
      (await net.status(county)).links.some(({ stopped }) => stopped?.includes('frozen')),
    );
    expect(await sizeAt(net, county, stream)).toBe(1);
  });

  it('is not taken with any bit of its proof flipped', async () => {
    const net = await open();
    const stream = await net.tier(township).openCase([township, county]);
    for (let n = 0; n < 5; n++) await net.tier(township).say(stream);
    await net.drained();
    let bit = 0;
    let flipped = false;
    tamper(
      net,
      township,
      onProofs((proofs) => {
        flipped = true;
        const parts = [...proofs.heads, ...proofs.hashes].map((part) => Uint8Array.from(part));
        const at = bit % (8 * parts.reduce((sum, { length }) => sum + length, 0));
        let from = Math.floor(at / 8);
        for (const part of parts) {
          if (from >= 0 && from < part.length) part[from] = (part[from] ?? 0) ^ (1 << (at % 8));
          from -= part.length;
        }
        const [heads, hashes] = [parts.slice(0, proofs.heads.length), parts.slice(proofs.heads.length)];
        return { ...proofs, heads, hashes };
      }),
    );
    const before = await sizeAt(net, county, stream);
    await net.tier(township).say(stream);
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (any) => {
        [bit, flipped] = [any, false];
        await net.exchange(county).resumeLink(township);
        const reports = (await codesAt(net, county)).length;
        await net.until(async () => flipped && (await codesAt(net, county)).length !== reports);
        expect(await sizeAt(net, county, stream)).toBe(before);
      }),
      { numRuns: 12 },
    );
  });
});
