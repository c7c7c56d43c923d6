import { type DynamicModule, Module } from '@nestjs/common';
import type { AuditDesk } from '@liandong/application';
import { protoDir } from '@liandong/contracts';
import type { Authenticate } from '../identity/authenticate.ts';
import { IdentityModule } from '../identity/identity.module.ts';
import { grpcDoor, type GrpcDoor } from '../platform/grpc-door.ts';
import { HealthModule, type Readiness } from '../platform/health.module.ts';
import { AuditController } from './audit.controller.ts';
import { AuditGrpc } from './audit.grpc.ts';
import { AUDIT_DESK } from './tokens.ts';

export type AuditModuleDeps = {
  readonly desk: AuditDesk;
  readonly authenticate: Authenticate;
  readonly readiness: readonly Readiness[];
};

/** The auditors' door of one tier. It reads, and writes nothing. */
@Module({})
export class AuditModule {
  static with({ desk, authenticate, readiness }: AuditModuleDeps): DynamicModule {
    return {
      module: AuditModule,
      imports: [IdentityModule.with({ authenticate }), HealthModule.with(readiness)],
      controllers: [AuditController, AuditGrpc],
      providers: [{ provide: AUDIT_DESK, useValue: desk }],
    };
  }
}

/** The options of the service's gRPC side. */
export const auditGrpc = (where: Pick<GrpcDoor, 'url' | 'credentials'>) =>
  grpcDoor({
    ...where,
    package: 'liandong.audit.v1',
    proto: 'liandong/audit/v1/audit.proto',
    protoDir,
  });
