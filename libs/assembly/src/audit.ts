import { nodeSuite } from '@liandong/adapters/crypto';
import { memoryViews } from '@liandong/adapters/memory';
import { openPool } from '@liandong/adapters/postgres';
import { postgresLedgerBook } from '@liandong/adapters/postgres-ledger';
import { withOverviewAtOnce } from '@liandong/adapters/postgres-supervision';
import { postgresViews, viewsDataSource } from '@liandong/adapters/postgres-views';
import { auditDesk, clockToleranceMs, instant, networkTree } from '@liandong/application';
import {
  calendarCity,
  cardsWith,
  checkSchema,
  decodeCaseFact,
  decodeItemFact,
  decodeLedgerFact,
  rowsWith,
  type TierConfig,
} from '@liandong/contracts';
import { type TierCode, utf8 } from '@liandong/kernel';
import { parsePolicy, type Policy, type Suite } from '@liandong/ledger';
import { auditDocument, auditGrpc, AuditModule } from '@liandong/services/audit';
import { createHttpApp, serveDocument } from '@liandong/services/platform';
import type { Running, ServiceOptions } from './approval.ts';
import { openEventStore } from './event-store.ts';
import { authenticateFor } from './identity.ts';
import { clockOf, fileContent } from './tier.ts';

/** The auditors' door of one tier, from its configuration to open doors. Its role in the database can only read. */
export const startAudit = async (
  config: TierConfig,
  { logger = false }: ServiceOptions = {},
): Promise<Running> => {
  const { network, tier, epoch, members } = config;
  const suite = nodeSuite();
  const own = members.find((each) => each.tier === tier);
  const policy = policyOf(suite, tier, own?.policy);
  const tree = networkTree(members);
  const authenticate = authenticateFor(config, tree.superiors(tier));
  const url = fileContent(config.databaseUrlFiles.audit, 'databaseUrlFiles.audit');
  const pool = openPool(url, { max: 3 });
  const opened = openEventStore(config, pool);
  // The views lie in the schema of the service that makes them.
  const views = viewsDataSource({ url, schema: 'approval', maxConnections: 2 });
  await views.initialize();
  const close = async () => {
    await views.destroy();
    await opened.close();
    await pool.end();
  };
  const { keys = [], earlier = [] } = own ?? {};
  const former = earlier.map((each) => ({
    epoch: each.epoch,
    book: postgresLedgerBook(pool, each.epoch),
    policy: policyOf(suite, tier, each.policy),
  }));
  const desk = auditDesk({
    ...{ self: { network, tier, epoch }, tier, policy, suite, sha256: suite.sha256 },
    ...{ store: opened.store, book: postgresLedgerBook(pool, epoch) },
    ...{ former, otherEpochs: former.map(({ book }) => book) },
    keys: keys.map(({ service, keyId, publicKey }) => ({ purpose: service, keyId, publicKey })),
    ...{ factOf: decodeCaseFact, ledgerFactOf: decodeLedgerFact, itemFactOf: decodeItemFact, checkSchema },
    toleranceMs: clockToleranceMs,
    rowsOf: rowsWith(suite.sha256),
    cardsOf: cardsWith(suite.sha256, calendarCity(members)),
    emptyViews: () => memoryViews(),
    withLiveViews: (work) => work(postgresViews(views)),
    overviewed: tree.withBelow(tier),
    withLiveOverview: (work) =>
      withOverviewAtOnce(pool, (live) => work(live, instant(clockOf(config).now()))),
  });
  const module = AuditModule.with({
    desk,
    authenticate,
    readiness: [{ name: 'event-store', check: opened.reach }],
  });
  const app = await createHttpApp(module, { logger });
  serveDocument(app, auditDocument(tier));
  const { auditHttp = { host: '127.0.0.1', port: 0 }, auditGrpc: grpc } = config.listen;
  if (grpc !== undefined)
    app.connectMicroservice(auditGrpc({ url: `${grpc.host}:${grpc.port}` }), { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(auditHttp.port, auditHttp.host);
  return {
    http: await app.getUrl(),
    ...(grpc !== undefined && { grpc: `${grpc.host}:${grpc.port}` }),
    close: async () => {
      await app.close();
      await close();
    },
  };
};

/** As the trust root names it. */
const policyOf = ({ sha256 }: Suite, tier: TierCode, text: string | undefined): Policy => {
  if (text === undefined) throw new Error(`the members name no policy for the ledger of ${tier}`);
  const policy = parsePolicy(sha256, utf8(text));
  if (policy.ok) return policy.value;
  throw new Error(`the policy of ${tier}: line ${policy.refusal.line}: ${policy.refusal.rule}`);
};
