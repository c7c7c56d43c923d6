import { sha256 } from '@liandong/adapters/crypto';
import { postgresCheckpoints } from '@liandong/adapters/postgres';
import { migrateSupervision, postgresSupervisionBook } from '@liandong/adapters/postgres-supervision';
import { cardDesk, follow, networkTree, type SupervisionAlarm, supervisor } from '@liandong/application';
import {
  calendarCity,
  decodeCardFact,
  decodeCaseFact,
  termsWith,
  type TierConfig,
} from '@liandong/contracts';
import { createHttpApp, serveDocument } from '@liandong/services/platform';
import { supervisionDocument, supervisionGrpc, SupervisionModule } from '@liandong/services/supervision';
import type { Running, ServiceOptions } from './approval.ts';
import { assessmentsOf } from './assessments.ts';
import { adoptFirstRules } from './first-rules.ts';
import { assertEpochOpen } from './former-ledgers.ts';
import { authenticateFor } from './identity.ts';
import { oversightOf } from './oversight.ts';
import { overviewOf } from './overview.ts';
import { wait } from './pause.ts';
import { type Access, authoringOf, fileContent, openAccess, systemAuthoring } from './tier.ts';
import { supervisionTerms } from './supervision-terms.ts';

export type RunningSupervision = Running & { readonly access: Access };

/** The supervision of one tier, from its configuration to open doors. It needs the store, and no other service. */
export const startSupervision = async (
  config: TierConfig,
  { logger = false }: ServiceOptions = {},
): Promise<RunningSupervision> => {
  const { tier } = config;
  await migrateSupervision(fileContent(config.databaseUrlFiles.supervision, 'databaseUrlFiles.supervision'));
  const access = openAccess(config, 'supervision', 3);
  await assertEpochOpen(config, access);
  const { store, pool, clock } = access;
  if (config.rulePack !== undefined) await adoptFirstRules(access, config.rulePack);
  const tree = networkTree(config.members);
  const book = postgresSupervisionBook(pool);
  const terms = termsWith(sha256, calendarCity(config.members), store);
  const common = { tier, store, terms, decode: decodeCardFact };
  const superiors = tree.superiors(tier);
  const { follower, watch } = supervisor({
    ...{ ...common, book, sha256, superiors, wait, caseFactOf: decodeCaseFact },
    authoring: systemAuthoring(access),
    interval: 500,
    alarm: (alarm) => {
      if (logger !== false) logger.warn(alarmText(alarm));
    },
  });
  const checkpoints = postgresCheckpoints(pool);
  const overview = overviewOf(config, access, logger);
  const oversight = oversightOf(config, access, logger);
  const module = SupervisionModule.with({
    desk: cardDesk({
      ...common,
      authoring: authoringOf(config, access),
      isSuperiorOf: (issuer) => tree.superiors(issuer).includes(tier),
    }),
    book,
    oversight: oversight.book,
    assessments: assessmentsOf(config, access),
    overview: overview.doors,
    ...{ clock, superiors },
    authenticate: authenticateFor(config, superiors),
    terms: supervisionTerms(config, access),
    readiness: [{ name: 'event-store', check: access.reach }],
    followers: [
      { name: 'supervision', run: (signal) => follow({ store, checkpoints }, follower, signal) },
      { name: 'due', run: watch },
      ...oversight.followers,
      ...overview.followers,
    ],
  });
  const app = await createHttpApp(module, { logger });
  serveDocument(app, supervisionDocument(tier));
  const { supervisionHttp = { host: '127.0.0.1', port: 0 }, supervisionGrpc: grpc } = config.listen;
  if (grpc !== undefined)
    app.connectMicroservice(supervisionGrpc({ url: `${grpc.host}:${grpc.port}` }), {
      inheritAppConfig: true,
    });
  await app.startAllMicroservices();
  await app.listen(supervisionHttp.port, supervisionHttp.host);
  return {
    http: await app.getUrl(),
    ...(grpc !== undefined && { grpc: `${grpc.host}:${grpc.port}` }),
    access,
    close: async () => {
      await app.close();
      await access.close();
    },
  };
};

const alarmText = (alarm: SupervisionAlarm): string => {
  switch (alarm.code) {
    case 'stalled':
      return `${alarm.matter} 无法监察 cannot be judged: ${JSON.stringify(alarm.stalled.refusal)}`;
    case 'unjudged':
      return `${alarm.matter} 监察出错 failed to be judged: ${alarm.reason}`;
  }
};
