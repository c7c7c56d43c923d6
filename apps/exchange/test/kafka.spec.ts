import { type KafkaBus, kafkaEventBus } from '@liandong/adapters/kafka';
import type { BusRecord } from '@liandong/application';
import { linkGroup, linkTopic, linkTopics } from '@liandong/contracts';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fromUtf8, utf8 } from '@liandong/kernel';
import { type TestKafka, withKafka } from '@liandong/testing';
import { randomInt, randomUUID } from 'node:crypto';
import { casesIn, casework, clerk, expectSameEvents, townClerk } from './support/casework.ts';
import { twoTierItem } from './support/items.ts';
import { allTiers, city, county, type ProcessNetwork, township, withNetwork } from './support/network.ts';
import { expectOrder } from './support/order.ts';
import { inLanes, until } from './support/until.ts';

const upwards = linkTopic(county, city);
const lanes = 12;

type Trial = {
  readonly kafka: TestKafka;
  readonly net: ProcessNetwork;
  readonly bus: () => KafkaBus;
  readonly open: (key: string) => Promise<void>;
  readonly casesHeld: (tier: (typeof allTiers)[number]) => Promise<number>;
  readonly lanesUp: () => Promise<unknown>;
  /** Nothing lost, nothing doubled, every stream in order, and the links drained. */
  readonly expectEqual: () => Promise<void>;
};

/** Three tiers as processes whose links are carried by the broker. */
const trialOn = (kafka: TestKafka): Trial => {
  let opened: KafkaBus | undefined;
  const bus = () => (opened ??= kafkaEventBus({ brokers: kafka.brokers, clientId: 'onlooker' }));
  const net = withNetwork({ brokers: () => kafka.brokers });
  const work = casework(net);
  const lanesUp = () =>
    until(
      'every link carried by Kafka',
      () => Promise.all(allTiers.map(net.links)),
      (reports) =>
        reports.every((report) => report?.links.every(({ lane }) => lane?.sends === true && lane.reads)),
      240_000,
    );

  beforeAll(async () => {
    await bus().ensureTopics([...linkTopics(county, city), ...linkTopics(township, county)]);
    await Promise.all(allTiers.flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]));
    await work.publish();
    await net.drained();
    await lanesUp();
  });
  afterAll(() => opened?.close());

  return {
    ...{ kafka, net, bus, lanesUp },
    open: async (key) => void (await work.open(clerk, twoTierItem, key)),
    casesHeld: async (tier) => casesIn(await net.held(tier)).length,
    expectEqual: async () => {
      await net.drained(allTiers, 240_000);
      const [above, middle, below] = await Promise.all([
        net.held(city),
        net.held(county),
        net.held(township),
      ]);
      expect(casesIn(above)).toEqual(casesIn(middle));
      expectSameEvents(casesIn(middle), [above, middle]);
      expectSameEvents(casesIn(below), [above, middle, below]);
      for (const held of [above, middle, below]) expectOrder(held);
      const cases = casesIn(middle).length;
      expect(await work.listed(city, cases)).toEqual(await work.listed(county, cases));
    },
  };
};

const nextOf = async (trial: Trial): Promise<bigint> => (await trial.bus().reach(upwards))[0]?.next ?? 0n;

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

const survivesKills = (trial: Trial) =>
  it('brings every event once, though producer, consumer and broker are killed at random points under load', async () => {
    const { net, kafka, open, casesHeld, expectEqual } = trial;
    const before = await casesHeld(city);
    const all = 100;
    const reached = (share: number) =>
      until(
        'cases on their way',
        () => casesHeld(city),
        (held) => held >= before + share,
        240_000,
      );
    const loading = inLanes(all, lanes, (n) => open(`killed-${n}`));
    loading.catch(() => undefined);
    for (const [n, victim] of (['producer', 'consumer', 'broker', 'consumer'] as const).entries()) {
      await reached(randomInt(1 + 15 * n, 15 * (n + 1)));
      if (victim === 'broker') {
        await kafka.kill();
        await kafka.start();
      } else {
        const tier = victim === 'producer' ? county : city;
        expect(await net.service(tier, 'exchange').end('SIGKILL')).toBe('SIGKILL');
        await net.start(tier, 'exchange');
      }
    }
    await loading;
    await expectEqual();
    expect(await casesHeld(city)).toBe(before + all);
  });

withKafka('4.1', (kafka) => {
  const trial = trialOn(kafka);
  const { net, bus, open, casesHeld, lanesUp, expectEqual } = trial;

  survivesKills(trial);

  it('goes on over the links alone while the broker is down, and over the broker again when it is back', async () => {
    await lanesUp();
    await kafka.kill();
    await inLanes(40, lanes, (n) => open(`brokerless-${n}`));
    await expectEqual();
    await until(
      'no link carried by Kafka',
      () => Promise.all(allTiers.map(net.links)),
      (reports) => reports.every((report) => report?.links.every(({ lane }) => lane?.sends === false)),
    );
    await kafka.start();
    await lanesUp();
    const said = await nextOf(trial);
    await open('after-the-broker');
    await expectEqual();
    expect(await nextOf(trial)).toBeGreaterThan(said);
  });

  it('has what the topic forgot during an outage brought by the link', async () => {
    await net.service(city, 'exchange').end('SIGKILL');
    const [before, said] = [await casesHeld(city), await nextOf(trial)];
    await inLanes(60, lanes, (n) => open(`forgotten-${n}`));
    const next = await until(
      'events on the topic',
      () => nextOf(trial),
      (offset) => offset > said + 60n,
    );
    await bus().forget(upwards, [next - 10n]);
    await net.start(city, 'exchange');
    await expectEqual();
    expect(await casesHeld(city)).toBe(before + 60);
  });

  it('takes what comes again from old offsets as what it is', async () => {
    const old = await recordsOf(bus(), upwards);
    expect(old.length).toBeGreaterThan(10);
    await bus().produce(upwards, old);
    await open('after-the-old');
    await expectEqual();
    for (const report of await Promise.all(allTiers.map(net.links)))
      expect(report?.links.filter(({ stopped }) => stopped !== undefined)).toEqual([]);
  });

  it('keeps a poisoned record as evidence, and the events behind it come', async () => {
    await bus().produce(upwards, [{ value: utf8('poison'), headers: {}, key: utf8('case-x') }]);
    await inLanes(20, lanes, (n) => open(`poisoned-${n}`));
    await expectEqual();
    const report = await net.links(city);
    expect(report?.incidents).toMatchObject([{ code: 'unreadable-record', peer: county }]);
    expect(report?.incidents[0]?.detail).toMatch(/^record \d+: content-type is missing$/);
  });

  it('gets its partition back when others of its group take it away and drop what they read', async () => {
    await lanesUp();
    const loading = inLanes(60, lanes, (n) => open(`rebalanced-${n}`));
    const thieves = await Promise.all(
      [1, 2, 3].map(() =>
        bus().subscribe({
          ...{ topic: upwards, group: linkGroup(city, county), most: 5 },
          take: () => Promise.reject(new Error('dropped')),
        }),
      ),
    );
    await loading;
    await Promise.all(thieves.map((thief) => thief.close()));
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
    await until(
      'nothing owed',
      () => Promise.all(allTiers.map(net.links)),
      (reports) => reports.every((report) => report?.owing === 0),
    );
    let withheld = 0;
    for (const topic of [...linkTopics(county, city), ...linkTopics(township, county)])
      for (const { value, headers } of await recordsOf(bus(), topic.topic)) {
        const whole = [value, ...Object.values(headers)].map((part) => Buffer.from(part ?? []));
        const text = Buffer.concat(whole).toString();
        for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
        if (text.includes('"_sd"')) withheld += 1;
        if (headers['content-type'] !== undefined)
          expect([
            'application/cloudevents+json; charset=UTF-8',
            'application/vnd.liandong.heartbeat+json',
          ]).toContain(fromUtf8(headers['content-type']));
      }
    expect(withheld).toBeGreaterThan(0);
  });
});

withKafka('3.9', (kafka) => void survivesKills(trialOn(kafka)));
