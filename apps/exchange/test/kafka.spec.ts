import { type KafkaBus, kafkaEventBus } from '@liandong/adapters/kafka';
import type { BusRecord } from '@liandong/application';
import { linkGroup, linkTopic, linkTopics } from '@liandong/contracts';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fromUtf8, type TierCode, utf8 } from '@liandong/kernel';
import { type TestKafka, withKafka } from '@liandong/testing';
import { randomInt, randomUUID } from 'node:crypto';
import { casesIn, casework, clerk, expectSameEvents, townClerk } from './support/casework.ts';
import { twoTierItem } from './support/items.ts';
import { allTiers, city, county, township, withNetwork } from './support/network.ts';
import { expectOrder } from './support/order.ts';
import { inLanes, until } from './support/until.ts';

const lanes = 12;
const patience = 240_000;

/** A link upwards with the broker that carries it: every fault is tried on each line of Kafka at once. */
type Carried = {
  readonly from: TierCode;
  readonly to: TierCode;
  readonly topic: string;
  readonly kafka: TestKafka;
  readonly bus: () => KafkaBus;
};

const carriedBy = (kafka: TestKafka, from: TierCode, to: TierCode): Carried => {
  let opened: KafkaBus | undefined;
  afterAll(() => opened?.close());
  return {
    ...{ from, to, kafka, topic: linkTopic(from, to) },
    bus: () => (opened ??= kafkaEventBus({ brokers: kafka.brokers, clientId: 'onlooker' })),
  };
};

const nextOf = async ({ bus, topic }: Carried): Promise<bigint> => (await bus().reach(topic))[0]?.next ?? 0n;

/** Everything a topic still holds. */
const recordsOf = async (bus: KafkaBus, topic: string): Promise<readonly BusRecord[]> => {
  const records: BusRecord[] = [];
  const { next = 0n } = (await bus.reach(topic))[0] ?? {};
  if (next === 0n) return records;
  const whole = Promise.withResolvers<void>();
  const reading = await bus.subscribe({
    ...{ topic, group: `onlooker.${randomUUID()}`, most: 1_000 },
    take: async (batch) => {
      records.push(...batch.records.map(({ offset: _, ...record }) => record));
      if ((batch.records.at(-1)?.offset ?? 0n) + 1n >= next) whole.resolve();
    },
  });
  await Promise.race([whole.promise, reading.ended]);
  await reading.close();
  return records;
};

/** Three tiers as processes: the county's link is carried by the one broker, the township's by the other. */
const faultsOn = (above: TestKafka, below: TestKafka): void => {
  const upper = carriedBy(above, county, city);
  const lower = carriedBy(below, township, county);
  const links = [upper, lower];
  const onEach = <Value>(work: (link: Carried) => Promise<Value>) => Promise.all(links.map(work));
  const net = withNetwork({
    brokers: (tier) => (tier === county ? above : below).brokers,
    heartbeatSeconds: 3,
  });
  const work = casework(net);
  const reports = () => Promise.all(allTiers.map(net.links));
  const lanesUp = () =>
    until(
      'every link carried by Kafka',
      reports,
      (all) => all.every((report) => report?.links.every(({ lane }) => lane?.sends === true && lane.reads)),
      patience,
    );

  /** Opened at the county and at the township in turn: these pass both links. */
  const open = async (key: string, at: 'anywhere' | TierCode = 'anywhere') => {
    const atTownship = at === 'anywhere' ? key.endsWith('1') || key.endsWith('4') : at === township;
    await work.open(atTownship ? townClerk : clerk, twoTierItem, key);
  };
  const load = (count: number, name: string, at?: TierCode) =>
    inLanes(count, lanes, (n) => open(`${name}-${n}`, at));
  const casesHeld = async (tier: TierCode) => casesIn(await net.held(tier)).length;

  /** Nothing lost, nothing doubled, every stream in order, and the links drained. */
  const expectEqual = async () => {
    await net.drained(allTiers, patience);
    const [top, middle, bottom] = await Promise.all([net.held(city), net.held(county), net.held(township)]);
    expect(casesIn(top)).toEqual(casesIn(middle));
    expectSameEvents(casesIn(middle), [top, middle]);
    expectSameEvents(casesIn(bottom), [top, middle, bottom]);
    for (const held of [top, middle, bottom]) expectOrder(held);
    const cases = casesIn(middle).length;
    expect(await work.listed(city, cases)).toEqual(await work.listed(county, cases));
  };

  beforeAll(async () => {
    await onEach(({ bus, from, to }) => bus().ensureTopics(linkTopics(from, to)));
    await Promise.all(allTiers.flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]));
    await work.publish();
    await net.drained();
    await lanesUp();
  }, patience);

  it('brings every event once, though producers, consumers and brokers are killed at random points under load', async () => {
    const all = 60;
    const reached = (share: number) =>
      until(
        'cases on their way',
        () => casesHeld(city),
        (held) => held >= share,
        patience,
      );
    const loading = load(all, 'killed');
    loading.catch(() => undefined);
    for (const [n, victim] of ([county, 'brokers', city, township] as const).entries()) {
      await reached(randomInt(1 + 9 * n, 9 * (n + 1)));
      if (victim === 'brokers') await onEach(({ kafka }) => kafka.kill().then(kafka.start));
      else {
        expect(await net.service(victim, 'exchange').end('SIGKILL')).toBe('SIGKILL');
        await net.start(victim, 'exchange');
      }
    }
    await loading;
    await expectEqual();
    expect(await casesHeld(city)).toBe(all);
    expect(await casesHeld(township)).toBe(all / 5);
  });

  it('goes on over the links alone while the brokers are down, and over the brokers again when they are back', async () => {
    await lanesUp();
    await onEach(({ kafka }) => kafka.kill());
    await load(24, 'brokerless');
    await expectEqual();
    await until('no link carried by Kafka', reports, (all) =>
      all.every((report) => report?.links.every(({ lane }) => lane?.sends === false)),
    );
    await onEach(({ kafka }) => kafka.start());
    await lanesUp();
    const said = await onEach(nextOf);
    await open('after-the-brokers', township);
    await expectEqual();
    for (const [n, next] of (await onEach(nextOf)).entries()) expect(next).toBeGreaterThan(said[n] ?? next);
  });

  it('has what the topics forgot during an outage brought by the links', async () => {
    for (const link of links) {
      await net.service(link.to, 'exchange').end('SIGKILL');
      const [before, said] = [await casesHeld(link.to), await nextOf(link)];
      await load(20, `forgotten-of-${link.from}`, link.from);
      const next = await until(
        'events on the topic',
        () => nextOf(link),
        (offset) => offset > said + 20n,
      );
      await link.bus().forget(link.topic, [next - 10n]);
      await net.start(link.to, 'exchange');
      await expectEqual();
      expect(await casesHeld(link.to)).toBe(before + 20);
    }
  });

  it('takes what comes again from old offsets as what it is', async () => {
    await onEach(async ({ bus, topic }) => {
      const old = await recordsOf(bus(), topic);
      expect(old.length).toBeGreaterThan(10);
      await bus().produce(topic, old);
    });
    await open('after-the-old', township);
    await expectEqual();
    for (const report of await reports())
      expect(report?.links.filter(({ stopped }) => stopped !== undefined)).toEqual([]);
  });

  it('keeps a poisoned record as evidence, and the events behind it come', async () => {
    await onEach(({ bus, topic }) =>
      bus().produce(topic, [{ value: utf8('poison'), headers: {}, key: utf8('case-x') }]),
    );
    await load(10, 'poisoned');
    await expectEqual();
    for (const { from, to } of links) {
      const report = await net.links(to);
      const unreadable = report?.incidents.filter(({ code }) => code === 'unreadable-record');
      expect(unreadable).toMatchObject([{ peer: from }]);
      expect(unreadable?.[0]?.detail).toMatch(/^record \d+: content-type is missing$/);
    }
  });

  it('gets its partitions back when others of their groups take them away and drop what they read', async () => {
    await lanesUp();
    const loading = load(24, 'rebalanced');
    const thieves = await onEach(({ bus, topic, from, to }) =>
      Promise.all(
        [1, 2, 3].map(() =>
          bus().subscribe({
            ...{ topic, group: linkGroup(to, from), most: 5 },
            take: () => Promise.reject(new Error('dropped')),
          }),
        ),
      ),
    );
    await loading;
    await Promise.all(thieves.flat().map((thief) => thief.close()));
    await expectEqual();
    await lanesUp();
  });

  it('carries events and heartbeats only: no personal field is ever on a topic', async () => {
    const secrets = { applicantName: '桂阳示范公司', applicantPhone: '0735-13800', matter: '新建厂房一处' };
    const answer = await net.post(townClerk, '/v1/cases', 'open-personal', {
      ...{ item: twoTierItem.code, applicant: { kind: '2', creditworthy: true }, supplied: [] },
      details: secrets,
    });
    expect(answer).toMatchObject({ status: 201 });
    await expectEqual();
    await until('nothing owed', reports, (all) => all.every((report) => report?.owing === 0));
    const withheld = await onEach(async ({ bus, from, to }) => {
      let count = 0;
      for (const { topic } of linkTopics(from, to))
        for (const { value, headers } of await recordsOf(bus(), topic)) {
          const whole = [value, ...Object.values(headers)].map((part) => Buffer.from(part ?? []));
          const text = Buffer.concat(whole).toString();
          for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
          if (text.includes('"_sd"')) count += 1;
          if (headers['content-type'] !== undefined)
            expect([
              'application/cloudevents+json; charset=UTF-8',
              'application/vnd.liandong.heartbeat+json',
            ]).toContain(fromUtf8(headers['content-type']));
        }
      return count;
    });
    expect(Math.min(...withheld)).toBeGreaterThan(0);
  });
};

withKafka('4.1', (above) => withKafka('3.9', (below) => faultsOn(above, below)));
