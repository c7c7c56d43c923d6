import { type MemoryBus, memoryEventBus } from '@liandong/adapters/memory';
import { linkTopic } from '@liandong/contracts';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type StreamName, type TierCode, utf8 } from '@liandong/kernel';
import { type Mischief, type TestNetwork, testNetworkOf } from '@liandong/testing';
import fc from 'fast-check';
import type { BusRecord, EventBus } from '../ports/event-bus.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const tiers = [city, county, township];
const three = [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }];
const upwards = linkTopic(township, county);

let network: TestNetwork | undefined;
afterEach(async () => {
  await network?.stop();
  network = undefined;
});

const hashesAt = async (net: TestNetwork, tier: string, stream: StreamName) =>
  (await net.tier(tier).store.read(stream)).map(({ hash }) => hash).sort();

const expectEqual = async (net: TestNetwork, stream: StreamName, size: number, where = tiers) => {
  for (const tier of where) expect(await hashesAt(net, tier, stream)).toHaveLength(size);
  const sets = await Promise.all(where.map((tier) => hashesAt(net, tier, stream)));
  for (const set of sets) expect(set).toEqual(sets[0]);
};

const laneOf = async (net: TestNetwork, tier: TierCode, peer: TierCode) =>
  (await net.status(tier)).links.find((link) => link.peer === peer)?.lane;

const allUp = async (net: TestNetwork) => {
  for (const { tier, parent } of three)
    if (parent !== undefined)
      await net.until(async () => {
        const ends = [await laneOf(net, tier, parent), await laneOf(net, parent, tier)];
        return ends.every((lane) => lane?.sends === true && lane.reads);
      });
};

/** Nothing but the lane may bring events. */
const noBlocks: Mischief = (frame) => (frame.kind === 'block' ? [] : [frame]);

const recordsOf = async (bus: MemoryBus, topic: string): Promise<readonly BusRecord[]> => {
  const records: BusRecord[] = [];
  const { next = 0n } = (await bus.reach(topic))[0] ?? {};
  const read = Promise.withResolvers<void>();
  const { close } = await bus.subscribe({
    ...{ topic, group: 'onlooker', most: 10_000 },
    take: async (batch) => {
      records.push(...batch.records.map(({ offset: _, ...record }) => record));
      if ((batch.records.at(-1)?.offset ?? 0n) + 1n >= next) read.resolve();
    },
  });
  await read.promise;
  await close();
  return records;
};

describe('a lane beside a link', () => {
  const open = async (bus: EventBus) => {
    const net = (network = await testNetworkOf(three, { bus }));
    await allUp(net);
    return net;
  };

  it('brings events both ways and on to a third tier, while the link brings none', async () => {
    const net = await open(memoryEventBus());
    let blocks = 0;
    for (const lower of [county, township])
      net.mischief(lower, (frame, from) => {
        if (frame.kind === 'block') blocks += 1;
        return noBlocks(frame, from);
      });
    const stream = await net.tier(county).openCase(tiers);
    await net.drained();
    for (const tier of tiers) for (let n = 0; n < 3; n++) await net.tier(tier).say(stream);
    await net.drained();
    await expectEqual(net, stream, 10);
    expect(blocks).toBe(0);
    for (const tier of tiers) expect((await net.status(tier)).incidents).toEqual([]);
  });

  it('brings events while the link is cut', async () => {
    const net = await open(memoryEventBus());
    const stream = await net.tier(township).openCase(tiers);
    await net.drained();
    net.cut(township);
    net.cut(county);
    await net.until(async () => !(await net.status(city)).links.some(({ connected }) => connected));
    await net.tier(township).say(stream);
    await net.tier(city).say(stream);
    await net.until(async () => (await hashesAt(net, city, stream)).length === 3);
    await net.until(async () => (await hashesAt(net, township, stream)).length === 3);
    net.restore(township);
    net.restore(county);
    await net.drained();
    await expectEqual(net, stream, 3);
  });

  it('leaves everything to the link while the broker is away, and takes over again', async () => {
    const bus = memoryEventBus();
    const net = await open(bus);
    const stream = await net.tier(county).openCase(tiers);
    await net.drained();
    bus.down(true);
    for (const tier of tiers) await net.tier(tier).say(stream);
    await net.drained();
    await expectEqual(net, stream, 4);
    bus.down(false);
    await allUp(net);
    for (const lower of [county, township]) net.mischief(lower, noBlocks);
    for (const tier of tiers) await net.tier(tier).say(stream);
    await net.drained();
    await expectEqual(net, stream, 7);
  });

  it('has what it forgot brought by the link, and goes on behind it', async () => {
    const bus = memoryEventBus();
    const deaf = { now: false };
    const net = await open({
      ...bus,
      subscribe: (following) => {
        if (deaf.now) throw new Error('nobody listens');
        return bus.subscribe(following);
      },
    });
    const stream = await net.tier(township).openCase(tiers);
    await net.drained();
    net.cut(township);
    deaf.now = true;
    bus.down(true);
    bus.down(false);
    const { next: before = 0n } = (await bus.reach(upwards))[0] ?? {};
    for (let n = 0; n < 20; n++) await net.tier(township).say(stream);
    await net.until(async () => ((await bus.reach(upwards))[0]?.next ?? 0n) >= before + 20n);
    expect(await hashesAt(net, county, stream)).toHaveLength(1);
    await bus.forget(upwards, [before + 15n]);
    deaf.now = false;
    net.restore(township);
    await net.drained();
    await expectEqual(net, stream, 21);
    await allUp(net);
    for (const lower of [county, township]) net.mischief(lower, noBlocks);
    await net.tier(township).say(stream);
    await net.drained();
    await expectEqual(net, stream, 22);
  });

  it('takes what comes again from an old offset as what it is', async () => {
    const bus = memoryEventBus();
    const net = await open(bus);
    const stream = await net.tier(township).openCase(tiers);
    for (let n = 0; n < 5; n++) await net.tier(township).say(stream);
    await net.drained();
    await bus.produce(upwards, await recordsOf(bus, upwards));
    await net.tier(township).say(stream);
    await net.drained();
    await expectEqual(net, stream, 7);
    expect((await net.status(county)).incidents).toEqual([]);
  });

  it('keeps a record that cannot be read as evidence, has its number brought by the link, and lets others go on', async () => {
    const bus = memoryEventBus();
    const poison = utf8('not an event');
    let poisoning = false;
    const net = await open({
      ...bus,
      produce: (topic, records) =>
        bus.produce(
          topic,
          records.map((record) =>
            poisoning && topic === upwards && record.headers['liandong-number'] !== undefined
              ? { ...record, value: poison, headers: {} }
              : record,
          ),
        ),
    });
    const [own, through] = [
      await net.tier(township).openCase([township, county]),
      await net.tier(township).openCase([township, city]),
    ];
    await net.drained();
    net.cut(township);
    await net.until(async () => !(await net.status(township)).links.some(({ connected }) => connected));
    poisoning = true;
    await net.tier(township).say(own);
    await net.until(async () => (await net.status(county)).incidents.length > 0);
    poisoning = false;
    await net.tier(township).say(through);
    await net.until(async () => (await hashesAt(net, city, through)).length === 2);
    expect(await hashesAt(net, county, own)).toHaveLength(1);
    const [incident] = await net.tier(county).book.incidents(10);
    expect(incident).toMatchObject({ code: 'unreadable-record', peer: township, bytes: poison });

    net.restore(township);
    // No heartbeat's time passes here: it is asked for because it was missed, and at once.
    for (let n = 0; n < 1_000 && (await hashesAt(net, county, own)).length < 2; n++)
      await new Promise(setImmediate);
    await expectEqual(net, own, 2, [township, county]);
    await net.drained();
    expect((await net.status(county)).links.every(({ stopped }) => stopped === undefined)).toBe(true);
  });

  it('stops the link for an event that is not its author’s, and has the true one when an operator resumes', async () => {
    const bus = memoryEventBus();
    let forging = false;
    const net = await open({
      ...bus,
      produce: (topic, records) =>
        bus.produce(
          topic,
          records.map((record) => {
            if (!forging || topic !== upwards || record.headers['liandong-number'] === undefined)
              return record;
            const value = utf8(new TextDecoder().decode(record.value ?? undefined).replace('"p"', '"q"'));
            return { ...record, value };
          }),
        ),
    });
    const stream = await net.tier(township).openCase(tiers);
    await net.drained();
    forging = true;
    await net.tier(township).say(stream);
    await net.until(async () =>
      (await net.status(county)).links.some(({ stopped }) => stopped !== undefined),
    );
    forging = false;
    await net.tier(township).say(stream);
    expect((await net.status(county)).incidents).toMatchObject([{ code: 'not-in-the-seal', peer: township }]);
    expect(await hashesAt(net, county, stream)).toHaveLength(1);
    expect((await laneOf(net, county, township))?.reads).toBe(false);

    await net.exchange(county).resumeLink(township);
    await net.drained();
    await expectEqual(net, stream, 3);
  });

  it('has the link bring what the lane swallowed without a word', async () => {
    const bus = memoryEventBus();
    let swallows = false;
    const net = await open({
      ...bus,
      produce: async (topic, records) => {
        if (!swallows) await bus.produce(topic, records);
      },
    });
    const stream = await net.tier(township).openCase(tiers);
    await net.drained();
    swallows = true;
    await net.tier(township).say(stream);
    await net.drained();
    await expectEqual(net, stream, 2);
  });

  it('says a heartbeat only behind the events it speaks of', async () => {
    const bus = memoryEventBus();
    const net = await open(bus);
    bus.down(true);
    net.cut(township);
    for (let n = 0; n < 520; n++) await net.tier(township).openCase([township, county]);
    bus.down(false);
    await allUp(net);
    net.restore(township);
    await net.drained();
    const said = new Map<string, number>();
    let beats = 0;
    for (const { headers, value } of await recordsOf(bus, upwards)) {
      const text = (name: string) => new TextDecoder().decode(headers[name]);
      if (headers['liandong-number'] !== undefined)
        said.set(text('liandong-destination'), Number(text('liandong-number')));
      else {
        const beat = JSON.parse(new TextDecoder().decode(value ?? undefined)) as {
          readonly head: number;
          readonly feed: { readonly destination: string };
        };
        beats += 1;
        expect(beat.head).toBeLessThanOrEqual(said.get(beat.feed.destination) ?? 0);
      }
    }
    expect(beats).toBeGreaterThan(0);
  });

  it('loses and doubles nothing, whatever is lost, doubled or cut on the lane and the link at any moment', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('say' as const), tier: fc.constantFrom(...tiers) }),
      fc.record({ kind: fc.constant('say' as const), tier: fc.constantFrom(...tiers) }),
      fc.record({ kind: fc.constant('cut' as const), tier: fc.constantFrom(county, township) }),
      fc.record({ kind: fc.constant('restore' as const), tier: fc.constantFrom(county, township) }),
      fc.record({ kind: fc.constant('restart' as const), tier: fc.constantFrom(...tiers) }),
      fc.record({ kind: fc.constant('broker' as const), down: fc.boolean() }),
      fc.record({ kind: fc.constant('forget' as const) }),
      fc.record({ kind: fc.constant('settle' as const), turns: fc.integer({ min: 1, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40 }),
        fc.infiniteStream(fc.nat(9)),
        async (steps, dice) => {
          const bus = memoryEventBus();
          let bad = true;
          const net = await testNetworkOf(three, {
            bus: {
              ...bus,
              produce: async (topic, records) => {
                const roll = bad ? Number(dice.next().value) : 9;
                if (roll === 0) throw new Error('nobody knows whether it was kept');
                if (roll === 1) return;
                await bus.produce(topic, records);
                if (roll === 2) await bus.produce(topic, records);
                if (roll === 3) throw new Error('it was kept, and the answer lost');
              },
            },
          });
          try {
            const stream = await net.tier(county).openCase(tiers);
            let said = 1;
            for (const each of steps) {
              if (each.kind === 'say') {
                if ((await net.tier(each.tier).store.read(stream)).length === 0) continue;
                await net.tier(each.tier).say(stream);
                said += 1;
              } else if (each.kind === 'cut') net.cut(each.tier);
              else if (each.kind === 'restore') net.restore(each.tier);
              else if (each.kind === 'restart') await net.restart(each.tier);
              else if (each.kind === 'broker') bus.down(each.down);
              else if (each.kind === 'forget') await bus.forget(upwards, [1_000n]).catch(() => undefined);
              else if (each.kind === 'settle')
                for (let n = 0; n < each.turns; n++) await new Promise(setImmediate);
            }
            bad = false;
            bus.down(false);
            net.restore(county);
            net.restore(township);
            await net.drained();
            await expectEqual(net, stream, said);
            for (const tier of tiers) expect((await net.status(tier)).incidents).toEqual([]);
          } finally {
            await net.stop();
          }
        },
      ),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
