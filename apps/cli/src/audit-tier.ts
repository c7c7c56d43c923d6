import {
  type EventStore,
  instant,
  type LedgerBook,
  type LiveOverview,
  type Views,
} from '@liandong/application';
import { loadTierConfig, type TierConfig } from '@liandong/contracts';
import { readFileSync } from 'node:fs';
import { complaining, Complaint } from './complaint.ts';
import type { Options } from './command.ts';

// What opens a database is loaded when one is opened: most commands need none, and start sooner.

/** A tier's database as its auditor sees it: a role that can change nothing. */
export type AuditAccess = {
  readonly config: TierConfig;
  readonly store: EventStore;
  /** Of one epoch; of the one in which the tier writes, unless asked otherwise. */
  readonly bookOf: (epoch: number) => LedgerBook;
  readonly book: LedgerBook;
};

export const withTier = async <Found>(
  options: Options,
  work: (access: AuditAccess) => Promise<Found>,
): Promise<Found> => {
  const config = tierConfig(options);
  const { openPool } = await import('@liandong/adapters/postgres');
  const { postgresLedgerBook } = await import('@liandong/adapters/postgres-ledger');
  const { openEventStore } = await import('@liandong/assembly/event-store');
  const pool = openPool(auditUrl(config), { max: 2 });
  const { store, close } = openEventStore(config, pool);
  try {
    const bookOf = (epoch: number) => postgresLedgerBook(pool, epoch);
    return await work({ config, store, bookOf, book: bookOf(config.epoch) });
  } finally {
    await close();
    await pool.end();
  }
};

export const withLiveViews = async <Found>(
  config: TierConfig,
  work: (views: Views) => Promise<Found>,
): Promise<Found> => {
  const { postgresViews, viewsDataSource } = await import('@liandong/adapters/postgres-views');
  // The views lie in the schema of the service that makes them.
  const source = viewsDataSource({ url: auditUrl(config), schema: 'approval', maxConnections: 2 });
  await source.initialize();
  try {
    return await work(postgresViews(source));
  } finally {
    await source.destroy();
  }
};

export const withLiveOverview = async <Found>(
  config: TierConfig,
  work: (live: LiveOverview, now: string) => Promise<Found>,
): Promise<Found> => {
  const { openPool } = await import('@liandong/adapters/postgres');
  const { withOverviewAtOnce } = await import('@liandong/adapters/postgres-supervision');
  const { clockOf } = await import('@liandong/assembly');
  const pool = openPool(auditUrl(config), { max: 1 });
  try {
    return await withOverviewAtOnce(pool, (live) => work(live, instant(clockOf(config).now())));
  } finally {
    await pool.end();
  }
};

const tierConfig = ({ config: file, tier }: Options): TierConfig => {
  if (file === undefined)
    throw new Complaint(
      '请用 --config 指明层级配置文件\n--config <file> must name the configuration of the tier.',
    );
  const config = complaining(() => loadTierConfig(file));
  if (tier !== undefined && tier !== config.tier)
    throw new Complaint(
      `${file} 是层级 ${config.tier} 的配置，不是 ${tier} 的\n${file} configures tier ${config.tier}, not ${tier}.`,
    );
  return config;
};

const auditUrl = ({ databaseUrlFiles: { audit } }: TierConfig): string => {
  if (audit === undefined)
    throw new Complaint(
      '层级配置没有 databaseUrlFiles.audit（只读审计账号）\n' +
        'The configuration does not set databaseUrlFiles.audit, the role that only reads.',
    );
  return complaining(() => readFileSync(audit, 'utf8').trim());
};
