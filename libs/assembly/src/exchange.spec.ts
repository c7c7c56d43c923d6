import {
  foundNetwork,
  type FoundedWitness,
  foundWitnesses,
  homeOf,
  openAccess,
  startExchange,
  type RunningExchange,
  writeWitnessConfig,
} from '@liandong/assembly';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { ed25519Signer, nodeSuite, sha256 } from '@liandong/adapters/crypto';
import { memoryWitnessStore } from '@liandong/adapters/memory';
import { type EventStore, type LinkStatus, witness } from '@liandong/application';
import { loadWitnessConfig, type TierConfig } from '@liandong/contracts';
import {
  caseStream,
  decodeEvent,
  type Envelope,
  eventBytes,
  eventHash,
  eventId,
  joinParents,
  parentsOf,
  sourceOf,
  type StreamName,
  type TierCode,
  twentyDigits,
  utf8,
} from '@liandong/kernel';
import { makeVKey, openByPolicy, parsePolicy } from '@liandong/ledger';
import { witnessHandler } from '@liandong/services/audit';
import { withPostgres } from '@liandong/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const tiers = [city, county, township];
const postgres = withPostgres();
const folder = mkdtempSync(path.join(tmpdir(), 'exchange-'));
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const quick = { heartbeatMs: 500, settleMs: 10, redialMs: { least: 20, most: 100 } };
const identity = { issuer: 'http://127.0.0.1:1', audience: 'liandong', jwksUrl: 'http://127.0.0.1:1/jwks' };

/** An exchange that is closed once: by the test, or after it. */
const start = async (config: TierConfig): Promise<RunningExchange> => {
  const service = await startExchange(config, { settings: quick });
  let closed: Promise<void> | undefined;
  const close = () => (closed ??= service.close());
  closing.push(close);
  return { ...service, close };
};

const plan = {
  network: 'test.example',
  tiers: [
    { tier: city, name: '郴州市' },
    { tier: county, parent: city, name: '桂阳县' },
    { tier: township, parent: county, name: '乡镇' },
  ],
};

/** What the witnesses have cosigned: kept as long as the ledgers are. */
const cosigned = new Map<string, ReturnType<typeof memoryWitnessStore>>();

/** Every witness of the network behind one address, from the same configuration as its processes. */
const openWitnesses = async () => {
  const suite = nodeSuite();
  const founded = foundWitnesses(folder, plan);
  const file = path.join(folder, 'witnesses.json');
  writeWitnessConfig(folder, file, plan, founded, { host: '127.0.0.1', port: 0 });
  const { witnesses } = loadWitnessConfig(suite.sha256, file);
  const asleep = new Set<string>();
  const byPath = new Map(
    witnesses.map(({ name, path: at, keyFile, logs }) => {
      const { publicKey, sign } = ed25519Signer(readFileSync(keyFile, 'utf8'));
      const store = cosigned.get(name) ?? memoryWitnessStore();
      cosigned.set(name, store);
      const made = witness({
        ...{ suite, store, sign, clock: { now: () => new Date() }, report: () => undefined },
        key: { ...makeVKey(suite.sha256, name, 'cosignature', publicKey), type: 'cosignature' },
        logKeysOf: (origin) => logs.filter((log) => log.name === origin),
      });
      return [at, made];
    }),
  );
  const handle = witnessHandler(byPath, () => undefined);
  const server = createHttpServer((request, response) => {
    const [, at = ''] = request.url?.split('/') ?? [];
    if (asleep.has(at)) request.destroy();
    else handle(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the witnesses have no port');
  const url = (each: FoundedWitness) => `http://127.0.0.1:${address.port}/${each.path}`;
  return { asleep, all: founded.map((each) => ({ ...each, url: url(each) })) };
};

/** Three tiers with real databases; the townships' and counties' lines run through proxies that can be cut. */
const network = async (proofs = false) => {
  const witnesses = proofs ? await openWitnesses() : undefined;
  const founded = await foundNetwork(folder, postgres.server, {
    ...plan,
    ...(witnesses && { witnesses: witnesses.all }),
  });
  const running = new Map<TierCode, RunningExchange>();
  const lines = new Map<TierCode, Line>();
  const configs = new Map<TierCode, TierConfig>();
  for (const config of founded) {
    const parent = config.members.find(({ tier }) => tier === config.tier)?.parent;
    const line =
      parent === undefined ? undefined : await lineTo(() => running.get(parent)?.active.linkPort());
    if (line !== undefined) {
      lines.set(config.tier, line);
      closing.push(line.close);
    }
    const whole: TierConfig = {
      ...config,
      identity,
      listen: { link: { host: '127.0.0.1', port: 0 } },
      ...(line && { parentLink: { address: `127.0.0.1:${line.port}` } }),
    };
    configs.set(config.tier, whole);
    const service = await start(whole);
    running.set(config.tier, service);
  }
  const stores = new Map<TierCode, EventStore>();
  for (const [tier, config] of configs) {
    const access = openAccess(config, 'approval', 2);
    closing.push(access.close);
    stores.set(tier, access.store);
  }
  const statusOf = async (tier: TierCode): Promise<LinkStatus | undefined> =>
    running.get(tier)?.active.current()?.status();
  const until = async (done: () => Promise<boolean>) => {
    for (let n = 0; n < 400; n++) {
      if (await done()) return;
      await pause(50);
    }
    throw new Error(JSON.stringify(await Promise.all(tiers.map(statusOf)), undefined, 1));
  };
  return {
    asleep: witnesses?.asleep ?? new Set<string>(),
    configs,
    running,
    store: (tier: TierCode) => stores.get(tier)!,
    line: (tier: TierCode) => lines.get(tier)!,
    statusOf,
    until,
    drained: () =>
      until(async () => (await Promise.all(tiers.map(statusOf))).every((status) => status?.drained === true)),
  };
};

const say = async (store: EventStore, tier: TierCode, stream: StreamName, change: Partial<Envelope> = {}) => {
  const source = sourceOf({ network: 'test.example', tier, epoch: 1 });
  const past = (await store.read(stream)).map(({ hash, bytes }) => ({ hash, envelope: decodeEvent(bytes) }));
  const named = new Set(past.flatMap(({ envelope }) => parentsOf(envelope)));
  const heads = past.filter(({ hash }) => !named.has(hash));
  const envelope: Envelope = {
    specversion: '1.0',
    id: eventId(sha256, 'test', randomUUID(), 0),
    source,
    type: 'liandong.case.noted.v1',
    subject: stream,
    time: '2026-03-02T01:00:00.000Z',
    recordedtime: '2026-03-02T01:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: 'urn:test',
    sequence: twentyDigits(1 + past.filter(({ envelope }) => envelope.source === source).length),
    parents: joinParents(heads.map(({ hash }) => hash)),
    height: twentyDigits(1 + Math.max(0, ...heads.map(({ envelope }) => Number(envelope.height)))),
    term: '0.0',
    authtype: 'system',
    authid: 'test',
    data: {},
    ...change,
  };
  const bytes = eventBytes(envelope);
  const appended = await store.append(stream, past.length, [
    { envelope, bytes, hash: eventHash(sha256, bytes) },
  ]);
  expect(appended.ok).toBe(true);
};

describe('exchanges over gRPC on PostgreSQL', () => {
  // In this order: a network that had no ledgers gets them, over all that was said before.
  it.each([
    ['under seals', false],
    ['with proofs', true],
  ])(
    'make three tiers equal %s, through a cut of every line and a restart of the one in the middle',
    async (_, proofs) => {
      const net = await network(proofs);
      const id = eventId(sha256, 'test', randomUUID(), 0);
      const stream = caseStream(sha256, sourceOf({ network: 'test.example', tier: county, epoch: 1 }), id);
      // An opening of a later version keeps this test apart from what a case holds; its audience is shared at once.
      await say(net.store(county), county, stream, { id, type: 'liandong.case.opened.v2' });
      await say(net.store(county), county, stream, {
        type: 'liandong.case.shared.v1',
        data: sharedWith(tiers),
      });
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
      const again = await start(net.configs.get(county)!);
      net.running.set(county, again);
      await net.drained();
      for (const tier of tiers) expect(await net.store(tier).read(stream)).toHaveLength(20);
    },
  );

  it('send nothing that no quorum has seen, and all of it when there is one again', async () => {
    const net = await network(true);
    const id = eventId(sha256, 'test', randomUUID(), 0);
    const stream = caseStream(sha256, sourceOf({ network: 'test.example', tier: county, epoch: 1 }), id);
    await say(net.store(county), county, stream, { id, type: 'liandong.case.opened.v2' });
    await say(net.store(county), county, stream, {
      type: 'liandong.case.shared.v1',
      data: sharedWith(tiers),
    });
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
    const net = await network(true);
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
    const net = await network(true);
    const config = net.configs.get(township)!;
    await net.running.get(township)?.close();
    const other = path.join(homeOf(folder, city), 'log.pem');
    const service = await start({ ...config, keyFiles: { ...config.keyFiles, log: other }, listen: {} });
    await pause(500);
    expect(service.active.current()).toBeUndefined();
  });

  it('lets one exchange of a tier run at a time, the next one taking over', async () => {
    const net = await network();
    await net.until(async () => (await net.statusOf(city)) !== undefined);
    const { listen: _, ...alone } = net.configs.get(city)!;
    const second = await start({ ...alone, listen: {} });
    await pause(200);
    expect(second.active.current()).toBeUndefined();
    const answer = await fetch(`${second.http}/health/ready`);
    expect(answer.status).toBe(200);
    await net.running.get(city)?.close();
    net.running.set(city, second);
    await net.until(async () => (await net.statusOf(city)) !== undefined);
  });

  it('shows its links to nobody without a token', async () => {
    const net = await network();
    const { http } = net.running.get(city)!;
    expect((await fetch(`${http}/health/live`)).status).toBe(200);
    for (const page of ['links', 'parked']) expect((await fetch(`${http}/${page}`)).status).toBe(401);
    expect((await fetch(`${http}/parked/redrive`, { method: 'POST' })).status).toBe(401);
  });
});

const sharedWith = (audience: readonly TierCode[]) => ({ tiers: audience, by: { role: 'system' } });

type Line = { port: number; cut: () => void; restore: () => void; close: () => Promise<void> };

/** A TCP line to wherever the superior tier listens now. */
const lineTo = async (target: () => number | undefined): Promise<Line> => {
  const sockets = new Set<Socket>();
  let open = true;
  const server: Server = createServer((near) => {
    const port = target();
    if (!open || port === undefined) return near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut,
    restore: () => (open = true),
    close: () =>
      new Promise((resolve) => {
        cut();
        server.close(() => resolve());
      }),
  };
};
