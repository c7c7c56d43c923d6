import { division, demoTier, type DemoPerson } from '@liandong/adapters/reference';
import { startPostgres } from '@liandong/adapters/postgres';
import {
  foundDemonstrationTier,
  foundNetwork,
  foundSupervision,
  type NetworkPlan,
  type SimulatedClock,
  simulatedClock,
  startApproval,
  startAudit,
  startExchange,
  startSupervision,
} from '@liandong/assembly';
import { type EventStore, type Recorded, start } from '@liandong/application';
import { calendarCity, type TierConfig } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import {
  type DevelopmentIssuer,
  developmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TierAddresses } from './counter.ts';
import { placeOf } from './narrator.ts';
import { overKafka, readPublished, startKafka } from './kafka.ts';
import type { Options } from './options.ts';
import { freePort, listening, portAt } from './ports.ts';
import { startWitnesses } from './witnesses.ts';

export type NetworkOptions = {
  readonly folder: string;
  /** Superiors before those below them. */
  readonly tiers: readonly TierCode[];
  /** The first port; the others follow, five for each tier. 0 takes any free ones. */
  readonly port: number;
  /** Opens the auditors' door of every tier, on two ports each behind all these. */
  readonly audit?: boolean;
  readonly engine?: Options['engine'];
  readonly brokers?: Options['brokers'];
  readonly kurrent?: Options['kurrent'];
  /** Told what is being started. */
  readonly progress: (zh: string, en: string) => void;
};

export type Network = {
  readonly addresses: readonly TierAddresses[];
  readonly issuer: DevelopmentIssuer;
  readonly clock: SimulatedClock;
  readonly tokenOf: (person: string) => Promise<string>;
  /** How many events a tier's store holds. */
  readonly eventsHeld: (tier: TierCode) => Promise<number>;
  /** Where tiers publish their events: how many of those that the store holds a consumer has read, once it has them all. */
  readonly eventsPublished?: (tier: TierCode) => Promise<number>;
  readonly close: () => Promise<void>;
};

export const networkName = 'demo.liandong.example';
const audience = 'liandong';
const host = '127.0.0.1';

/** Starts every service of every tier in this process, on one PostgreSQL from npm, and witnesses beside it. */
export const startNetwork = async (options: NetworkOptions): Promise<Network> => {
  const { folder, tiers, port, progress } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stack: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let end = stack.pop(); end !== undefined; end = stack.pop()) await end();
  };
  try {
    progress('启动 PostgreSQL', 'Starting PostgreSQL');
    const server = await startPostgres({ dir: path.join(folder, 'postgres') });
    stack.push(() => server.stop());
    const clockOffsetFile = path.join(folder, 'clock');
    const plan = planOf(tiers, clockOffsetFile);
    progress('启动见证', 'Starting the witnesses');
    const witnesses = await startWitnesses(folder, plan, stack);
    const configs = await foundNetwork(folder, server, {
      ...{ ...plan, witnesses },
      ...(options.kurrent !== undefined && { kurrentUrl: options.kurrent }),
    });
    const { carried, published } = await carriersBy(options, plan, stack);
    const issuer = await startIssuer(tiers, port, stack);
    const addresses: TierAddresses[] = [];
    const stores = new Map<TierCode, EventStore>();
    const links = new Map<TierCode, string>();
    for (const [n, config] of configs.entries()) {
      const { zh, en } = placeOf(config.tier);
      progress(`启动 ${zh} 的服务`, `Starting the services of the ${en}`);
      const started = await startTier(carried(config), issuer, portAt(port, 1 + 3 * n), links, stack);
      const watch = portAt(port, 1 + 3 * configs.length + 2 * n);
      const supervision = await startWatch(started.config, watch, stack);
      const door = portAt(port, 1 + 5 * configs.length + 2 * n);
      const audit = options.audit === true ? await startDoor(started.config, door, stack) : undefined;
      addresses.push({ ...started.addresses, supervision, ...(audit !== undefined && { audit }) });
      stores.set(config.tier, started.store);
    }
    writeAddresses(folder, issuer, addresses);
    return {
      ...{ addresses, issuer, close },
      clock: simulatedClock(clockOffsetFile),
      tokenOf: (person) => tokenFrom(issuer, person),
      eventsHeld: async (tier) => (await allOf(stores.get(tier))).length,
      ...(published && { eventsPublished: async (tier) => published(tier, await allOf(stores.get(tier))) }),
    };
  } catch (error) {
    await close();
    throw error;
  }
};

type Carriers = {
  readonly carried: (config: TierConfig) => TierConfig;
  readonly published?: (tier: TierCode, held: readonly Recorded[]) => Promise<number>;
};

/** How the links of each tier are carried, and where its events are published. */
const carriersBy = async (
  { engine = 'embedded', brokers = [], folder, progress }: NetworkOptions,
  plan: NetworkPlan,
  stack: (() => Promise<unknown>)[],
): Promise<Carriers> => {
  switch (engine) {
    case 'embedded':
    case 'kurrent':
      return { carried: (config) => config };
    case 'kafka': {
      progress('启动 Kafka', 'Starting Kafka');
      const addresses = await startKafka(folder, plan, brokers, stack);
      return {
        carried: (config) => overKafka(addresses, config),
        published: (tier, held) => readPublished(addresses, tier, held),
      };
    }
  }
};

const planOf = (tiers: readonly TierCode[], clockOffsetFile: string): NetworkPlan => ({
  network: networkName,
  clockOffsetFile,
  tiers: tiers.map((tier) => {
    const place = division(tier);
    if (place === undefined) throw new Error(`there is no division with the code ${tier}`);
    const parent = place.parent !== undefined && tiers.includes(place.parent) ? place.parent : undefined;
    return { tier, name: place.name, ...(parent !== undefined && { parent }) };
  }),
});

const startIssuer = async (
  tiers: readonly TierCode[],
  port: number,
  stack: (() => Promise<unknown>)[],
): Promise<DevelopmentIssuer> => {
  const people = tiers.flatMap((tier): readonly DemoPerson[] => demoTier(networkName, tier)?.people ?? []);
  // The issuer must know its own address before it exists, so the port is settled first.
  const settled = port === 0 ? await freePort() : port;
  const issuer = await developmentIssuer({
    demonstration: true,
    issuer: `http://${host}:${settled}`,
    audience,
    people,
  });
  const app = await createHttpApp(DevelopmentIssuerModule.with(issuer));
  stack.push(() => app.close());
  await listening(app.listen(settled, host), settled);
  return issuer;
};

const startTier = async (
  config: TierConfig,
  { issuer }: DevelopmentIssuer,
  port: number,
  links: Map<TierCode, string>,
  stack: (() => Promise<unknown>)[],
): Promise<{
  readonly config: TierConfig;
  readonly addresses: Omit<TierAddresses, 'supervision'>;
  readonly store: EventStore;
}> => {
  const { tier, members } = config;
  const parent = members.find((member) => member.tier === tier)?.parent;
  const above = parent === undefined ? undefined : links.get(parent);
  const hasBelow = members.some((member) => member.parent === tier);
  // gRPC does not tell which port it was given, so the port is settled first.
  const grpcPort = port === 0 ? await freePort() : port + 2;
  const complete: TierConfig = {
    ...config,
    identity: { issuer, audience, jwksUrl: `${issuer}/jwks` },
    listen: {
      approvalHttp: { host, port },
      approvalGrpc: { host, port: grpcPort },
      exchangeHttp: { host, port: portAt(port, 1) },
      ...(hasBelow && { link: { host, port: 0 } }),
    },
    ...(above !== undefined && { parentLink: { address: above } }),
  };
  const approval = await listening(startApproval(complete), port);
  stack.push(approval.close);
  await foundDemonstrationTier(approval.access.store, approval.authoring, parent === undefined);
  const exchange = await listening(startExchange(complete), port + 1);
  stack.push(exchange.close);
  if (exchange.link !== undefined) links.set(tier, exchange.link);
  const addresses = {
    tier,
    approval: approval.http,
    exchange: exchange.http,
    ...(approval.grpc !== undefined && { grpc: approval.grpc }),
  };
  return { config: complete, addresses, store: approval.access.store };
};

/** Where the tier is supervised. It judges from the start; its rules, and the city's working days, are events. */
const startWatch = async (
  config: TierConfig,
  port: number,
  stack: (() => Promise<unknown>)[],
): Promise<string> => {
  const supervisionGrpc = { host, port: port === 0 ? await freePort() : port + 1 };
  const listen = { ...config.listen, supervisionHttp: { host, port }, supervisionGrpc };
  const supervision = await listening(startSupervision({ ...config, listen }), port);
  stack.push(supervision.close);
  await foundSupervision(supervision.access, calendarCity(config.members) === config.tier);
  return supervision.http;
};

/** Where the tier's auditors ask. */
const startDoor = async (
  config: TierConfig,
  port: number,
  stack: (() => Promise<unknown>)[],
): Promise<string> => {
  const auditGrpc = { host, port: port === 0 ? await freePort() : port + 1 };
  const listen = { ...config.listen, auditHttp: { host, port }, auditGrpc };
  const audit = await listening(startAudit({ ...config, listen }), port);
  stack.push(audit.close);
  return audit.http;
};

/** For the command line: where everything is. Holds no secret. */
const writeAddresses = (folder: string, { issuer }: DevelopmentIssuer, tiers: readonly TierAddresses[]) => {
  const file = path.join(folder, 'addresses.json');
  writeFileSync(`${file}.new`, `${JSON.stringify({ network: networkName, issuer, tiers }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
};

const allOf = async (store: EventStore | undefined): Promise<readonly Recorded[]> => {
  const all: Recorded[] = [];
  for (let after = start, full = true; store !== undefined && full;) {
    const page = await store.readAll(after, 1_000);
    all.push(...page);
    after = page.at(-1)?.position ?? after;
    full = page.length === 1_000;
  }
  return all;
};

const tokenFrom = async (issuer: DevelopmentIssuer, person: string): Promise<string> => {
  const token = await issuer.tokenFor(person);
  if (token === undefined) throw new Error(`${person} is not a sample person of this network`);
  return token;
};
