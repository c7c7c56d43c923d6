import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, credentials } from '@grpc/grpc-js';
import type { Envelope, EventHash, StreamName, TierCode } from '@liandong/kernel';
import fc from 'fast-check';
import { casework, clerk, eventsIn, waterApprover } from './support/casework.ts';
import { paper, threeTierItem, twoTierItem } from './support/items.ts';
import { allTiers, city, county, township, withNetwork } from './support/network.ts';
import { drafter, type Guise, type Reply, type Rogue, rogueAt, sealOf } from './support/rogue.ts';
import { type RogueLog, rogueLog } from './support/rogue-log.ts';

const net = withNetwork();
const work = casework(net);
let honest: Awaited<ReturnType<typeof drafter>>;
let door: string;
let log: RogueLog;

beforeAll(async () => {
  await Promise.all(allTiers.flatMap((tier) => [net.start(tier, 'approval'), net.start(tier, 'exchange')]));
  await work.publish();
  const caseId = await work.inReview(clerk, threeTierItem, 'target');
  await work.arrived(township, caseId, 'inReview');
  await work.giveOpinion(caseId);
  await work.agreement(caseId, allTiers);
  await net.drained();
  await net.service(township, 'exchange').end('SIGTERM');
  honest = await drafter(net, township, caseId as StreamName);
  log = await rogueLog(net, township);
  door = `127.0.0.1:${net.config(county).listen.link?.port}`;
});

const eventsStored = async () => eventsIn(await net.held(county));
let stored: number;
beforeEach(async () => {
  stored = await eventsStored();
});
const nothingHappened = async () => {
  expect(await eventsStored()).toBe(stored);
  const { http } = net.service(county, 'exchange');
  expect((await fetch(`${http}/health/ready`)).status).toBe(200);
  expect((await net.links(county))?.links).toContainEqual(
    expect.objectContaining({ peer: city, connected: true }),
  );
};

const rogue = async (guise?: Guise): Promise<Rogue> => {
  const peer = await rogueAt(door, county, net.config(township), log, guise);
  if ('refused' in peer) throw new Error(`the greeting was refused: ${peer.refused}`);
  return peer;
};
const resume = async () => {
  const { http } = net.service(county, 'exchange');
  const response = await fetch(`${http}/links/${township}/resume`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await net.tokenOf(`operator-${county}`)}` },
  });
  expect(response.status).toBe(200);
};

const utf8 = (value: string | object) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const nothing = paper(0xdead) as EventHash;
const opening = (): string => honest.past[0]?.hash ?? '';

describe('what a tier with true keys and false words says to its superior', () => {
  it.each<[string, string, () => Uint8Array]>([
    ['forged parents', 'parents-missing', () => honest.bytes({ parents: nothing })],
    ['a height of its own', 'wrong-height', () => honest.bytes({ height: paper(0).slice(0, 18) + '77' })],
    [
      'hidden parents',
      'hidden-predecessor',
      () => honest.bytes({ parents: opening(), height: '2'.padStart(20, '0') }),
    ],
    ['a second opening', 'second-opening', () => honest.bytes({ type: 'liandong.case.opened.v2' })],
    [
      'an opening of somebody else’s case',
      'envelope-refused subject does-not-hash-to-its-case',
      () =>
        honest.bytes({
          type: 'liandong.case.opened.v2',
          parents: '',
          ...{ height: '1'.padStart(20, '0'), sequence: '1'.padStart(20, '0') },
        }),
    ],
    ['a second event under one number', 'self-fork', () => honest.bytes({ sequence: '1'.padStart(20, '0') })],
    [
      'other words under one identity',
      'identity-conflict',
      () => honest.bytes({ id: honest.own[0]?.envelope.id ?? '', sequence: '1'.padStart(20, '0') }),
    ],
    [
      'wrong types',
      'schema-violation /',
      () => honest.bytes({ type: 'liandong.case.opinionGiven.v1', data: { step: 7 } }),
    ],
    [
      'an unknown attribute',
      'envelope-refused surprise unknown-attribute',
      () => honest.bytes({ surprise: 'x' } as Partial<Envelope>),
    ],
    [
      'a number for a text',
      'envelope-refused sequence malformed',
      () => honest.bytes({ sequence: 2 as never }),
    ],
    [
      'deep nesting',
      'envelope-refused nested-too-deeply',
      () => utf8(JSON.stringify(honest.envelope()).replace('"data":{}', `"data":${nested(2_000)}`)),
    ],
    [
      'bytes that are not UTF-8',
      'envelope-refused not-utf8',
      () => Uint8Array.of(...honest.bytes().slice(0, -1), 0xff, 0x7d),
    ],
    [
      'a number beyond range',
      'envelope-refused number-out-of-range',
      () => utf8(JSON.stringify(honest.envelope()).replace('"data":{}', '"data":{"n":9007199254740993}')),
    ],
    [
      'another form of the same',
      'envelope-refused not-canonical',
      () => utf8(`${JSON.stringify(honest.envelope())} `),
    ],
    ['no event at all', 'envelope-refused not-a-json-object', () => utf8('[]')],
    [
      'a context nobody may write',
      'context-unknown',
      () => honest.bytes({ type: 'liandong.nonsense.said.v1' }),
    ],
    [
      'a stream of its superior',
      'envelope-refused subject stream-of-another-tier',
      () => honest.bytes({ subject: `item-${county}.431001199001` as StreamName }),
    ],
  ])('is not taken into the store if it holds %s', async (_, reason, lie) => {
    const peer = await rogue();
    const number = peer.next;
    expect(await peer.enter(lie())).toEqual({ kept: [expect.stringContaining(reason)] });
    peer.close();
    await nothingHappened();
    const state = reason === 'parents-missing' ? 'waiting' : 'parked';
    const { http } = net.service(county, 'exchange');
    const headers = { authorization: `Bearer ${await net.tokenOf(`operator-${county}`)}` };
    const shown = (await (await fetch(`${http}/parked?state=${state}`, { headers })).json()) as object;
    expect(shown).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ author: township, number, reason: expect.stringContaining(reason) }),
      ]),
    });
  });

  it.each<[string, string, (peer: Rogue) => Promise<Reply>]>([
    [
      'in the name of its superior',
      'author-mismatch',
      (peer) => peer.enter(honest.bytes({ source: sourceOfCounty() })),
    ],
    [
      'in a feed that does not pass it',
      'not-on-the-path',
      (peer) => peer.enter(honest.bytes(), { feed: { author: city, destination: county } }),
    ],
    [
      'under a forged seal',
      'seal-forged',
      (peer) => {
        const bytes = honest.bytes();
        return peer.enter(bytes, {
          seal: { ...sealOf(net.config(township), bytes), signature: new Uint8Array(64) },
        });
      },
    ],
    [
      'under the seal of something else',
      'not-in-the-seal',
      (peer) => peer.enter(honest.bytes(), { seal: sealOf(net.config(township), utf8('else')) }),
    ],
    [
      'under the seal of a service that has no say in it',
      'service-not-entitled',
      (peer) => {
        const bytes = honest.bytes();
        return peer.enter(bytes, { seal: sealOf(net.config(township), bytes, 'exchange') });
      },
    ],
    ['without a proof', 'proof-missing', (peer) => peer.enter(honest.bytes(), { proven: false })],
    [
      'anew under a number it has used',
      'number-reused',
      (peer) => peer.enter(honest.bytes(), { number: peer.next - 1 }),
    ],
    [
      'that it holds more than was ever sent',
      'feed-from-the-future',
      ({ feed, send }) =>
        send({
          kind: 'resume',
          opening: true,
          places: [{ feed: { author: feed.destination, destination: feed.author }, after: 1_000_000 }],
        }),
    ],
    [
      'in a heartbeat it did not sign',
      'heartbeat-forged',
      ({ send, feed, sign }) => send(heartbeat(feed, sign)),
    ],
    [
      'hello once more',
      'unexpected-frame',
      ({ send }) =>
        send({
          kind: 'hello',
          network: 'x',
          tier: township,
          epoch: 1,
          protocol: 1,
          nonce: new Uint8Array(32),
        }),
    ],
  ])('stops the link, until an operator has looked, if it is said %s', async (_, reason, lie) => {
    const peer = await rogue();
    expect(await lie(peer)).toEqual({ stopped: reason });
    await nothingHappened();
    expect(await rogueAt(door, county, net.config(township), log)).toEqual({ refused: 'link-stopped' });
    expect((await net.links(county))?.incidents).toContainEqual(
      expect.objectContaining({ peer: township, code: reason }),
    );
    await resume();
    (await rogue()).close();
  });

  const sourceOfCounty = () => honest.past[0]?.envelope.source ?? honest.envelope().source;
  const heartbeat = (feed: Rogue['feed'], sign: Rogue['sign']) => ({
    kind: 'heartbeat' as const,
    feed,
    ...{ head: 5, digest: paper(1), received: 0, receivedDigest: '', waiting: 0, parked: 0 },
    time: '2026-03-02T01:00:00.000Z',
    ...sign(utf8('something else')),
  });

  it.each<[string, (peer: Rogue) => Promise<Reply>]>([
    ['an event too large', (peer) => peer.enter(honest.bytes({ data: { text: 'x'.repeat(70_000) } }))],
    ['a count beyond range', (peer) => peer.enter(honest.bytes(), { number: 2 ** 60 })],
    ['a count below nought', (peer) => peer.enter(honest.bytes(), { number: -1 })],
    [
      'a tier that is none',
      (peer) => peer.enter(honest.bytes(), { feed: { author: '43102' as TierCode, destination: county } }),
    ],
    [
      'a seal over half a hash',
      (peer) => {
        const bytes = honest.bytes();
        return peer.enter(bytes, {
          seal: { ...sealOf(net.config(township), bytes), leaves: ['abcd' as EventHash] },
        });
      },
    ],
    [
      'more entries than a block may hold',
      ({ send, feed, next }) => {
        const bytes = honest.bytes();
        return send({
          kind: 'block',
          feed,
          ...{ first: next, head: next },
          entries: Array.from({ length: 501 }, () => ({ seq: 1, bytes, seal: 0 })),
          seals: [sealOf(net.config(township), bytes)],
        });
      },
    ],
    ['control characters', ({ send }) => send({ kind: 'stop', code: 'all\u0000well\u001b[2J', detail: '' })],
  ])('ends the connection, with a word why, if it is a frame with %s', async (_, lie) => {
    const peer = await rogue();
    expect(await lie(peer)).toEqual({ stopped: 'malformed-frame' });
    await nothingHappened();
    (await rogue()).close();
  });

  it('is never taken into the store, whatever it is', async () => {
    const peer = await rogue();
    const attribute = fc.constantFrom<keyof Envelope>(
      'specversion',
      'source',
      'subject',
      'sequence',
      'height',
      'term',
    );
    const mutated = fc
      .tuple(attribute, fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' })))
      .map(([name, value]) => utf8(JSON.stringify({ ...honest.envelope(), [name]: value })));
    const bytes = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300 }), mutated);
    await fc.assert(
      fc.asyncProperty(bytes, async (lie) => {
        expect(await peer.enter(lie)).toEqual({ kept: [expect.stringMatching(/^envelope-refused /)] });
      }),
      { numRuns: 60 },
    );
    peer.close();
    await nothingHappened();
  });
});

describe('who is not what they say', () => {
  it.each<[string, string, () => Guise]>([
    ['a township without its key', 'proof-refused', () => ({ signedBy: net.config(city) })],
    ['its own superior', 'proof-refused', () => ({ hello: { tier: city } })],
    ['a tier of another network', 'another-network', () => ({ hello: { network: 'elsewhere.example' } })],
    ['a tier nobody knows', 'unknown-tier', () => ({ hello: { tier: '431022' as TierCode } })],
    ['a tier of a former epoch', 'another-epoch', () => ({ hello: { epoch: 0 } })],
    ['one who proves nothing', 'nonce-too-short', () => ({ hello: { nonce: new Uint8Array(4) } })],
  ])('is told so at the greeting: %s', async (_, reason, guise) => {
    expect(await rogueAt(door, county, net.config(township), log, guise())).toEqual({ refused: reason });
    await nothingHappened();
  });

  it('gets no further with bytes that are no frames at all', async () => {
    const client = new Client(door, credentials.createInsecure());
    const thrown = [
      [0xff, 0xff, 0xff],
      [0x0a, 0x04, 0x0a, 0x02, 0xc0, 0x80],
      [0x0a, 0x00],
      [],
      Array(9_000_000).fill(10),
    ];
    for (const bytes of thrown as number[][]) {
      const call = client.makeBidiStreamRequest(
        '/liandong.exchange.v1.ExchangeService/OpenLink',
        (value: Buffer) => value,
        (value) => value,
      );
      const ended = new Promise((resolve) => call.on('status', resolve));
      call.on('error', () => undefined);
      call.on('data', () => undefined);
      call.write(Buffer.from(bytes));
      await ended;
    }
    client.close();
    await nothingHappened();
  });
});

describe('after all that', () => {
  it('an honest word of the same tier is taken, and city and county go on with their work', async () => {
    const peer = await rogue();
    expect(await peer.enter(honest.bytes())).toEqual({ kept: [] });
    peer.close();
    expect(await eventsStored()).toBe(stored + 1);
    const caseId = await work.inReview(clerk, twoTierItem, 'after-all');
    await work.determine(waterApprover, caseId, 'water');
    await work.agreement(caseId, [city, county]);
  });
});
