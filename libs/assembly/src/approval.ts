import { sha256 } from '@liandong/adapters/crypto';
import { postgresLedgerStandings } from '@liandong/adapters/postgres-ledger';
import { postgresArrivals } from '@liandong/adapters/postgres-links';
import { type Authoring, type CaseDesk, disclosedIn, workingDaysBook } from '@liandong/application';
import { calendarCity, calendarFactIn, type TierConfig } from '@liandong/contracts';
import { approvalDocument, approvalGrpc, ApprovalModule, viewLists } from '@liandong/services/approval';
import { createHttpApp, serveDocument } from '@liandong/services/platform';
import type { LoggerService } from '@nestjs/common';
import { followersOf } from './approval-followers.ts';
import { counterOf } from './counter.ts';
import { storeForViews } from './event-topic.ts';
import { assertEpochOpen } from './former-ledgers.ts';
import { authenticateFor } from './identity.ts';
import { type Access, authoringOf, openAccess } from './tier.ts';
import { openViews } from './views.ts';

export type Running = {
  /** Base URL of the HTTP side. */
  readonly http: string;
  readonly grpc?: string;
  readonly close: () => Promise<void>;
};

export type ServiceOptions = { readonly logger?: LoggerService | false };

export type RunningApproval = Running & {
  readonly authoring: Authoring;
  readonly desk: CaseDesk;
  readonly access: Access;
};

/** The counter of one tier, from its configuration to open doors. */
export const startApproval = async (
  config: TierConfig,
  { logger = false }: ServiceOptions = {},
): Promise<RunningApproval> => {
  const access = openAccess(config, 'approval', 6);
  await assertEpochOpen(config, access);
  const authoring = authoringOf(config, access);
  const views = await openViews(config);
  const standings = postgresLedgerStandings(access.pool);
  const workingDays = await workingDaysBook({
    ...{ store: access.store, sha256, city: calendarCity(config.members) },
    decodeCalendar: calendarFactIn,
  });
  const counter = counterOf(config, access, authoring, views, standings, workingDays);
  const { desk, catalogue, reports, book, erasures } = counter;
  const followed = storeForViews(config, access.store);
  const { followers, redrive } = followersOf(
    config,
    access,
    authoring,
    { ...counter, workingDays },
    views,
    logger,
    followed.store,
  );
  const module = ApprovalModule.with({
    desk,
    pseudonym: authoring.pseudonym,
    disclosedIn: (file) => disclosedIn(access.store, sha256, file),
    progress: { arrivals: postgresArrivals(access.pool), standings },
    authenticate: authenticateFor(config),
    lists: viewLists(views.views),
    catalogue,
    reports,
    directory: async () => {
      await book.refresh();
      return book.directory();
    },
    parked: { list: views.parking.list, redrive },
    erasures,
    readiness: [{ name: 'event-store', check: access.reach }],
    followers,
  });
  const app = await createHttpApp(module, { logger });
  serveDocument(app, approvalDocument(config.tier));
  const { approvalHttp = { host: '127.0.0.1', port: 0 }, approvalGrpc: grpc } = config.listen;
  if (grpc !== undefined)
    app.connectMicroservice(approvalGrpc({ url: `${grpc.host}:${grpc.port}` }), { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(approvalHttp.port, approvalHttp.host);
  return {
    http: await app.getUrl(),
    ...(grpc !== undefined && { grpc: `${grpc.host}:${grpc.port}` }),
    ...{ authoring, desk, access },
    close: async () => {
      await app.close();
      await followed.close();
      await views.close();
      await access.close();
    },
  };
};
