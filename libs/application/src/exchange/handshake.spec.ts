import { afterEach, describe, expect, it } from '@jest/globals';
import { newPrivateKey, statementSigner } from '@liandong/adapters/crypto';
import { memoryEventStore, memoryLinkBook } from '@liandong/adapters/memory';
import { ownStream, type StreamName, type TierCode } from '@liandong/kernel';
import {
  exchangeDeps,
  type Mischief,
  simulatedLink,
  type Storage,
  type TestNetwork,
  testNetworkOf,
  testTierOf,
} from '@liandong/testing';
import type { EventStore } from '../ports/event-store.ts';
import type { LinkFrame } from '../ports/link-transport.ts';
import type { ExchangeDeps } from './deps.ts';
import { exchange } from './exchange.ts';
import { networkTree } from './network-tree.ts';
import { maxBlockEntries } from './outgoing-blocks.ts';
import { sliceEntries } from './whose-turn.ts';

const [city, county, township, stranger] = ['431000', '431021', '431021106', '431022'] as [
  TierCode,
  TierCode,
  TierCode,
  TierCode,
];
const members = [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }];
const tree = networkTree(members);

/** Time does not pass in these tests; a pause ends only when it is called off. */
const never: ExchangeDeps['wait'] = (_, signal) =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
    if (signal.aborted) resolve();
  });

/** Dials the county with these deps and says how the county took it. */
const greet = async (lower: TierCode, change: (deps: ExchangeDeps) => Partial<ExchangeDeps> = () => ({})) => {
  const tiers = new Map(members.map(({ tier }) => [tier, testTierOf(tier)]));
  const upper = await exchange(exchangeDeps(tiers.get(county)!, tree, tiers, never));
  const base = exchangeDeps(tiers.get(lower) ?? testTierOf(lower), tree, tiers, never);
  const link = simulatedLink();
  const dialling = await exchange(
    { ...base, ...change(base) },
    { address: '', dial: () => Promise.resolve(link.a) },
  );
  const abort = new AbortController();
  const running = dialling.run(abort.signal).catch(() => undefined);
  let over = false;
  const served = upper.accept(link.b).finally(() => (over = true));
  const outcome = await Promise.race([
    served.then((end) => (end.ok ? 'ended' : end.refusal.code)),
    (async () => {
      for (; !over;) {
        if ((await upper.status()).links.some(({ connected }) => connected)) return 'connected';
        await new Promise(setImmediate);
      }
      return served.then((end) => (end.ok ? 'ended' : end.refusal.code));
    })(),
  ]);
  abort.abort();
  link.a.close();
  await running;
  await served;
  return outcome;
};

describe('a greeting between tiers', () => {
  it('lets a subordinate in that proves itself', async () => {
    expect(await greet(township)).toBe('connected');
  });

  it.each<[string, TierCode, (deps: ExchangeDeps) => Partial<ExchangeDeps>, string]>([
    [
      'a tier nobody knows',
      stranger,
      () => ({ tree: networkTree([...members, { tier: stranger, parent: county }]) }),
      'unknown-tier',
    ],
    [
      'a key that is not its own',
      township,
      () => ({ sign: statementSigner('exchange', newPrivateKey()) }),
      'proof-refused',
    ],
    [
      'another network',
      township,
      ({ self }) => ({ self: { ...self, network: 'other.example' } }),
      'another-network',
    ],
    [
      'another epoch than the trust root names',
      township,
      ({ self }) => ({ self: { ...self, epoch: 2 } }),
      'another-epoch',
    ],
    ['a nonce one could guess', township, () => ({ newNonce: () => new Uint8Array(4) }), 'nonce-too-short'],
  ])('refuses %s', async (_, lower, change, code) => {
    expect(await greet(lower, change)).toBe(code);
  });

  it('refuses a proof overheard on another connection', async () => {
    const tiers = new Map(members.map(({ tier }) => [tier, testTierOf(tier)]));
    const upper = await exchange(exchangeDeps(tiers.get(county)!, tree, tiers, never));
    const real = exchangeDeps(tiers.get(township)!, tree, tiers, never);
    const overheard: LinkFrame[] = [];
    const first = simulatedLink((frame, from) => {
      if (from === 'a') overheard.push(frame);
      return [frame];
    });
    const lower = await exchange(real, { address: '', dial: () => Promise.resolve(first.a) });
    const abort = new AbortController();
    const running = lower.run(abort.signal).catch(() => undefined);
    const served = upper.accept(first.b);
    while (overheard.length < 3) await new Promise(setImmediate);
    abort.abort();
    first.a.close();
    await Promise.all([running, served]);

    const second = simulatedLink();
    const replayed = upper.accept(second.b);
    for (const frame of overheard) await second.a.send(frame).catch(() => undefined);
    // Whoever is let in is told so as well.
    for await (const { kind } of second.a.frames) if (kind === 'stop' || kind === 'resume') break;
    second.a.close();
    expect(await replayed).toMatchObject({ ok: false, refusal: { code: 'proof-refused' } });
  });
});

describe('a link over which something came that no honest peer sends', () => {
  let network: TestNetwork | undefined;
  afterEach(async () => {
    await network?.stop();
    network = undefined;
  });

  const forge =
    (change: (frame: LinkFrame) => LinkFrame): Mischief =>
    (frame, from) => [from === 'a' ? change(frame) : frame];

  it.each<[string, (frame: LinkFrame) => LinkFrame, string]>([
    [
      'a changed event',
      (frame) =>
        frame.kind === 'block'
          ? {
              ...frame,
              entries: frame.entries.map((entry) => ({
                ...entry,
                bytes: entry.bytes.map((b, n) => (n === 40 ? b ^ 1 : b)),
              })),
            }
          : frame,
      'not-in-the-seal',
    ],
    [
      'a changed heartbeat',
      (frame) => (frame.kind === 'heartbeat' ? { ...frame, head: frame.head + 1 } : frame),
      'heartbeat-forged',
    ],
    [
      'a feed that does not pass here',
      (frame) =>
        frame.kind === 'block' ? { ...frame, feed: { author: city, destination: township } } : frame,
      'not-on-the-path',
    ],
    [
      'a greeting in the middle',
      (frame) => (frame.kind === 'block' ? { kind: 'proof', keyId: '', signature: new Uint8Array() } : frame),
      'unexpected-frame',
    ],
  ])('stops for %s and stays stopped until an operator resumes it', async (_, change, code) => {
    const net = (network = await testNetworkOf(members));
    const stream: StreamName = await net.tier(township).openCase([township, county]);
    await net.drained();
    net.mischief(township, forge(change));
    await net.tier(township).say(stream);
    await net.until(async () =>
      (await net.status(county)).incidents.some((incident) => incident.code === code),
    );
    net.mischief(township, (frame) => [frame]);
    for (let n = 0; n < 200; n++) await new Promise(setImmediate);
    const { links, drained } = await net.status(county);
    expect(links).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ peer: township, connected: false, stopped: expect.stringContaining(code) }),
      ]),
    );
    expect(drained).toBe(false);
    // A false heartbeat comes after the events it speaks of; anything else stops them.
    const came = code === 'heartbeat-forged' ? 2 : 1;
    expect(await net.tier(county).store.read(stream)).toHaveLength(came);

    await net.exchange(county).resumeLink(township);
    await net.drained();
    expect(await net.tier(county).store.read(stream)).toHaveLength(2);
  });

  it('never lets an event leave that was put into the store behind its back', async () => {
    const net = (network = await testNetworkOf(members));
    const { store, draft, sealWith } = net.tier(township);
    const stream = await net.tier(township).openCase([township, county]);
    await net.drained();
    const smuggled = await draft(stream);
    await store.append(stream, 1, [{ ...smuggled, seal: sealWith('audit', [smuggled]) }]);
    await net.until(async () => (await net.status(township)).incidents.length > 0);
    expect((await net.status(township)).incidents).toMatchObject([{ code: 'unsealed-event' }]);
    await net.drained();
    expect(await net.tier(county).store.read(stream)).toHaveLength(1);
  });

  it('has delivered what its peers hold parked, and they say that it is', async () => {
    const net = (network = await testNetworkOf(members));
    const { store, draft } = net.tier(county);
    const stream = ownStream('uniformity', county, 'item.431021106');
    await store.append(stream, 0, [await draft(stream, { type: 'liandong.uniformity.driftFound.v1' })]);
    await net.drained();
    for (const peer of [city, township]) {
      expect(await net.tier(peer).store.read(stream)).toEqual([]);
      expect(await net.status(peer)).toMatchObject({ drained: true, waiting: 0, parked: 1 });
    }
  });
});

describe('a returning tier', () => {
  let network: TestNetwork | undefined;
  afterEach(async () => {
    await network?.stop();
    network = undefined;
  });

  it('keeps part of the window of its link free for live traffic', async () => {
    const net = (network = await testNetworkOf(members));
    const live = await net.tier(township).openCase([township, county]);
    await net.drained();
    net.cut(township);
    const old = await net.tier(township).openCase([township, city]);
    for (let n = 0; n < 4_000; n++) await net.tier(township).publish(`X${n}`);
    await net.until(async () => !(await net.status(township)).relayBehind);

    const unanswered = new Map<string, number>();
    let most = 0;
    net.mischief(township, (frame, from) => {
      if (from === 'a' && frame.kind === 'block' && frame.head - frame.first >= maxBlockEntries)
        unanswered.set(`${frame.feed.destination} ${frame.first + frame.entries.length - 1}`, 1);
      if (from === 'b' && frame.kind === 'ack')
        unanswered.delete(`${frame.feed.destination} ${frame.through}`);
      most = Math.max(most, unanswered.size);
      return [frame];
    });
    net.restore(township);
    const said = await net.tier(township).say(live);
    await net.drained();
    expect(most).toBe(2);
    expect(await net.tier(county).store.read(live)).toContainEqual(
      expect.objectContaining({ hash: said.hash }),
    );
    expect(await net.tier(city).store.read(old)).toHaveLength(1);
  });

  it('fills large blocks on a quiet link, and small ones from the moment somebody speaks there', async () => {
    const net = (network = await testNetworkOf(members));
    const live = await net.tier(county).openCase([township, county]);
    await net.drained();
    net.cut(township);
    for (let n = 0; n < 1_500; n++) await net.tier(township).publish(`X${n}`);
    await net.until(async () => !(await net.status(township)).relayBehind);

    const [quiet, beside]: [number[], number[]] = [[], []];
    const held: LinkFrame[] = [];
    let spoken: Promise<unknown> | undefined;
    let heard = false;
    net.mischief(township, (frame, from) => {
      if (from === 'b' && frame.kind === 'block') {
        heard = true;
        return [frame, ...held.splice(0)];
      }
      // What came is not answered before somebody has spoken.
      if (from === 'b' && frame.kind === 'ack' && !heard) {
        held.push(frame);
        return [];
      }
      if (frame.kind === 'block' && frame.head - frame.first >= maxBlockEntries)
        (heard ? beside : quiet).push(frame.entries.length);
      if (frame.kind === 'block') spoken ??= net.tier(county).say(live);
      return [frame];
    });
    net.restore(township);
    await net.until(async () => spoken !== undefined);
    await spoken;
    await net.drained();

    expect(quiet).toEqual([maxBlockEntries, maxBlockEntries]);
    expect(beside).toHaveLength(10);
    expect(new Set(beside)).toEqual(new Set([sliceEntries]));
    expect(await net.tier(township).store.read(live)).toHaveLength(2);
  });

  it('shares one budget with every other returning tier, so that their imports do not pile up', async () => {
    const other = '431022';
    const active = new Map<string, number>();
    let sideBySide = 0;
    const watched = (seal: Parameters<Storage['store']>[0]): EventStore => {
      const store = memoryEventStore({ seal });
      return {
        ...store,
        append: async (stream, seen, events) => {
          // What lies more than a block behind its feed's head; the rest is live traffic again.
          if (Number(stream.slice(stream.indexOf('X') + 1)) >= 1_000)
            return store.append(stream, seen, events);
          const from = stream.slice(5, 11);
          active.set(from, (active.get(from) ?? 0) + 1);
          await new Promise(setImmediate);
          if ([...active.values()].filter((count) => count > 0).length > 1) sideBySide += 1;
          active.set(from, (active.get(from) ?? 0) - 1);
          return store.append(stream, seen, events);
        },
      };
    };
    const top = testTierOf(city, { store: watched, book: memoryLinkBook(city) });
    const net = (network = await testNetworkOf([
      { tier: city, made: top },
      { tier: county, parent: city },
      { tier: other, parent: city },
    ]));
    for (const tier of [county, other]) net.cut(tier);
    for (const tier of [county, other]) for (let n = 0; n < 1_800; n++) await net.tier(tier).publish(`X${n}`);
    const ready = async (tier: string) => !(await net.status(tier)).relayBehind;
    await net.until(async () => (await ready(county)) && (await ready(other)));
    for (const tier of [county, other]) net.restore(tier);
    await net.drained();
    expect(sideBySide).toBe(0);
  });
});
