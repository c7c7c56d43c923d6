import { newNonce, sha256, statementSigner, verifyStatement } from '@liandong/adapters/crypto';
import { grpcDial, grpcListen } from '@liandong/adapters/grpc';
import { exchangeLease, migrateLinks, postgresLinkBook } from '@liandong/adapters/postgres-links';
import {
  authorKeys,
  caseAudience,
  defaultSettings,
  type EpochOpener,
  type Exchange,
  exchange,
  type ExchangeDeps,
  type ExchangeSettings,
  handBack,
  type LinkBook,
  networkTree,
  type Recovery,
  sealCheckBy,
  type ServiceKey,
} from '@liandong/application';
import { checkSchema, decodeLedgerFact, type TierConfig } from '@liandong/contracts';
import { authorOf, type TierCode } from '@liandong/kernel';
import { activeExchange, type ActiveExchange, ExchangeModule } from '@liandong/services/exchange';
import { createHttpApp } from '@liandong/services/platform';
import type { Running, ServiceOptions } from './approval.ts';
import { publishing } from './event-topic.ts';
import { authenticateFor } from './identity.ts';
import { type Ledger, openLedger, servedLedger } from './ledger.ts';
import { openLanes } from './lanes.ts';
import { lettersOf } from './letters.ts';
import { sealedUnder } from './own-log.ts';
import { wait } from './pause.ts';
import { type Access, fileContent, openAccess, privateKeyOf } from './tier.ts';

export type ExchangeOptions = ServiceOptions & { readonly settings?: Partial<ExchangeSettings> };

export type RunningExchange = Running & {
  readonly active: ActiveExchange;
  /** Brings back what a restored store lacks; `undefined` while this process stands by. */
  readonly recovery: () => Recovery | undefined;
  /** Opens the tier's next epoch; `undefined` while this process stands by, and in a tier's first epoch. */
  readonly opener: () => EpochOpener | undefined;
  /** Where lower tiers dial in, `host:port`; absent for a tier that lets none in. */
  readonly link?: string;
};

/** One tier's talk with the others, from its configuration to open links. */
export const startExchange = async (
  config: TierConfig,
  { logger = false, settings = {} }: ExchangeOptions = {},
): Promise<RunningExchange> => {
  const url = fileContent(config.databaseUrlFiles.exchange, 'databaseUrlFiles.exchange');
  await migrateLinks(url);
  const access = openAccess(config, 'exchange', 5);
  const book = postgresLinkBook(access.pool, config.tier);
  const heartbeatMs = 1_000 * config.heartbeatSeconds;
  const deps = {
    ...exchangeDeps(config, access, book),
    settings: { ...defaultSettings, heartbeatMs, ...settings },
  };
  const { link, exchangeHttp = { host: '127.0.0.1', port: 0 } } = config.listen;
  const upward = config.parentLink && { address: config.parentLink.address, dial: grpcDial() };
  let healing: Pick<Ledger, 'recovery' | 'opener'> | undefined;
  const active = activeExchange({
    acquireLease: exchangeLease(url),
    open: async () => {
      const keysOf = keysIn(config);
      const ledger = await openLedger({ config, access, url, tree: deps.tree, keysOf, linkBook: book });
      healing = ledger;
      const lanes = openLanes(config);
      const opened = await exchange({ ...deps, ledger: ledger.links }, upward, lanes.beside);
      const whole = publishing(withLedger(opened, ledger), config, access, deps.sealCheck);
      return { ...whole, run: (signal) => whole.run(signal).finally(lanes.close) };
    },
    ...(link !== undefined && { listen: (serve) => grpcListen(link, serve) }),
    book,
    wait,
  });
  const now = () => (active.current() === undefined ? undefined : healing);
  const [recovery, opener] = [() => now()?.recovery, () => now()?.opener];
  const ledger = await servedLedger(config, access, url, keysIn(config), { recovery, opener });
  const module = ExchangeModule.with({
    active,
    handBack: handBack({ ...deps, store: access.store, book }),
    ledger,
    authenticate: authenticateFor(config),
    readiness: [{ name: 'event-store', check: access.reach }],
  });
  const app = await createHttpApp(module, { logger });
  await app.listen(exchangeHttp.port, exchangeHttp.host);
  const close = async () => {
    await app.close();
    await access.close();
  };
  return {
    http: await app.getUrl(),
    active,
    recovery,
    opener,
    ...(link !== undefined && { link: `${link.host}:${await linkPort(link.port, active)}` }),
    close,
  };
};

/**
 * A port somebody named is known at once, so that a process may stand by for as long as another
 * holds the lease. One that the machine chooses is known when this process lets lower tiers in.
 */
const linkPort = async (named: number, active: ActiveExchange): Promise<number> => {
  if (named !== 0) return named;
  const limit = performance.now() + 30_000;
  for (;;) {
    const port = active.linkPort();
    if (port !== undefined) return port;
    if (performance.now() > limit) throw new Error('another exchange of this tier holds the lease');
    await wait(10, new AbortController().signal);
  }
};

const keysIn =
  ({ members }: TierConfig) =>
  (tier: TierCode | undefined): readonly ServiceKey[] =>
    members.find((member) => member.tier === tier)?.keys ?? [];

const withLedger = (opened: Exchange, ledger: Ledger): Exchange => ({
  ...opened,
  run: (signal) => runBoth(opened, ledger, signal),
  status: async () => ({ ...(await opened.status()), ledger: ledger.status() }),
});

/** The exchange and the ledger it follows, until the signal aborts or one of them fails. */
const runBoth = async (opened: Exchange, ledger: Ledger, signal: AbortSignal): Promise<void> => {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const both = [opened.run(until), ledger.run(until)].map((each) => each.finally(() => over.abort()));
  for (const each of await Promise.allSettled(both)) if (each.status === 'rejected') throw each.reason;
};

const exchangeDeps = (
  config: TierConfig,
  access: Access,
  book: LinkBook,
): Omit<ExchangeDeps, 'ledger' | 'settings'> => {
  const { author, clock, store } = access;
  const keysOf = keysIn(config);
  const keys = authorKeys({
    keysOf: (source) => keysOf(authorOf(source)?.tier),
    factOf: decodeLedgerFact,
    verifyWith: sealedUnder,
  });
  return {
    self: author,
    tree: networkTree(config.members),
    epochOf: (tier) => config.members.find((member) => member.tier === tier)?.epoch ?? 0,
    formerEpochsOf: (tier) =>
      (config.members.find((member) => member.tier === tier)?.earlier ?? []).map(({ epoch }) => epoch),
    ...{ store, book, clock, wait, sha256, newNonce, checkSchema },
    privacy: lettersOf(config, access),
    sealCheck: sealCheckBy(keys.verifySeal, keys.learn),
    audienceGiven: caseAudience,
    sign: statementSigner('exchange', privateKeyOf(config, 'exchange')),
    verify: (tier, bytes, signature) => verifyStatement(keysOf(tier), 'exchange', bytes, signature),
    jitter: Math.random,
  };
};
