import { linkGroup, linkTopics } from '@liandong/contracts';
import { beforeAll, expect, it } from '@jest/globals';
import { fromUtf8, type StreamName, type TierCode, utf8 } from '@liandong/kernel';
import { type TestKafka, withKafka } from '@liandong/testing';
import { randomInt } from 'node:crypto';
import { casesIn, casework, clerk, expectSameEvents, townClerk } from './support/casework.ts';
import { twoTierItem } from './support/items.ts';
import { allTiers, city, county, township, withNetwork } from './support/network.ts';
import { operatorIn } from './support/operator.ts';
import { expectOrder } from './support/order.ts';
import { type Carried, carriedBy, nextOf, recordsOf, type TopicRecord } from './support/topics.ts';
import { inLanes, until } from './support/until.ts';

const lanes = 12;
const patience = 240_000;

/** What `parked list` and `parked redrive` show of events. */
type Parked = { readonly author: string; readonly number: number; readonly reason: string };

const isEvent = ({ headers }: TopicRecord) => headers['liandong-number'] !== undefined;
const base64 = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString('base64');

/** Three tiers as processes, every fault on each line of Kafka at once: the county's link is carried by the one broker, the township's by the other. */
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
  const operator = operatorIn(net);
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
    return work.open(atTownship ? townClerk : clerk, twoTierItem, key);
  };
  const load = (count: number, name: string, at?: TierCode) =>
    inLanes(count, lanes, async (n) => void (await open(`${name}-${n}`, at)));
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

  it('has what the topics forgot during an outage, and a record that was spoilt, brought by the links', async () => {
    for (const link of links) {
      await net.service(link.to, 'exchange').end('SIGKILL');
      const [before, said] = [await casesHeld(link.to), await nextOf(link)];
      await load(20, `forgotten-of-${link.from}`, link.from);
      const next = await until(
        'events on the topic',
        () => nextOf(link),
        (offset) => offset > said + 20n,
      );
      const events = (await recordsOf(link.bus(), link.topic)).filter(
        (record) => isEvent(record) && record.offset >= said && record.offset < next,
      );
      const middle = events[Math.floor(events.length / 2)];
      if (middle === undefined) throw new Error(`nothing was said on ${link.topic}`);
      await link.bus().forget(link.topic, [middle.offset + 1n]);
      const { 'liandong-seal': _, ...headers } = middle.headers;
      await link.bus().produce(link.topic, [{ ...middle, headers }]);
      await net.start(link.to, 'exchange');
      await expectEqual();
      expect(await casesHeld(link.to)).toBe(before + 20);
      await until(
        'the spoilt record, read',
        () => net.links(link.to),
        (report) => report?.incidents.some(({ code }) => code === 'unreadable-record') === true,
        patience,
      );
      expect(await operator(link.to, 'parked', 'list')).toMatchObject([
        {
          events: [],
          records: [
            {
              ...{ peer: link.from, bytes: base64(middle.value) },
              reason: expect.stringMatching(/^record \d+: liandong-seal is missing$/),
            },
          ],
        },
      ]);
      const came = [...(await net.held(link.to)).values()].flatMap((stream) => [...stream.values()]);
      expect(came.filter((bytes) => base64(bytes) === base64(middle.value))).toHaveLength(1);
    }
  });

  it('parks what Kafka brings a release too early for it, and takes it once when a later one tries again', async () => {
    const renewed = (release: 'current' | 'earlier') =>
      onEach(async ({ to }) => {
        await net.service(to, 'exchange').end('SIGTERM');
        await net.start(to, 'exchange', release);
      });
    const parkedAt = async (tier: TierCode): Promise<readonly Parked[]> => {
      const [listed] = (await operator(tier, 'parked', 'list')) as { events: readonly Parked[] }[];
      return listed?.events ?? [];
    };
    const before = await onEach(({ to }) => casesHeld(to));
    await renewed('earlier');
    await lanesUp();
    await onEach(async ({ from }) => net.cable(from).cut());
    const caseId = (await open('parked', township)) as StreamName;
    const said = [...((await net.held(township)).get(caseId)?.values() ?? [])].map(base64);
    await until(
      'every event of the case, parked',
      reports,
      (all) => all.every((report) => report?.tier === township || report?.parked === said.length),
      patience,
    );
    await onEach(async ({ from }) => net.cable(from).restore());

    const listed = await onEach(async ({ to }) => {
      const events = await parkedAt(to);
      expect(events.map(({ author, reason }) => [author, reason])).toEqual(
        said.map(() => [township, 'context-unknown']),
      );
      const shown = await Promise.all(
        events.map(({ author, number }) => operator(to, 'parked', 'show', author, String(number))),
      );
      expect(shown).toMatchObject(said.map((bytes) => ({ bytes, reason: 'context-unknown' })));
      return events;
    });
    expect(await onEach(({ to }) => casesHeld(to))).toEqual(before);

    await renewed('current');
    await lanesUp();
    await onEach(async ({ to }) => {
      const events = listed[links.findIndex((link) => link.to === to)] ?? [];
      expect(await operator(to, 'parked', 'redrive')).toMatchObject({
        events: events.map(({ author, number }) => ({ author, number, state: 'imported' })),
      });
      expect(await parkedAt(to)).toEqual([]);
    });
    await expectEqual();
    expect(await onEach(({ to }) => casesHeld(to))).toEqual(before.map((cases) => cases + 1));
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
    for (const { from, to } of links)
      expect((await net.links(to))?.incidents).toContainEqual(
        expect.objectContaining({
          ...{ code: 'unreadable-record', peer: from },
          detail: expect.stringMatching(/^record \d+: content-type is missing$/),
        }),
      );
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
