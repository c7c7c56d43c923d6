import { type DynamicModule, Module } from '@nestjs/common';
import { protoDir } from '@liandong/contracts';
import type { Authenticate } from '../identity/authenticate.ts';
import { IdentityModule } from '../identity/identity.module.ts';
import { type Follower, type FollowerOptions, FollowersModule } from '../platform/followers.module.ts';
import { grpcDoor, type GrpcDoor } from '../platform/grpc-door.ts';
import { HealthModule, type Readiness } from '../platform/health.module.ts';
import { type Assessments, ASSESSMENTS, AssessmentsController } from './assessments.controller.ts';
import { CardsController } from './cards.controller.ts';
import { CardsGrpc } from './cards.grpc.ts';
import { OVERVIEW, OverviewController, type OverviewDoors } from './overview.controller.ts';
import { type SupervisionTerms, TERMS, TermsController } from './terms.controller.ts';
import { type Supervision, SUPERVISION } from './tokens.ts';

export type SupervisionDeps = Supervision & {
  readonly assessments: Assessments;
  readonly terms: SupervisionTerms;
  readonly overview: OverviewDoors;
  readonly authenticate: Authenticate;
  readonly readiness: readonly Readiness[];
  readonly followers: readonly Follower[];
  readonly followerOptions?: FollowerOptions;
};

/** The supervision of one tier: it judges beside its doors, and needs no other service for it. */
@Module({})
export class SupervisionModule {
  static with(deps: SupervisionDeps): DynamicModule {
    const {
      assessments,
      terms,
      overview,
      authenticate,
      readiness,
      followers,
      followerOptions,
      ...supervision
    } = deps;
    return {
      module: SupervisionModule,
      imports: [
        IdentityModule.with({ authenticate }),
        HealthModule.with(readiness),
        FollowersModule.with(followers, followerOptions),
      ],
      controllers: [CardsController, OverviewController, AssessmentsController, TermsController, CardsGrpc],
      providers: [
        { provide: SUPERVISION, useValue: supervision },
        { provide: ASSESSMENTS, useValue: assessments },
        { provide: TERMS, useValue: terms },
        { provide: OVERVIEW, useValue: overview },
      ],
    };
  }
}

/** The options of the service's gRPC side. */
export const supervisionGrpc = (where: Pick<GrpcDoor, 'url' | 'credentials'>) =>
  grpcDoor({
    ...where,
    package: 'liandong.supervision.v1',
    proto: 'liandong/supervision/v1/supervision.proto',
    protoDir,
  });
