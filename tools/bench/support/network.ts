import {
  newNonce,
  newPrivateKey,
  nodeSuite,
  sealer,
  sealVerifier,
  serviceKey,
  sha256,
  statementSigner,
  verifyStatement,
} from '@liandong/adapters/crypto';
import { grpcDial, grpcListen, type LinkServer } from '@liandong/adapters/grpc';
import { createTierDatabase, openPool, postgresEventStore } from '@liandong/adapters/postgres';
import { migrateLinks, postgresLinkBook } from '@liandong/adapters/postgres-links';
import {
  authorKeys,
  caseAudience,
  defaultSettings,
  type DialLink,
  exchange,
  type ExchangeDeps,
  type EventStore,
  type LinkLane,
  type LinkStatus,
  networkTree,
  originOf,
  type Position,
  sealCheckBy,
  type ServiceKey,
  type TreeMember,
} from '@liandong/application';
import { checkSchema, decodeLedgerFact } from '@liandong/contracts';
import { authorOf, sourceOf, type TierCode } from '@liandong/kernel';
import type { Policy } from '@liandong/ledger';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Bench } from '../harness/row.ts';
import { openLedger } from './ledger.ts';
import { authorAt } from './sample-case.ts';
import { wait } from './wait.ts';

/** A tier as it is deployed: its counter's store, its exchange, its links, each with connections of its own. */
export type BenchTier = {
  readonly tier: TierCode;
  readonly store: EventStore;
  readonly pool: pg.Pool;
  /** How far a feed has come here, as the link book says: what is counted survives a crash. */
  readonly head: (author: TierCode, destination: TierCode) => Promise<number>;
  readonly status: () => Promise<LinkStatus>;
  /** That nothing waits, is parked or was reported, and no link was stopped. */
  readonly assertHealthy: () => Promise<void>;
};

export type BenchNetwork = {
  readonly at: (tier: TierCode) => BenchTier;
  /** Ends the link of this tier towards its superior; it comes back when the line is restored. */
  readonly cut: (lower: TierCode) => Promise<void>;
  readonly restore: (lower: TierCode) => void;
  readonly stop: () => Promise<void>;
};

export type NetworkOptions = {
  /** Followers look for something new this often instead of being woken. */
  readonly pollMilliseconds?: number;
  /** The lane beside a link, from a tier to its neighbour, where there is one. */
  readonly laneOf?: (self: TierCode, peer: TierCode) => LinkLane;
};

/** The same store, whose followers look for themselves every so often. */
const polling = (store: EventStore, milliseconds: number): EventStore => ({
  ...store,
  async *follow(after, { limit, signal }) {
    let position: Position = after;
    while (!signal.aborted) {
      const page = await store.readAll(position, limit);
      const last = page.at(-1);
      if (last === undefined) await wait(milliseconds, signal);
      else {
        yield page;
        position = last.position;
      }
    }
  },
});

/** A line that can be cut: whoever dials while it is down waits. */
const lineOver = (dial: DialLink) => {
  let up = Promise.withResolvers<void>();
  let waiting = Promise.withResolvers<void>();
  let hangUp = () => {};
  up.resolve();
  const dialled: DialLink = async (address, signal) => {
    waiting.resolve();
    await Promise.race([up.promise, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    const connection = await dial(address, signal);
    hangUp = () => connection.close();
    return connection;
  };
  return {
    dial: dialled,
    cut: async () => {
      up = Promise.withResolvers();
      waiting = Promise.withResolvers();
      hangUp();
      await waiting.promise;
    },
    restore: () => up.resolve(),
  };
};

/** Tiers of one network on one server, each with its ledger and its witnesses, linked over gRPC as their exchanges link them. */
export const openNetwork = async (
  { server, folder }: Pick<Bench, 'server' | 'folder'>,
  members: readonly TreeMember[],
  { pollMilliseconds, laneOf }: NetworkOptions = {},
): Promise<BenchNetwork> => {
  const tree = networkTree(members);
  const pems = new Map(
    members.map(({ tier }) => [tier, { approval: newPrivateKey(), exchange: newPrivateKey() }]),
  );
  const pemOf = (tier: TierCode) => known(pems, tier);
  const keysOf = (tier: TierCode | undefined): readonly ServiceKey[] => {
    const pem = tier && pems.get(tier);
    return pem === undefined
      ? []
      : [serviceKey('approval', pem.approval), serviceKey('exchange', pem.exchange)];
  };
  const keys = new Map(members.map(({ tier }) => [tier, keysOf(tier)]));
  const followed = (store: EventStore) =>
    pollMilliseconds === undefined ? store : polling(store, pollMilliseconds);

  const ending = new AbortController();
  const tiers = new Map<TierCode, BenchTier>();
  const policies = new Map<string, Policy>();
  const servers = new Map<TierCode, LinkServer>();
  const lines = new Map<TierCode, ReturnType<typeof lineOver>>();
  const running: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const pools: pg.Pool[] = [];

  // Superiors first: they are dialled by those below them.
  for (const { tier, parent } of members) {
    const author = authorAt(tier);
    const source = sourceOf(author);
    const pem = pemOf(tier);
    const { urls } = await createTierDatabase(server, tier);
    await migrateLinks(urls.exchange);
    const [pool, exchangePool] = [openPool(urls.approval), openPool(urls.exchange, { max: 5 })];
    pools.push(pool, exchangePool);
    const book = postgresLinkBook(exchangePool, tier);
    const ledger = await openLedger({
      ...{ author, url: urls.exchange, pool: exchangePool, keys: keysOf(tier) },
      store: followed(postgresEventStore({ pool: exchangePool })),
      folder: path.join(folder, tier),
    });
    policies.set(originOf(author), ledger.policy);
    const sealKeys = authorKeys({
      keysOf: (of) => keysOf(authorOf(of)?.tier),
      factOf: decodeLedgerFact,
      verifyWith: (key, of, seal) => sealVerifier(() => [{ ...key, service: seal.service }])(of, seal),
    });
    const deps: ExchangeDeps = {
      self: author,
      tree,
      epochOf: () => 1,
      store: followed(
        postgresEventStore({ pool: exchangePool, seal: sealer('exchange', source, pem.exchange) }),
      ),
      book,
      sealCheck: sealCheckBy(sealKeys.verifySeal, sealKeys.learn),
      ledger: {
        suite: nodeSuite(),
        policyOf: (of) => policies.get(originOf(of)),
        own: ledger.own,
        factOf: decodeLedgerFact,
        toleranceMs: 300_000,
        splitViews: {
          frozen: async () => new Set(),
          seen: ({ origin }) => Promise.reject(new Error(`${origin} showed two histories`)),
        },
      },
      checkSchema,
      audienceGiven: caseAudience,
      sha256,
      clock: { now: () => new Date() },
      wait,
      sign: statementSigner('exchange', pem.exchange),
      verify: (of, bytes, signature) => verifyStatement(keys.get(of) ?? [], 'exchange', bytes, signature),
      newNonce,
      jitter: Math.random,
      settings: { ...defaultSettings, redialMs: { least: 20, most: 200 } },
    };
    const line = lineOver(grpcDial());
    lines.set(tier, line);
    const upward = parent && { address: `127.0.0.1:${known(servers, parent).port}`, dial: line.dial };
    const near = members.filter((other) => other.parent === tier || other.tier === parent);
    const beside = laneOf && new Map(near.map((other) => [other.tier, laneOf(tier, other.tier)]));
    const opened = await exchange(deps, upward, beside);
    for (const part of [opened, ledger])
      running.push(part.run(ending.signal).catch((error: unknown) => failures.push(error)));
    servers.set(tier, await grpcListen({ host: '127.0.0.1', port: 0 }, opened.accept));
    tiers.set(tier, {
      tier,
      pool,
      store: followed(postgresEventStore({ pool, seal: sealer('approval', source, pem.approval) })),
      head: async (of, destination) => {
        const { rows } = await exchangePool.query<{ head: string }>(
          'SELECT head FROM exchange.feed WHERE author = $1 AND destination = $2',
          [of, destination],
        );
        return Number(rows[0]?.head ?? 0);
      },
      status: opened.status,
      assertHealthy: async () => {
        if (failures.length > 0) throw new AggregateError(failures, 'an exchange has ended');
        const { waiting, parked, incidents, links } = await opened.status();
        const stopped = links.filter((link) => link.stopped !== undefined);
        if (waiting + parked + incidents.length + stopped.length === 0) return;
        const [first] = [...(await book.held('parked', 1)), ...(await book.held('waiting', 1))];
        throw new Error(
          `${tier}: ${waiting} wait, ${parked} parked (${first?.type}: ${first?.reason}), ${JSON.stringify([...incidents, ...stopped])}`,
        );
      },
    });
  }

  return {
    at: (tier) => known(tiers, tier),
    cut: (lower) => known(lines, lower).cut(),
    restore: (lower) => known(lines, lower).restore(),
    stop: async () => {
      ending.abort();
      await Promise.all(running);
      for (const each of servers.values()) await each.close();
      for (const pool of pools) await pool.end();
    },
  };
};

const known = <Value>(map: ReadonlyMap<TierCode, Value>, tier: TierCode): Value => {
  const value = map.get(tier);
  if (value === undefined) throw new Error(`no tier ${tier} in this network`);
  return value;
};

/** Asks until it is so; gives up loudly. */
export const until = async (
  what: string,
  isSo: () => Promise<boolean>,
  everyMilliseconds = 2,
): Promise<void> => {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > 60_000) throw new Error(`not within a minute: ${what}`);
    await pause(everyMilliseconds);
  }
};
