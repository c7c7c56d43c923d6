import { Client, credentials } from '@grpc/grpc-js';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { casesIn, casework, clerk, expectSameEvents } from './support/casework.ts';
import { twoTierItem } from './support/items.ts';
import { listeningOf } from './support/listening.ts';
import { allTiers, city, county, township, withNetwork } from './support/network.ts';
import type { ServiceProcess } from './support/service-process.ts';
import { inLanes, until } from './support/until.ts';
import type { Answer } from './support/visitors.ts';

const net = withNetwork();
const work = casework(net);

beforeAll(async () => {
  await Promise.all(allTiers.flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]));
  await work.publish([county]);
  await net.drained();
});

const lanes = 12;
const casesHeld = async (tier: (typeof allTiers)[number]) => casesIn(await net.held(tier)).length;

/** City and county hold the same events of the same cases, and their counters show the same digests. */
const expectEqual = async () => {
  await net.drained();
  const [above, below] = await Promise.all([net.held(city), net.held(county)]);
  expect(casesIn(above)).toEqual(casesIn(below));
  expectSameEvents(casesIn(below), [above, below]);
  const cases = casesIn(below).length;
  expect(await work.listed(city, cases)).toEqual(await work.listed(county, cases));
};

describe('a process that is killed', () => {
  it('in the middle of a transfer leaves nothing lost and nothing doubled', async () => {
    const before = await casesHeld(city);
    const loading = inLanes(
      150,
      lanes,
      async (n) => void (await work.open(clerk, twoTierItem, `transfer-${n}`)),
    );
    await until(
      'cases on their way',
      () => casesHeld(city),
      (held) => held > before + 10,
    );
    expect(await net.service(county, 'exchange').end('SIGKILL')).toBe('SIGKILL');
    await loading;
    const stopped = await casesHeld(city);
    expect(stopped).toBeLessThan(before + 150);

    const second = await net.start(county, 'exchange');
    await until(
      'more cases on their way',
      () => casesHeld(city),
      (held) => held > stopped,
    );
    await second.end('SIGKILL');
    await net.start(county, 'exchange');
    await expectEqual();
    expect(await casesHeld(city)).toBe(before + 150);
  });

  it('in the middle of commands keeps what it had confirmed and records nothing twice', async () => {
    const before = await casesHeld(county);
    const confirmed = new Map<string, string>();
    const open = async (key: string): Promise<Answer | undefined> =>
      net
        .post(clerk, '/v1/cases', key, {
          item: twoTierItem.code,
          applicant: { kind: '2', creditworthy: true },
          supplied: [],
        })
        .catch((error: unknown) => {
          if (String(error) === 'TypeError: fetch failed') return undefined;
          throw error;
        });
    let broken = 0;
    const loading = inLanes(120, lanes, async (n) => {
      const key = `command-${n}`;
      const answer = await until(
        `the answer to ${key}`,
        () => open(key),
        (given) => {
          if (given === undefined) broken += 1;
          return given !== undefined;
        },
      );
      expect(answer?.status).toBe(201);
      confirmed.set(key, (answer?.body as { caseId: string }).caseId);
    });
    await until(
      'confirmed cases',
      async () => confirmed.size,
      (size) => size > 30,
    );
    expect(await net.service(county, 'approval').end('SIGKILL')).toBe('SIGKILL');
    const early = new Map(confirmed);
    await net.start(county, 'approval');
    await loading;

    expect(broken).toBeGreaterThan(0);
    expect(early.size).toBeLessThan(120);
    expect(new Set(confirmed.values()).size).toBe(120);
    expect(await casesHeld(county)).toBe(before + 120);
    for (const [key, caseId] of early)
      expect((await open(key))?.body).toMatchObject({ caseId, repeated: true });
    await expectEqual();
  });
});

describe('the exchanges of one tier', () => {
  it('work one at a time: the one that stands by takes over when the first is killed', async () => {
    const first = net.service(county, 'exchange');
    const second = await net.startAnother(county, 'exchange');
    const links = async ({ http }: ServiceProcess) =>
      (
        await fetch(`${http}/links`, {
          headers: { authorization: `Bearer ${await net.tokenOf(`operator-${county}`)}` },
        })
      ).status;
    expect(await links(first)).toBe(200);
    expect(await links(second)).toBe(503);
    expect((await fetch(`${second.http}/health/ready`)).status).toBe(200);

    await first.end('SIGKILL');
    await until(
      'the second at work',
      () => links(second),
      (status) => status === 200,
    );
    await work.open(clerk, twoTierItem, 'after-the-takeover');
    net.adopt(county, 'exchange', second);
    await expectEqual();
  });
});

describe('a township', () => {
  it('dials out only: its exchange has no port but that of its own health, on the loopback', async () => {
    const { pid, http } = net.service(township, 'exchange');
    expect(listeningOf(pid)).toEqual([new URL(http).host]);
    const { link } = net.config(county).listen;
    expect(listeningOf(net.service(county, 'exchange').pid)).toContain(`127.0.0.1:${link?.port}`);
    expect((await net.links(township))?.links).toMatchObject([
      { peer: county, direction: 'up', connected: true },
    ]);
  });
});

describe('a process that is told to stop', () => {
  it.each([
    ['approval', 'SIGINT'],
    ['exchange', 'SIGINT'],
    ['approval', 'SIGTERM'],
    ['exchange', 'SIGTERM'],
  ] as const)('ends at once and cleanly with connections open: %s on %s', async (service, signal) => {
    const tier = signal === 'SIGINT' ? city : county;
    const running = net.service(tier, service);
    const silent = connect(Number(new URL(running.http).port), '127.0.0.1');
    await once(silent, 'connect');
    expect((await fetch(`${running.http}/health/live`)).status).toBe(200);
    const port = service === 'approval' ? running.grpc : `127.0.0.1:${net.config(tier).listen.link?.port}`;
    const channel = new Client(port ?? '', credentials.createInsecure());
    await new Promise<void>((resolve, reject) =>
      channel.waitForReady(Date.now() + 10_000, (error) => (error === undefined ? resolve() : reject(error))),
    );

    const began = performance.now();
    expect(await running.end(signal)).toBe(0);
    expect(performance.now() - began).toBeLessThan(5_000);
    silent.destroy();
    channel.close();
  });
});
