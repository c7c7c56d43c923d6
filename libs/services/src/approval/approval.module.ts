import { type DynamicModule, Module } from '@nestjs/common';
import { protoDir } from '@liandong/contracts';
import type { CaseDesk, CatalogueReports, ErasureDesk } from '@liandong/application';
import type { Authenticate } from '../identity/authenticate.ts';
import { IdentityModule } from '../identity/identity.module.ts';
import { type Follower, type FollowerOptions, FollowersModule } from '../platform/followers.module.ts';
import { grpcDoor, type GrpcDoor } from '../platform/grpc-door.ts';
import { HealthModule, type Readiness } from '../platform/health.module.ts';
import { approvalDesk, type DisclosedIn, type Progress, type Pseudonym } from './approval-desk.ts';
import { CasesController } from './cases.controller.ts';
import { CasesGrpc } from './cases.grpc.ts';
import { DirectoryController, READ_DIRECTORY, type ReadDirectory } from './directory.controller.ts';
import { CATALOGUE_REPORTS, CatalogueReportsController } from './catalogue-reports.controller.ts';
import { type Catalogue, CATALOGUE, ItemsController } from './items.controller.ts';
import { ListsController } from './lists.controller.ts';
import { PARKED_STREAMS, ParkedController, type ParkedStreams } from './parked.controller.ts';
import { ERASURE_DESK, PrivacyController } from './privacy.controller.ts';
import { APPROVAL_DESK, type Lists, LISTS } from './tokens.ts';

/** Everything real that the counter of one tier stands on. */
export type ApprovalDeps = {
  readonly desk: CaseDesk;
  readonly pseudonym: Pseudonym;
  readonly disclosedIn: DisclosedIn;
  readonly progress: Progress;
  readonly authenticate: Authenticate;
  readonly lists: Lists;
  readonly catalogue: Catalogue;
  readonly reports: CatalogueReports;
  readonly directory: ReadDirectory;
  readonly parked: ParkedStreams;
  readonly erasures: ErasureDesk;
  readonly readiness: readonly Readiness[];
  readonly followers: readonly Follower[];
  readonly followerOptions?: FollowerOptions;
};

/** The people's door of one tier: commands on cases, and what can be seen of them. */
@Module({})
export class ApprovalModule {
  static with(deps: ApprovalDeps): DynamicModule {
    return {
      module: ApprovalModule,
      imports: [
        IdentityModule.with({ authenticate: deps.authenticate }),
        HealthModule.with(deps.readiness),
        FollowersModule.with(deps.followers, deps.followerOptions),
      ],
      controllers: [
        CasesController,
        ListsController,
        ItemsController,
        CatalogueReportsController,
        DirectoryController,
        ParkedController,
        PrivacyController,
        CasesGrpc,
      ],
      providers: [
        {
          provide: APPROVAL_DESK,
          useValue: approvalDesk(deps.desk, deps.pseudonym, deps.disclosedIn, deps.progress),
        },
        { provide: LISTS, useValue: deps.lists },
        { provide: CATALOGUE, useValue: deps.catalogue },
        { provide: CATALOGUE_REPORTS, useValue: deps.reports },
        { provide: READ_DIRECTORY, useValue: deps.directory },
        { provide: PARKED_STREAMS, useValue: deps.parked },
        { provide: ERASURE_DESK, useValue: deps.erasures },
      ],
    };
  }
}

/** The options of the service's gRPC side. */
export const approvalGrpc = (where: Pick<GrpcDoor, 'url' | 'credentials'>) =>
  grpcDoor({
    ...where,
    package: 'liandong.approval.v1',
    proto: 'liandong/approval/v1/approval.proto',
    protoDir,
  });
