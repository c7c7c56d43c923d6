import { afterEach, describe, expect, it } from '@jest/globals';
import { type Envelope, ownStream, type StreamName, type TierCode } from '@liandong/kernel';
import { type Mischief, type TestNetwork, testNetworkOf, testTierOf } from '@liandong/testing';
import fc from 'fast-check';
import type { LinkBook } from '../ports/link-book.ts';
import type { Block, LinkFrame } from '../ports/link-transport.ts';

const [city, county, township, other] = ['431000', '431021', '431021106', '431022'] as [
  TierCode,
  TierCode,
  TierCode,
  TierCode,
];
const three = [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }];
const four = [...three, { tier: other, parent: city }];
const tiers = [city, county, township];

let network: TestNetwork | undefined;
afterEach(async () => {
  await network?.stop();
  network = undefined;
});

const hashesAt = async (net: TestNetwork, tier: string, stream: StreamName) =>
  (await net.tier(tier).store.read(stream)).map(({ hash }) => hash).sort();

const expectEqual = async (
  net: TestNetwork,
  stream: StreamName,
  size: number,
  where: readonly TierCode[] = tiers,
) => {
  for (const tier of where) expect(await hashesAt(net, tier, stream)).toHaveLength(size);
  const sets = await Promise.all(where.map((tier) => hashesAt(net, tier, stream)));
  for (const set of sets) expect(set).toEqual(sets[0]);
};

describe('the exchange', () => {
  const open = async (members: Parameters<typeof testNetworkOf>[0] = three) =>
    (network = await testNetworkOf(members));

  it('brings every event of a case, bytes and seal unchanged, to every tier of its audience', async () => {
    const net = await open();
    const stream = await net.tier(county).openCase(tiers);
    await net.drained();
    for (const tier of tiers) await net.tier(tier).say(stream);
    await net.drained();
    await net.tier(city).say(stream);
    await net.drained();

    await expectEqual(net, stream, 5);
    const at = await net.tier(township).store.read(stream);
    const there = await net.tier(city).store.read(stream);
    const bytes = (records: typeof at) =>
      records.map((record) => Buffer.from(record.bytes).toString()).sort();
    expect(bytes(at)).toEqual(bytes(there));
    const seals = await net.tier(township).store.seals(at);
    expect(seals.every((seal, n) => seal?.leaves.includes(at[n]!.hash))).toBe(true);
  });

  it('tells nothing of a case to a tier outside its audience, though the case passes through it', async () => {
    const net = await open(four);
    const stream = await net.tier(township).openCase([township, city]);
    await net.drained();
    await net.tier(city).say(stream);
    await net.drained();

    await expectEqual(net, stream, 2, [township, city]);
    expect(await hashesAt(net, county, stream)).toEqual([]);
    expect(await hashesAt(net, other, stream)).toEqual([]);
    const { forwarding } = await net.status(county);
    expect(forwarding.every(({ head, acked }) => head === 1 && acked === 1)).toBe(true);
    const feed = { author: township, destination: city };
    expect(await net.tier(county).book.forwarded(feed, 0, 10)).toEqual([]);
  });

  it('sends what is public to all superiors and all subordinates, and to nobody else', async () => {
    const net = await open(four);
    const stream = await net.tier(county).publish('X1');
    await net.drained();
    await expectEqual(net, stream, 1);
    expect(await hashesAt(net, other, stream)).toEqual([]);
  });

  it('sends cards upwards, and what a superior says of them to the tier it says it of', async () => {
    const net = await open(four);
    /** As the supervision of a tier says it. */
    const supervise = async (tier: TierCode, stream: StreamName, change: Partial<Envelope>) => {
      const { draft, sealWith, store } = net.tier(tier);
      const event = await draft(stream, change);
      const past = await store.read(stream);
      const seal = sealWith('supervision', [event]);
      expect(await store.append(stream, past.length, [{ ...event, seal }])).toMatchObject({ ok: true });
    };
    const local = '0'.repeat(32);
    const raised = ownStream('card', county, local);
    const urging = ownStream('card', city, local);
    await supervise(county, raised, { type: 'liandong.card.raised.v1' });
    await supervise(city, urging, { type: 'liandong.card.urged.v1', data: { card: raised } });
    await supervise(city, urging, { type: 'liandong.card.disagreed.v1', data: { issuer: county } });
    await net.drained();
    await expectEqual(net, raised, 1, [county, city]);
    await expectEqual(net, urging, 2, [county, city]);
    for (const tier of [township, other])
      for (const stream of [raised, urging]) expect(await hashesAt(net, tier, stream)).toEqual([]);
  });

  it('gives a tier that joins a case everything since the opening, from every author', async () => {
    const net = await open(four);
    const stream = await net.tier(county).openCase([county, city]);
    await net.drained();
    await net.tier(city).say(stream);
    await net.drained();
    expect(await hashesAt(net, other, stream)).toEqual([]);
    await net
      .tier(county)
      .say(stream, { type: 'liandong.case.shared.v1', data: { tiers: [other, '999999'] } });
    await net.drained();
    await expectEqual(net, stream, 3, [county, city, other]);
    await net.tier(other).say(stream);
    await net.drained();
    await expectEqual(net, stream, 4, [county, city, other]);
  });

  it('gives a tier that joins the network everything public', async () => {
    const net = await open([{ tier: city }, { tier: county, parent: city }]);
    const stream = await net.tier(city).publish('X1');
    await net.tier(city).say(stream);
    await net.drained();
    const grown = [city, county].map((tier) => ({
      tier,
      parent: tier === county ? city : undefined,
      made: net.tier(tier),
    }));
    await net.stop();
    network = await testNetworkOf([
      { tier: city, made: grown[0]!.made },
      { tier: county, parent: city, made: grown[1]!.made },
      { tier: township, parent: county },
    ]);
    await network.drained();
    await expectEqual(network, stream, 2);
  });

  it('lets both sides go on while a link is down, and makes them equal when it is back', async () => {
    const net = await open();
    const stream = await net.tier(county).openCase(tiers);
    await net.drained();
    net.cut(township);
    net.cut(county);
    for (const tier of tiers) for (let n = 0; n < 7; n++) await net.tier(tier).say(stream);
    await net.until(async () => !(await net.status(township)).links.some(({ connected }) => connected));
    await net.until(async () => (await net.status(township)).outgoing.every(({ lag }) => lag === 7));
    expect((await net.status(township)).drained).toBe(false);
    net.restore(township);
    net.restore(county);
    await net.drained();
    await expectEqual(net, stream, 22);
  });

  it('carries thousands of events of many cases in blocks', async () => {
    const net = await open();
    net.cut(township);
    const streams: StreamName[] = [];
    for (let n = 0; n < 600; n++) {
      const stream = await net.tier(township).openCase(tiers);
      await net.tier(township).say(stream);
      streams.push(stream);
    }
    const live = await net.tier(county).openCase(tiers);
    net.restore(township);
    await net.drained();
    for (const stream of [...streams, live]) await expectEqual(net, stream, stream === live ? 1 : 2);
  });

  it('goes on where it stopped after a crash of any tier', async () => {
    const net = await open();
    const stream = await net.tier(county).openCase(tiers);
    await net.drained();
    for (const crashed of [township, county, city]) {
      for (const tier of tiers) await net.tier(tier).say(stream);
      await net.restart(crashed);
      for (const tier of tiers) await net.tier(tier).say(stream);
    }
    await net.drained();
    await expectEqual(net, stream, 19);
  });

  it('converges over lines that lose, double, reorder and replay, cut and restored at any moment', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('say' as const), tier: fc.constantFrom(...tiers), stream: fc.nat(2) }),
      fc.record({ kind: fc.constant('cut' as const), tier: fc.constantFrom(county, township) }),
      fc.record({ kind: fc.constant('restore' as const), tier: fc.constantFrom(county, township) }),
      fc.record({ kind: fc.constant('restart' as const), tier: fc.constantFrom(...tiers) }),
      fc.record({ kind: fc.constant('settle' as const), turns: fc.integer({ min: 1, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.infiniteStream(fc.nat(9)),
        async (steps, dice) => {
          const net = await testNetworkOf(three);
          try {
            const streams = [
              await net.tier(city).openCase(tiers),
              await net.tier(county).openCase(tiers),
              await net.tier(township).openCase([township, city]),
            ];
            await net.drained();
            for (const lower of [county, township])
              net.mischief(
                lower,
                badLine(() => Number(dice.next().value)),
              );
            const said = [1, 1, 1];
            for (const each of steps) {
              const stream = each.kind === 'say' ? streams[each.stream] : undefined;
              if (each.kind === 'say' && stream !== undefined && (each.stream < 2 || each.tier !== county)) {
                await net.tier(each.tier).say(stream);
                said[each.stream] = (said[each.stream] ?? 0) + 1;
              } else if (each.kind === 'cut') net.cut(each.tier);
              else if (each.kind === 'restore') net.restore(each.tier);
              else if (each.kind === 'restart') await net.restart(each.tier);
              else if (each.kind === 'settle')
                for (let n = 0; n < each.turns; n++) await new Promise(setImmediate);
            }
            net.restore(county);
            net.restore(township);
            await net.drained();
            for (const [n, stream] of streams.entries())
              await expectEqual(net, stream, said[n] ?? 0, n === 2 ? [township, city] : tiers);
            for (const tier of tiers) expect((await net.status(tier)).incidents).toEqual([]);
          } finally {
            await net.stop();
          }
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('notices what a forwarder leaves out, and does not call itself drained meanwhile', async () => {
    const net = await open();
    const stream = await net.tier(township).openCase([township, city]);
    await net.drained();
    net.mischief(county, (frame) =>
      frame.kind === 'block' && frame.feed.author === township ? [] : [frame],
    );
    await net.tier(township).say(stream);
    await net.until(async () =>
      (await net.status(city)).incoming.some(({ author, lag }) => author === township && lag === 1),
    );
    expect((await net.status(city)).drained).toBe(false);
    expect((await net.status(township)).drained).toBe(false);
    expect(await hashesAt(net, city, stream)).toHaveLength(1);
    net.mischief(county, (frame) => [frame]);
    await net.drained();
    await expectEqual(net, stream, 2, [township, city]);
  });

  it.each<[string, (frame: LinkFrame) => boolean]>([
    ['the next block shows it', (frame) => frame.kind === 'heartbeat'],
    ['the heartbeat shows it', () => false],
  ])('asks for a lost block as soon as %s', async (_, alsoLost) => {
    const net = await open();
    const stream = await net.tier(township).openCase([township, county]);
    await net.drained();
    let lost = false;
    net.mischief(township, (frame) => {
      if (alsoLost(frame)) return [];
      if (frame.kind !== 'block' || lost) return [frame];
      lost = true;
      return [];
    });
    await net.tier(township).say(stream);
    for (let n = 0; n < 100 && !lost; n++) await new Promise(setImmediate);
    if (alsoLost({ kind: 'heartbeat' } as LinkFrame)) await net.tier(township).say(stream);
    const expected = (await hashesAt(net, township, stream)).length;
    // No heartbeat's time passes here: nothing is sent again merely because it was not answered.
    for (let n = 0; n < 500 && (await hashesAt(net, county, stream)).length < expected; n++)
      await new Promise(setImmediate);
    await expectEqual(net, stream, expected, [county, township]);
  });

  it('sends no number that its book shows before the exchange knows it to be kept', async () => {
    const author = testTierOf(township);
    let answered = Promise.resolve();
    const relay: LinkBook['relay'] = async (page) => {
      await author.book.relay(page);
      if (page.numbered.length > 0) await answered;
    };
    const made = { ...author, book: { ...author.book, relay } };
    const net = await open([{ tier: city }, { tier: county, parent: city }, { ...three[2]!, made }]);
    const stream = await net.tier(township).openCase([township, county]);
    await net.drained();
    net.cut(township);
    await net.tier(township).say(stream);
    await net.until(async () => (await net.status(township)).outgoing.some(({ head }) => head === 2));
    const answer = Promise.withResolvers<void>();
    answered = answer.promise;
    await net.tier(township).say(stream);
    await net.until(async () => (await author.book.numbered(county, 2, 1)).length === 1);
    net.restore(township);
    await net.until(async () => (await hashesAt(net, county, stream)).length >= 2);
    for (let n = 0; n < 200; n++) await new Promise(setImmediate);
    const early = await hashesAt(net, county, stream);
    answer.resolve();
    expect(early).toHaveLength(2);
    await net.drained();
    await expectEqual(net, stream, 3, [county, township]);
    for (const tier of [county, township]) expect((await net.status(tier)).incidents).toEqual([]);
  });

  it('brings on a heartbeat that came while the link on its way was down, as soon as that is back', async () => {
    const net = await open();
    const stream = await net.tier(township).openCase([township, city]);
    await net.drained();
    net.cut(county);
    await net.tier(township).say(stream);
    const shownAt = async (tier: TierCode) =>
      (await net.status(tier)).incoming.find(({ author }) => author === township)?.checkpoint;
    await net.until(async () => (await shownAt(county)) === 2);
    for (let n = 0; n < 200; n++) await new Promise(setImmediate);
    expect(await shownAt(city)).toBe(1);
    net.restore(county);
    // No heartbeat's time passes here.
    for (let n = 0; n < 500 && (await shownAt(city)) === 1; n++) await new Promise(setImmediate);
    expect(await shownAt(city)).toBe(2);
  });

  it('notices a forwarder that leaves one entry out and renumbers the rest', async () => {
    const net = await open();
    const streams = [
      await net.tier(township).openCase([township, city]),
      await net.tier(township).openCase([township, city]),
    ];
    await net.drained();
    let left: number | undefined;
    net.mischief(county, (frame) => {
      if (frame.kind !== 'block' || frame.feed.author !== township) return [frame];
      left ??= frame.first;
      return without(frame, left);
    });
    for (const stream of streams) {
      await net.tier(township).say(stream);
      await net.until(() => left !== undefined);
    }
    // The left-out entry's number now stands on its successor: the running digest of the author says otherwise.
    await net.tier(township).say(streams[1]!);
    const noticed = async () =>
      [...(await net.status(city)).incidents, ...(await net.status(township)).incidents].map(
        ({ code }) => code,
      );
    await net.until(async () => (await noticed()).length > 0);
    expect(['feed-digest-differs', 'arrived-differently']).toContain((await noticed())[0]);
    expect((await net.status(township)).drained).toBe(false);
  });
});

/** The block without the entry of that number, and with those behind it moved up. */
const without = (block: Block, number: number): readonly Block[] => {
  const { first, entries, proofs } = block;
  if (first > number) return [{ ...block, first: first - 1 }];
  const others = <Each>(each: readonly Each[]) => each.filter((_, n) => first + n !== number);
  const left = others(entries);
  return left.length === 0
    ? []
    : [
        {
          ...block,
          entries: left,
          ...(proofs && { proofs: { ...proofs, entries: others(proofs.entries) } }),
        },
      ];
};

/** Loses, doubles, holds back and repeats frames, but lets greetings and openings pass: those a real line loses only with itself. */
const badLine = (dice: () => number): Mischief => {
  const heldBack = { a: [] as LinkFrame[], b: [] as LinkFrame[] };
  const past: { a: LinkFrame[]; b: LinkFrame[] } = { a: [], b: [] };
  return (frame, from) => {
    if (frame.kind === 'hello' || frame.kind === 'proof' || (frame.kind === 'resume' && frame.opening)) {
      heldBack[from] = [];
      return [frame];
    }
    past[from].push(frame);
    const late = heldBack[from].splice(0);
    switch (dice()) {
      case 0:
        return late;
      case 1:
        return [frame, frame, ...late];
      case 2:
        heldBack[from].push(frame);
        return late;
      case 3: {
        const old = past[from][dice() % past[from].length];
        return old === undefined ? [frame, ...late] : [frame, old, ...late];
      }
      default:
        return [frame, ...late];
    }
  };
};
