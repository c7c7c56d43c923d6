import { busLinkLane } from '@liandong/adapters/kafka';
import {
  type Clock,
  type EventBus,
  exchange,
  type Exchange,
  type LinkFrame,
  type LinkLane,
  type LinkStatus,
  networkTree,
  type NetworkTree,
  type TreeMember,
} from '@liandong/application';
import { linkTopics } from '@liandong/contracts';
import type { TierCode } from '@liandong/kernel';
import { honest, type Mischief, simulatedLink } from './simulated-link.ts';
import { exchangeDeps, type TestTier, testTierOf } from './test-tier.ts';

export type TestMember = { readonly tier: string; readonly parent?: string; readonly made?: TestTier };

/** Several tiers, each with its exchange, in one process; lines between them may be cut and may misbehave. */
export type TestNetwork = {
  readonly tree: NetworkTree;
  readonly tier: (code: string) => TestTier;
  readonly exchange: (code: string) => Exchange;
  readonly status: (code: string) => Promise<LinkStatus>;
  readonly cut: (lower: string) => void;
  readonly restore: (lower: string) => void;
  readonly mischief: (lower: string, mischief: Mischief) => void;
  /** Something the upper end of a line says to the lower, whoever made it. */
  readonly inject: (lower: string, frame: LinkFrame) => void;
  /** Lets a heartbeat's time pass everywhere. */
  readonly beat: () => void;
  /** Lets everything that can happen happen, beats included, until `done`. */
  readonly until: (done: () => Promise<boolean> | boolean) => Promise<void>;
  readonly drained: () => Promise<void>;
  /** Ends a tier's exchange as a crash would, and starts another on what it had stored. */
  readonly restart: (code: string) => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type TestNetworkOptions = {
  /** Tiers that nobody knows a key to encrypt letters to. */
  readonly keyless?: ReadonlySet<TierCode>;
  /** Puts a lane beside every link. */
  readonly bus?: EventBus;
  /** Everybody's clock, where not each tier has one of its own. */
  readonly clock?: Clock;
};

const patience = 3_000;

type Line = {
  open: boolean;
  mischief: Mischief;
  cut: () => void;
  inject: (frame: LinkFrame) => void;
};

export const testNetworkOf = async (
  members: readonly TestMember[],
  { keyless = new Set(), bus, clock }: TestNetworkOptions = {},
): Promise<TestNetwork> => {
  const tree = networkTree(members as readonly TreeMember[]);
  const tiers = new Map(members.map(({ tier, made }) => [tier as TierCode, made ?? testTierOf(tier)]));
  const parents = new Map(members.map(({ tier, parent }) => [tier, parent]));
  const running = new Map<string, { exchange: Exchange; abort: AbortController; done: Promise<void> }>();
  const lines = new Map<string, Line>();
  const beats = new Set<() => void>();

  const get = <Value>(map: ReadonlyMap<string, Value>, code: string): Value => {
    const value = map.get(code);
    if (value === undefined) throw new Error(`no tier ${code} in this network`);
    return value;
  };

  /** The heartbeat's time passes when the test says so, a handshake's never, all other pauses at once. */
  const waitFor =
    (settings: { heartbeatMs: number; handshakeMs: number }) => (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        const done = () => {
          beats.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        signal.addEventListener('abort', done);
        if (signal.aborted) done();
        else if (ms === settings.heartbeatMs) beats.add(done);
        else if (ms !== settings.handshakeMs) setImmediate(done);
      });

  const lanesOf = (code: TierCode): ReadonlyMap<TierCode, LinkLane> => {
    const neighbours = members.flatMap(({ tier, parent }) =>
      tier === code ? (parent ?? []) : parent === code ? tier : [],
    );
    return new Map(
      bus === undefined
        ? []
        : neighbours.map((peer) => [peer as TierCode, busLinkLane(bus, code, peer as TierCode)]),
    );
  };

  const begin = async (code: string) => {
    const made = get(tiers, code);
    const base = exchangeDeps(made, tree, tiers, () => Promise.resolve(), keyless);
    const deps = { ...base, wait: waitFor(base.settings), ...(clock && { clock }) };
    const parent = parents.get(code);
    const dial = async () => {
      const line = get(lines, code);
      const above = parent === undefined ? undefined : running.get(parent);
      if (!line.open || above === undefined) throw new Error('the line is down');
      const link = simulatedLink((frame, from) => line.mischief(frame, from));
      line.cut = link.cut;
      line.inject = link.toA;
      void above.exchange.accept(link.b).catch(() => undefined);
      return link.a;
    };
    const opened = await exchange(
      deps,
      parent === undefined ? undefined : { address: parent, dial },
      lanesOf(code as TierCode),
    );
    const abort = new AbortController();
    const sealing = made.log.follow(made.store, deps.sealCheck, abort.signal);
    const done = Promise.all([opened.run(abort.signal), sealing]).then(() => undefined);
    running.set(code, { exchange: opened, abort, done });
  };

  const end = async (code: string) => {
    const { abort, done } = get(running, code);
    running.delete(code);
    abort.abort();
    await done;
  };

  for (const { tier } of members)
    lines.set(tier, { open: true, mischief: honest, cut: () => {}, inject: () => {} });
  for (const { tier, parent } of members)
    if (parent !== undefined) await bus?.ensureTopics(linkTopics(tier as TierCode, parent as TierCode));
  for (const { tier } of members) await begin(tier);

  const beat = () => {
    for (const each of [...beats]) each();
  };
  const until: TestNetwork['until'] = async (done) => {
    for (let n = 0; n < patience; n++) {
      if (await done()) return;
      if (n % 20 === 19) beat();
      await new Promise(setImmediate);
    }
    const statuses = await Promise.all([...running.values()].map((each) => each.exchange.status()));
    throw new Error(`it never happened: ${JSON.stringify(statuses, undefined, 1)}`);
  };

  return {
    tree,
    tier: (code) => get(tiers, code),
    exchange: (code) => get(running, code).exchange,
    status: (code) => get(running, code).exchange.status(),
    cut: (lower) => {
      const line = get(lines, lower);
      line.open = false;
      line.cut();
    },
    restore: (lower) => void (get(lines, lower).open = true),
    inject: (lower, frame) => get(lines, lower).inject(frame),
    mischief: (lower, mischief) => void (get(lines, lower).mischief = mischief),
    beat,
    until,
    drained: () =>
      until(async () => {
        const statuses = await Promise.all([...running.values()].map((each) => each.exchange.status()));
        return statuses.every(({ drained }) => drained);
      }),
    restart: async (code) => {
      await end(code);
      await begin(code);
    },
    stop: async () => {
      for (const code of [...running.keys()]) await end(code);
    },
  };
};
