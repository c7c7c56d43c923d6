import { type PostgresServer, startPostgres } from '@liandong/adapters/postgres';
import { demoTier, type DemoPerson } from '@liandong/adapters/reference';
import { type LinkStatus, start } from '@liandong/application';
import {
  type Access,
  authoringOf,
  type FoundedWitness,
  foundDemonstrationTier,
  foundSupervisionOf,
  foundNetwork,
  foundWitnesses,
  homeOf,
  type NetworkPlan,
  openAccess,
  witnessesAt,
  writeWitnessConfig,
} from '@liandong/assembly';
import type { TierConfig } from '@liandong/contracts';
import type { EventHash, StreamName, TierCode } from '@liandong/kernel';
import {
  type DevelopmentIssuer,
  developmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import { afterAll, beforeAll, jest } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Cable, layCable } from './cable.ts';
import {
  freePort,
  type Release,
  type ServiceName,
  type ServiceProcess,
  startService,
  startWitnesses,
} from './service-process.ts';
import { until } from './until.ts';
import { type Answer, tierOf, visitors } from './visitors.ts';

export const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
export const allTiers = [city, county, township] as const;
export const networkName = 'trial.example';

const names = { [city]: '郴州市', [county]: '桂阳县', [township]: '樟市镇' };
const parents: Readonly<Record<TierCode, TierCode>> = { [county]: city, [township]: county };
const audience = 'liandong';
const patience = 240_000;

/** What a store holds of one stream, by hash. */
export type Held = ReadonlyMap<StreamName, ReadonlyMap<EventHash, Uint8Array>>;

/** A network of real processes, one per service and tier and one with its witnesses, on one real PostgreSQL. */
export type ProcessNetwork = {
  readonly config: (tier: TierCode) => TierConfig;
  readonly access: (tier: TierCode) => Access;
  /** The line between a tier and its superior. */
  readonly cable: (tier: TierCode) => Cable;
  readonly start: (tier: TierCode, service: ServiceName, release?: Release) => Promise<ServiceProcess>;
  /** One more process of the service, beside the one that `service` names; with doors of its own if they are given. */
  readonly startAnother: (
    tier: TierCode,
    service: ServiceName,
    listen?: TierConfig['listen'],
    release?: Release,
  ) => Promise<ServiceProcess>;
  readonly service: (tier: TierCode, service: ServiceName) => ServiceProcess;
  /** From now on this is the process that `service` names. */
  readonly adopt: (tier: TierCode, service: ServiceName, process: ServiceProcess) => void;
  readonly tokenOf: (person: string) => Promise<string>;
  readonly get: (person: string, path: string) => Promise<Answer>;
  readonly post: (person: string, path: string, key: string, body: object) => Promise<Answer>;
  readonly links: (tier: TierCode) => Promise<LinkStatus | undefined>;
  /** Waits until every link of these tiers has delivered all there is. */
  readonly drained: (tiers?: readonly TierCode[], limitMs?: number) => Promise<void>;
  readonly held: (tier: TierCode) => Promise<Held>;
  /** Every witness of the network, with the file that holds its key. */
  readonly witnesses: () => readonly FoundedWitness[];
};

export type NetworkOptions = {
  /** Brokers that carry the link of this tier to its superior besides; asked once they are there. */
  readonly brokers?: (lower: TierCode) => readonly string[];
  readonly heartbeatSeconds?: number;
};

/** Founds the network before the tests of one file and ends everything of it after them. */
export const withNetwork = ({ brokers, heartbeatSeconds }: NetworkOptions = {}): ProcessNetwork => {
  // Six processes start in seconds on an idle machine; on a busy one that is no reason to fail.
  jest.setTimeout(patience);
  const folder = mkdtempSync(path.join(tmpdir(), 'liandong-processes-'));
  const closing: (() => Promise<unknown>)[] = [
    () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  ];
  const configs = new Map<TierCode, TierConfig>();
  const files = new Map<TierCode, string>();
  const accesses = new Map<TierCode, Access>();
  const cables = new Map<TierCode, Cable>();
  const current = new Map<string, ServiceProcess>();
  let issuer: DevelopmentIssuer | undefined;
  let founded: readonly FoundedWitness[] = [];

  const settle = async (server: PostgresServer) => {
    issuer = await openIssuer(closing);
    const plan: NetworkPlan = {
      network: networkName,
      clockOffsetFile: path.join(folder, 'clock'),
      tiers: allTiers.map((tier) => ({
        tier,
        name: names[tier] ?? tier,
        ...(tier !== city && { parent: given(parents[tier], `the superior of ${tier}`) }),
      })),
    };
    const tiers = await foundNetwork(folder, server, { ...plan, witnesses: await witnessed(plan) });
    const links = new Map<TierCode, number>([
      [city, await freePort()],
      [county, await freePort()],
    ]);
    for (const config of tiers) await settleTier(config, links);
  };

  const witnessed = async (plan: NetworkPlan) => {
    const file = path.join(folder, 'witnesses.json');
    founded = foundWitnesses(folder, plan);
    writeWitnessConfig(folder, file, plan, founded, { host: '127.0.0.1', port: 0 });
    const witnesses = await startWitnesses(file);
    closing.push(() => ended(witnesses, 'the witnesses'));
    return witnessesAt(witnesses.http, folder, plan);
  };

  const settleTier = async (config: TierConfig, links: ReadonlyMap<TierCode, number>) => {
    const { tier } = config;
    const above = parents[tier];
    if (above !== undefined) {
      const cable = await layCable(given(links.get(above), `the port of ${above}`));
      cables.set(tier, cable);
      closing.push(cable.close);
    }
    const { issuer: name, jwksUrl } = given(issuer, 'the issuer') as DevelopmentIssuer & { jwksUrl: string };
    const link = links.get(tier);
    const near = allTiers.filter((other) => parents[other] === tier || other === above);
    const host = '127.0.0.1';
    const whole: TierConfig = {
      ...config,
      identity: { issuer: name, audience, jwksUrl },
      listen: {
        approvalHttp: { host, port: 0 },
        approvalGrpc: { host, port: await freePort() },
        exchangeHttp: { host, port: 0 },
        ...(link !== undefined && { link: { host, port: link } }),
      },
      ...(above !== undefined && { parentLink: { address: given(cables.get(tier), 'the cable').address } }),
      ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
      ...(brokers && {
        links: near.map((peer) => ({ peer, via: 'kafka', brokers: brokers(peer === above ? tier : peer) })),
      }),
    };
    configs.set(tier, whole);
    const file = path.join(homeOf(folder, tier), 'tier.json');
    writeFileSync(file, JSON.stringify(whole));
    files.set(tier, file);
    const access = openAccess(whole, 'approval', 3);
    accesses.set(tier, access);
    closing.push(access.close);
    await foundDemonstrationTier(access.store, authoringOf(whole, access), tier === city);
    if (tier === city) await foundSupervisionOf(whole, true);
  };

  beforeAll(async () => {
    chmodSync(folder, 0o711);
    const dir = path.join(folder, 'postgres');
    const server = await startPostgres({ dir, durable: false });
    closing.push(() => server.stop());
    await settle(server);
  });
  afterAll(async () => {
    const failures: unknown[] = [];
    for (let close = closing.pop(); close !== undefined; close = closing.pop())
      await close().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'));
  });

  const startAnother: ProcessNetwork['startAnother'] = async (tier, service, listen, release) => {
    let file = given(files.get(tier), `the configuration of ${tier}`);
    if (listen !== undefined) {
      file = path.join(path.dirname(file), 'another.json');
      writeFileSync(file, JSON.stringify({ ...configs.get(tier), listen }));
    }
    const started = await startService(service, file, release);
    closing.push(() => ended(started, `${service} of ${tier}`));
    return started;
  };

  const service: ProcessNetwork['service'] = (tier, name) =>
    given(current.get(`${tier} ${name}`), `${name} of ${tier}`);
  const tokenOf = async (person: string) =>
    given(await given(issuer, 'the issuer').tokenFor(person), `the person ${person}`);
  const visit = visitors(tokenOf, (tier) => service(tier, 'approval').http);
  /** No test here asks for anything that may fail on the server's side. */
  const sound =
    <Asked extends readonly [string, ...unknown[]]>(ask: (...asked: Asked) => Promise<Answer>) =>
    async (...asked: Asked): Promise<Answer> => {
      const answer = await ask(...asked);
      if (answer.status >= 500)
        throw new Error(`${JSON.stringify(answer.body)}\n${service(tierOf(asked[0]), 'approval').said()}`);
      return answer;
    };

  const links: ProcessNetwork['links'] = async (tier) => {
    const { http } = service(tier, 'exchange');
    const { status, body } = await visit.getAt(`${http}/links`, `operator-${tier}`);
    // Until a process holds the lease of its tier it has no links to show.
    if (status === 503) return undefined;
    if (status !== 200) throw new Error(`${tier} shows no links: ${JSON.stringify(body)}`);
    return body as LinkStatus;
  };

  return {
    config: (tier) => given(configs.get(tier), `the configuration of ${tier}`),
    access: (tier) => given(accesses.get(tier), `the store of ${tier}`),
    cable: (tier) => given(cables.get(tier), `the cable of ${tier}`),
    start: async (tier, name, release) => {
      const started = await startAnother(tier, name, undefined, release);
      current.set(`${tier} ${name}`, started);
      return started;
    },
    adopt: (tier, name, process) => current.set(`${tier} ${name}`, process),
    ...{ startAnother, service, tokenOf, links },
    witnesses: () => founded,
    ...{ get: sound(visit.get), post: sound(visit.post) },
    drained: async (tiers = allTiers, limitMs = 120_000) => {
      await until(
        'drained links',
        () => Promise.all(tiers.map(links)),
        (reports) => reports.every((report) => report?.drained === true),
        limitMs,
      );
    },
    held: async (tier) => {
      const { store } = given(accesses.get(tier), `the store of ${tier}`);
      const streams = new Map<StreamName, Map<EventHash, Uint8Array>>();
      for (let after = start, full = true; full;) {
        const page = await store.readAll(after, 2_000);
        for (const { stream, hash, bytes } of page) {
          const events = streams.get(stream) ?? new Map<EventHash, Uint8Array>();
          if (events.has(hash)) throw new Error(`${tier} holds ${hash} twice`);
          streams.set(stream, events.set(hash, bytes));
        }
        after = page.at(-1)?.position ?? after;
        full = page.length === 2_000;
      }
      return streams;
    },
  };
};

const ended = async (started: ServiceProcess, what: string): Promise<void> => {
  if (!started.running()) return;
  const code = await started.end('SIGTERM');
  if (code !== 0) throw new Error(`${what} ended with ${code}:\n${started.said()}`);
};

const openIssuer = async (
  closing: (() => Promise<unknown>)[],
): Promise<DevelopmentIssuer & { readonly jwksUrl: string }> => {
  const people = allTiers.flatMap((tier): readonly DemoPerson[] => demoTier(networkName, tier)?.people ?? []);
  const issuer = await developmentIssuer({
    demonstration: true,
    issuer: 'http://127.0.0.1:1',
    audience,
    people,
  });
  const app = await createHttpApp(DevelopmentIssuerModule.with(issuer));
  await app.listen(0, '127.0.0.1');
  closing.push(() => app.close());
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { ...issuer, jwksUrl: `http://127.0.0.1:${port}/jwks` };
};

const given = <Value>(value: Value | undefined, what: string): Value => {
  if (value === undefined) throw new Error(`${what} is not there`);
  return value;
};
