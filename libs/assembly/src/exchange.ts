import { newNonce, sealVerifier, sha256, statementSigner, verifyStatement } from '@liandong/adapters/crypto';
import { grpcDial, grpcListen } from '@liandong/adapters/grpc';
import { exchangeLease, migrateLinks, postgresLinkBook } from '@liandong/adapters/postgres-links';
import {
  caseAudience,
  defaultSettings,
  exchange,
  type ExchangeDeps,
  type ExchangeSettings,
  networkTree,
  sealAnchoring,
  type ServiceKey,
  type Wait,
} from '@liandong/application';
import { checkSchema, type TierConfig } from '@liandong/contracts';
import { authorOf, type TierCode } from '@liandong/kernel';
import { type ActiveExchange, activeExchange, ExchangeModule } from '@liandong/services/exchange';
import { authenticator, remoteKeys } from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import type { LoggerService } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { type Access, fileContent, openAccess, privateKeyOf } from './tier.ts';

export type RunningExchange = {
  /** Base URL of the HTTP side. */
  readonly http: string;
  readonly active: ActiveExchange;
  readonly close: () => Promise<void>;
};

export type ExchangeOptions = {
  readonly logger?: LoggerService | false;
  readonly settings?: Partial<ExchangeSettings>;
};

/** The exchange of one tier, from its configuration to open links. */
export const startExchange = async (
  config: TierConfig,
  { logger = false, settings = {} }: ExchangeOptions = {},
): Promise<RunningExchange> => {
  const { identity } = config;
  if (identity === undefined) throw new Error('the configuration of the tier does not set identity');
  const url = fileContent(config.databaseUrlFiles.exchange, 'databaseUrlFiles.exchange');
  await migrateLinks(url);
  const access = openAccess(config, 'exchange', 4);
  const deps = depsOf(config, access, { ...defaultSettings, ...settings });
  const { link } = config.listen;
  const active = activeExchange({
    acquireLease: exchangeLease(url),
    open: () => exchange(deps, config.parentLink && { address: config.parentLink.address, dial: grpcDial() }),
    ...(link && { listen: (serve) => grpcListen(link, serve) }),
    book: deps.book,
    wait,
  });
  const module = ExchangeModule.with({
    active,
    authenticate: authenticator({
      tier: config.tier,
      issuer: identity.issuer,
      audience: identity.audience,
      keys: remoteKeys(identity.jwksUrl),
    }),
    readiness: [{ name: 'event-store', check: () => access.pool.query('SELECT 1') }],
  });
  const app = await createHttpApp(module, { logger });
  const { exchangeHttp = { host: '127.0.0.1', port: 0 } } = config.listen;
  await app.listen(exchangeHttp.port, exchangeHttp.host);
  return {
    http: await app.getUrl(),
    active,
    close: async () => {
      await app.close();
      await access.close();
    },
  };
};

const depsOf = (
  config: TierConfig,
  { author, clock, pool, store }: Access,
  settings: ExchangeSettings,
): ExchangeDeps => {
  const members = new Map(config.members.map((member) => [member.tier, member]));
  const keysOf = (tier: TierCode | undefined): readonly ServiceKey[] =>
    tier === undefined ? [] : (members.get(tier)?.keys ?? []);
  return {
    self: author,
    tree: networkTree(config.members),
    epochOf: (tier) => members.get(tier)?.epoch ?? 0,
    store,
    book: postgresLinkBook(pool, config.tier),
    anchoring: sealAnchoring(sealVerifier((source) => keysOf(authorOf(source)?.tier))),
    checkSchema,
    audienceGiven: caseAudience,
    sha256,
    clock,
    wait,
    sign: statementSigner('exchange', privateKeyOf(config, 'exchange')),
    verify: (tier, bytes, signature) => verifyStatement(keysOf(tier), 'exchange', bytes, signature),
    newNonce,
    jitter: Math.random,
    settings,
  };
};

/** Ends early, without a complaint, when the signal aborts. */
const wait: Wait = (milliseconds, signal) =>
  pause(milliseconds, undefined, { signal }).catch(() => undefined);
