import {
  foundNetwork,
  type NetworkPlan,
  openAccess,
  type RunningExchange,
  simulatedClock,
  startExchange,
} from '@liandong/assembly';
import { afterAll, afterEach } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import type { Clock, EventStore, LinkStatus } from '@liandong/application';
import type { TierConfig } from '@liandong/contracts';
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
} from '@liandong/kernel';
import { withPostgres } from '@liandong/testing';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Line, lineTo } from './line.ts';
import { type Cosigned, openWitnesses } from './witnesses.ts';

export const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
export const tiers = [city, county, township];
export const networkName = 'test.example';
const quick = { heartbeatMs: 500, settleMs: 10, redialMs: { least: 20, most: 100 } };
const identity = { issuer: 'http://127.0.0.1:1', audience: 'liandong', jwksUrl: 'http://127.0.0.1:1/jwks' };

/** Three tiers with real databases; the townships' and counties' lines run through proxies that can be cut. */
export type AssembledNetwork = {
  readonly folder: string;
  /** The witnesses that do not answer, by their paths. */
  readonly asleep: Set<string>;
  /** Lets all witnesses watch another ledger. */
  readonly watch: (logKey: string) => void;
  readonly configs: Map<TierCode, TierConfig>;
  readonly running: Map<TierCode, RunningExchange>;
  readonly store: (tier: TierCode) => EventStore;
  readonly line: (tier: TierCode) => Line;
  readonly statusOf: (tier: TierCode) => Promise<LinkStatus | undefined>;
  readonly until: (done: () => Promise<boolean>) => Promise<void>;
  readonly drained: () => Promise<void>;
  readonly start: (config: TierConfig) => Promise<RunningExchange>;
  readonly restart: (tier: TierCode, change?: Partial<TierConfig>) => Promise<RunningExchange>;
};

/** Founds one network for the tests of a file, and opens it for each of them. */
export const withAssembledNetwork = () => {
  const postgres = withPostgres();
  const folder = mkdtempSync(path.join(tmpdir(), 'assembly-'));
  const closing: (() => Promise<void>)[] = [];
  const cosigned: Cosigned = new Map();
  const clockOffsetFile = path.join(folder, 'clock');
  const plan: NetworkPlan = {
    network: networkName,
    clockOffsetFile,
    tiers: [
      { tier: city, name: '郴州市' },
      { tier: county, parent: city, name: '桂阳县' },
      { tier: township, parent: county, name: '乡镇' },
    ],
  };
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** An exchange that is closed once: by the test, or after it. */
  const start = async (config: TierConfig): Promise<RunningExchange> => {
    const service = await startExchange(config, { settings: quick });
    let closed: Promise<void> | undefined;
    const close = () => (closed ??= service.close());
    closing.push(close);
    return { ...service, close };
  };

  const open = async (
    change: (config: TierConfig) => Partial<TierConfig> = () => ({}),
    witnessed: Clock = simulatedClock(clockOffsetFile),
  ): Promise<AssembledNetwork> => {
    const witnesses = await openWitnesses(folder, plan, cosigned, witnessed);
    closing.push(witnesses.close);
    const founded = await foundNetwork(folder, postgres.server, { ...plan, witnesses: witnesses.all });
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
        ...change(config),
      };
      configs.set(config.tier, whole);
      running.set(config.tier, await start(whole));
    }
    const stores = new Map<TierCode, EventStore>();
    for (const [tier, config] of configs) {
      const access = openAccess(config, 'approval', 2);
      closing.push(access.close);
      stores.set(tier, access.store);
    }
    const statusOf: AssembledNetwork['statusOf'] = async (tier) =>
      running.get(tier)?.active.current()?.status();
    const until: AssembledNetwork['until'] = async (done) => {
      for (let n = 0; n < 600; n++) {
        if (await done()) return;
        await pause(50);
      }
      throw new Error(JSON.stringify(await Promise.all(tiers.map(statusOf)), undefined, 1));
    };
    return {
      ...{ folder, configs, running, statusOf, until, start },
      asleep: witnesses.asleep,
      watch: witnesses.watch,
      store: (tier) => stores.get(tier)!,
      line: (tier) => lines.get(tier)!,
      drained: () =>
        until(async () =>
          (await Promise.all(tiers.map(statusOf))).every((status) => status?.drained === true),
        ),
      restart: async (tier, changes = {}) => {
        await running.get(tier)?.close();
        const service = await start({ ...configs.get(tier)!, ...changes });
        running.set(tier, service);
        return service;
      },
    };
  };

  return { open, postgres, folder };
};

/** A case that the tier opens and shares with everybody, in events of its own. */
export const sharedCase = async (
  store: EventStore,
  tier: TierCode,
  change: Partial<Envelope> = {},
): Promise<StreamName> => {
  const id = eventId(sha256, 'test', randomUUID(), 0);
  const stream = caseStream(sha256, sourceOf({ network: networkName, tier, epoch: 1 }), id);
  // An opening of a later version keeps this test apart from what a case holds; its audience is shared at once.
  await say(store, tier, stream, { ...change, id, type: 'liandong.case.opened.v2' });
  const shared = { type: 'liandong.case.shared.v1', data: { tiers, by: { role: 'system' } } };
  await say(store, tier, stream, { ...change, ...shared });
  return stream;
};

/** An event at the heads of its stream as the store shows them. */
export const say = async (
  store: EventStore,
  tier: TierCode,
  stream: StreamName,
  change: Partial<Envelope> = {},
): Promise<void> => {
  const source = change.source ?? sourceOf({ network: networkName, tier, epoch: 1 });
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
  // What another tier said may have come in between.
  if (!appended.ok) await say(store, tier, stream, change);
};
