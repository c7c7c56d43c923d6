import { describe, expect, it } from '@jest/globals';
import { nodeSuite } from '@liandong/adapters/crypto';
import { homeOf } from '@liandong/assembly';
import { utf8 } from '@liandong/kernel';
import { openByPolicy, parsePolicy } from '@liandong/ledger';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { city, county, say, sharedCase, tiers, township, withAssembledNetwork } from '../test/network.ts';

const tested = withAssembledNetwork();

describe('exchanges over gRPC on PostgreSQL', () => {
  it('make three tiers equal, through a cut of every line and a restart of the one in the middle', async () => {
    const net = await tested.open();
    const stream = await sharedCase(net.store(county), county);
    await net.drained();

    net.line(county).cut();
    net.line(township).cut();
    for (const tier of tiers) for (let n = 0; n < 5; n++) await say(net.store(tier), tier, stream);
    await net.until(
      async () => (await net.statusOf(township))?.outgoing.every(({ lag }) => lag === 5) === true,
    );
    net.line(township).restore();
    net.line(county).restore();
    await net.drained();
    const sets = await Promise.all(
      tiers.map(async (tier) => (await net.store(tier).read(stream)).map(({ hash }) => hash).sort()),
    );
    expect(sets[0]).toHaveLength(17);
    for (const set of sets) expect(set).toEqual(sets[0]);

    await net.running.get(county)?.close();
    for (const tier of tiers) await say(net.store(tier), tier, stream);
    await net.restart(county);
    await net.drained();
    for (const tier of tiers) expect(await net.store(tier).read(stream)).toHaveLength(20);
  });

  it('send nothing that no quorum has seen, and all of it when there is one again', async () => {
    const net = await tested.open();
    const stream = await sharedCase(net.store(county), county);
    await net.drained();

    net.asleep.add('archive');
    await say(net.store(county), county, stream);
    await net.drained();

    net.asleep.add('audit-office');
    await say(net.store(county), county, stream);
    await say(net.store(city), city, stream);
    await net.until(async () => (await net.statusOf(county))?.unanchored === 1);
    expect(await net.store(township).read(stream)).toHaveLength(3);

    net.asleep.clear();
    await net.drained();
    for (const tier of tiers) expect(await net.store(tier).read(stream)).toHaveLength(5);
    const believed = await net.running.get(township)?.active.book.believedHeads();
    expect(believed?.map(({ origin }) => origin).sort()).toEqual([
      'test.example/431000/1',
      'test.example/431021/1',
    ]);
  });

  it('serve the ledger of their tier: heads and hashes to everybody, events to nobody without a token', async () => {
    const net = await tested.open();
    await net.drained();
    const { http } = net.running.get(county)!;
    const at = `${http}/ledger/test.example/${county}/1`;
    const suite = nodeSuite();
    const policy = parsePolicy(
      suite.sha256,
      utf8(net.configs.get(city)!.members.find(({ tier }) => tier === county)?.policy ?? ''),
    );
    if (!policy.ok) throw new Error(JSON.stringify(policy.refusal));
    const checkpoint = new Uint8Array(await (await fetch(`${at}/checkpoint`)).arrayBuffer());
    const head = openByPolicy(suite, checkpoint, policy.value);
    expect(head).toMatchObject({ ok: true, value: { checkpoint: { origin: `test.example/${county}/1` } } });
    const size = head.ok ? head.value.checkpoint.size : 0;
    const tile = await fetch(`${at}/tile/0/000.p/${size}`);
    expect((await tile.arrayBuffer()).byteLength).toBe(32 * size);
    expect((await fetch(`${at}/tile/entries/000.p/${size}`)).status).toBe(401);
    expect((await fetch(`${http}/ledger/test.example/${city}/1/checkpoint`)).status).toBe(404);
  });

  it('of a tier whose log key is not the one the network knows do not start', async () => {
    const net = await tested.open();
    const config = net.configs.get(township)!;
    await net.running.get(township)?.close();
    const other = path.join(homeOf(net.folder, city), 'log.pem');
    const service = await net.start({ ...config, keyFiles: { ...config.keyFiles, log: other }, listen: {} });
    await pause(500);
    expect(service.active.current()).toBeUndefined();
  });

  it('lets one exchange of a tier run at a time, the next one taking over', async () => {
    const net = await tested.open();
    await net.until(async () => (await net.statusOf(city)) !== undefined);
    const { listen: _, ...alone } = net.configs.get(city)!;
    const second = await net.start({ ...alone, listen: {} });
    await pause(200);
    expect(second.active.current()).toBeUndefined();
    const answer = await fetch(`${second.http}/health/ready`);
    expect(answer.status).toBe(200);
    await net.running.get(city)?.close();
    net.running.set(city, second);
    await net.until(async () => (await net.statusOf(city)) !== undefined);
  });

  it('shows its links to nobody without a token', async () => {
    const net = await tested.open();
    const { http } = net.running.get(city)!;
    expect((await fetch(`${http}/health/live`)).status).toBe(200);
    for (const page of ['links', 'parked']) expect((await fetch(`${http}/${page}`)).status).toBe(401);
    expect((await fetch(`${http}/parked/redrive`, { method: 'POST' })).status).toBe(401);
  });
});
