import { afterEach, describe, expect, it } from '@jest/globals';
import { nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { memoryEventBus } from '@liandong/adapters/memory';
import type { TierCode } from '@liandong/kernel';
import { parseSplitView, verifySplitView } from '@liandong/ledger';
import { type TestNetwork, testNetworkOf, type TestNetworkOptions } from '@liandong/testing';
import { ledgerStream } from '../ledger/ledger-journal.ts';
import type { Heartbeat, LinkFrame } from '../ports/link-transport.ts';
import { defaultSettings } from './deps.ts';
import { heartbeat } from './heartbeat.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const three = [{ tier: city }, { tier: county, parent: city }, { tier: township, parent: county }];
const limit = defaultSettings.silenceMs / defaultSettings.heartbeatMs;

let net: TestNetwork;
afterEach(() => net.stop());

const open = async (options?: TestNetworkOptions) => {
  net = await testNetworkOf(three, options);
  const stream = await net.tier(township).openCase([township, county]);
  await net.drained();
  return stream;
};

const alarmsAt = async (tier: TierCode, of: TierCode) =>
  (await net.status(tier)).alarms.filter((alarm) => alarm.tier === of).map(({ code }) => code);
const incidentsAt = async (tier: TierCode, of: TierCode) =>
  (await net.tier(tier).book.incidents(100))
    .filter(({ peer }) => peer === of)
    .map(({ code }) => code)
    .reverse();

/** Lets a heartbeat's time pass so often, and each heartbeat arrive. */
const beats = async (times: number) => {
  for (let n = 0; n < times; n++) {
    net.beat();
    for (let turn = 0; turn < 60; turn++) await new Promise(setImmediate);
  }
};

/** What a tier's heartbeats say is not what its exchange meant to. */
const instead = (line: TierCode, author: TierCode, change: (beat: Heartbeat) => readonly LinkFrame[]) =>
  net.mischief(line, (frame) =>
    frame.kind === 'heartbeat' && frame.feed.author === author ? change(frame) : [frame],
  );
const saying = (beat: Heartbeat, checkpoint: Uint8Array | undefined): Heartbeat => {
  const { author: self, sign } = net.tier(beat.feed.author);
  return heartbeat({ self, sha256, sign }, { ...beat, checkpoint });
};

describe('a heartbeat', () => {
  it('shows everybody in its region the checkpoint of its author’s ledger, also who receives nothing of it', async () => {
    await open();
    await beats(1);
    const { incoming } = await net.status(city);
    expect(incoming.find(({ author }) => author === township)).toMatchObject({ received: 0, checkpoint: 1 });
    await net.restart(city);
    expect((await net.tier(city).book.believedHeads()).map(({ origin, size }) => [origin, size])).toEqual([
      [net.tier(township).log.origin, 1],
    ]);
  });

  it('is forged when somebody between takes its checkpoint away', async () => {
    await open();
    instead(county, township, ({ checkpoint: _, ...beat }) => [beat]);
    await net.until(async () => (await incidentsAt(city, county)).length > 0);
    expect(await incidentsAt(city, county)).toEqual(['heartbeat-forged']);
  });

  it('with a checkpoint that no quorum cosigned stops the link', async () => {
    await open();
    const { log } = net.tier(township);
    const unwitnessed = log.sign(2, nodeSuite().sha256(new Uint8Array()), 2);
    instead(township, township, (beat) => [saying(beat, unwitnessed)]);
    await net.until(async () => (await incidentsAt(county, township)).length > 0);
    const [incident] = await net.tier(county).book.incidents(1);
    expect(incident).toMatchObject({ code: 'head-not-believed', peer: township, bytes: unwitnessed });
  });

  it('with a checkpoint of another tier’s ledger stops the link', async () => {
    await open();
    const foreign = net.tier(city).log.sign(1, nodeSuite().sha256(new Uint8Array()));
    instead(township, township, (beat) => [saying(beat, foreign)]);
    await net.until(async () => (await incidentsAt(county, township)).length > 0);
    expect(await incidentsAt(county, township)).toEqual(['head-not-believed']);
  });

  it('that contradicts what is held is a split view: evidence, and the ledger frozen, at whoever carries it', async () => {
    const stream = await open();
    await beats(1);
    const { log } = net.tier(township);
    const other = log.sign(1, nodeSuite().sha256(new Uint8Array([1])), 0);
    instead(township, township, (beat) => (beat.feed.destination === city ? [saying(beat, other)] : [beat]));
    await net.until(async () => net.tier(county).splitViews.length > 0);
    expect(await incidentsAt(county, township)).toEqual(['split-view']);
    const [view] = net.tier(county).splitViews;
    expect(view).toMatchObject({ origin: log.origin, frozenAt: 1, from: township });
    const bundle = parseSplitView(view!.evidence);
    const logKeys = log.policy.logs.map(({ key }) => key);
    expect(bundle.ok && verifySplitView(nodeSuite(), bundle.value, logKeys).ok).toBe(true);

    net.mischief(township, (frame) => [frame]);
    await net.exchange(county).resumeLink(township);
    await net.tier(township).say(stream);
    await net.until(async () => (await incidentsAt(county, township)).length > 1);
    expect((await incidentsAt(county, township))[1]).toBe('split-view');
    expect(await net.tier(county).store.read(stream)).toHaveLength(1);
  });

  it('of a frozen ledger that grew stops nothing by itself: it is not believed, and its author an alarm', async () => {
    await open();
    await beats(1);
    const { log } = net.tier(township);
    net.tier(city).splitViews.push({
      ...{ origin: log.origin, frozenAt: 1, from: county, evidence: new Uint8Array() },
    });
    await net.restart(city);
    await net.tier(township).openCase([township, county]);
    await net.drained();
    await beats(limit + 2);
    const [believed] = await net.tier(city).book.believedHeads();
    expect(believed).toMatchObject({ origin: log.origin, size: 1 });
    expect(await alarmsAt(city, township)).toEqual(['checkpoint-behind']);
    expect((await net.status(city)).links.map(({ stopped }) => stopped)).toEqual([undefined]);
  });
});

describe('silence', () => {
  it('of a tier is an alarm to everybody above and below, and over when it is heard', async () => {
    await open();
    net.cut(township);
    await beats(limit);
    expect(await alarmsAt(county, township)).toEqual([]);
    await beats(1);
    for (const tier of [county, city]) expect(await alarmsAt(tier, township)).toEqual(['peer-silent']);
    expect(await alarmsAt(township, city)).toEqual(['peer-silent']);
    expect(await alarmsAt(county, city)).toEqual([]);
    net.restore(township);
    await net.drained();
    await net.until(async () => (await alarmsAt(city, township)).length === 0);
    expect(await incidentsAt(city, township)).toEqual(['peer-silent', 'peer-heard']);
  });

  it('is none where a lane carries heartbeats while the link is down', async () => {
    const stream = await open({ bus: memoryEventBus() });
    net.cut(township);
    await net.tier(township).say(stream);
    await beats(limit + 2);
    expect(await alarmsAt(county, township)).toEqual([]);
    const { incoming, links } = await net.status(county);
    expect(links.find(({ peer }) => peer === township)).toMatchObject({ connected: false });
    expect(incoming.find(({ author }) => author === township)).toMatchObject({ received: 2, checkpoint: 2 });
  });

  it('about numbers that were given is an alarm, though heartbeats come, and over when they come', async () => {
    const stream = await open();
    net.mischief(township, (frame) => (frame.kind === 'block' ? [] : [frame]));
    await net.tier(township).say(stream);
    await beats(limit + 2);
    expect(await alarmsAt(county, township)).toEqual(['numbers-missing']);
    net.mischief(township, (frame) => [frame]);
    await net.drained();
    expect(await alarmsAt(county, township)).toEqual([]);
    expect(await incidentsAt(county, township)).toEqual(['numbers-missing', 'numbers-came']);
  });

  it('about a ledger that has grown is an alarm: a checkpoint older than what came under a later one', async () => {
    const stream = await open();
    const [old] = await net.tier(county).book.believedHeads();
    instead(township, township, (beat) => [saying(beat, old?.note)]);
    await net.tier(township).say(stream);
    await net.drained();
    await beats(limit + 1);
    expect(await alarmsAt(county, township)).toEqual(['checkpoint-behind']);
    net.mischief(township, (frame) => [frame]);
    await net.until(async () => (await alarmsAt(county, township)).length === 0);
    expect(await incidentsAt(county, township)).toEqual(['checkpoint-behind', 'checkpoint-caught-up']);
  });

  it('about a ledger of which a third tier has seen more is an alarm', async () => {
    await open();
    const { log } = net.tier(county);
    const seen = { origin: log.origin, size: 9, root: 'ab'.repeat(32), time: '2026-03-02T01:00:00.000Z' };
    const { draft, sealWith, store, author } = net.tier(city);
    const stream = ledgerStream(author);
    const data = { checkpoints: [seen] };
    const event = await draft(stream, { type: 'liandong.ledger.anchored.v1', data });
    await store.append(stream, 0, [{ ...event, seal: sealWith('exchange', [event]) }]);
    await net.drained();
    await beats(limit + 2);
    expect(await alarmsAt(township, county)).toEqual(['checkpoint-behind']);
    expect(await alarmsAt(township, city)).toEqual([]);
  });

  it('of the witnesses makes what is held of a ledger old, though its heartbeats come', async () => {
    let now = new Date('2026-03-02T00:00:00.000Z');
    await open({ clock: { now: () => now } });
    await beats(limit + 2);
    expect(await alarmsAt(county, township)).toEqual([]);
    now = new Date('2026-12-02T00:00:00.000Z');
    await beats(1);
    expect(await alarmsAt(county, township)).toEqual(['view-stale']);
  });
});
