import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type GrpcOptions, Transport } from '@nestjs/microservices';
import type { ServerCredentials, ServerUnaryCall } from '@grpc/grpc-js';
import { bodyLimit } from './limits.ts';
import { Refused } from './refused.ts';

export type GrpcDoor = {
  /** `host:port`, or `unix:/path`. */
  readonly url: string;
  readonly package: string;
  /** Relative to `protoDir`. */
  readonly proto: string;
  readonly protoDir: string;
  readonly credentials?: ServerCredentials;
};

/** The options under which a service's gRPC side runs: the same limits as its HTTP side. */
export const grpcDoor = ({ url, package: name, proto, protoDir, credentials }: GrpcDoor): GrpcOptions => ({
  transport: Transport.GRPC,
  options: {
    url,
    package: name,
    protoPath: proto,
    loader: { includeDirs: [protoDir], longs: String, enums: String, defaults: true, oneofs: true },
    maxReceiveMessageLength: bodyLimit,
    maxMetadataSize: 16 * 1024,
    keepalive: { keepaliveTimeMs: 60_000, keepaliveTimeoutMs: 20_000 },
    gracefulShutdown: true,
    onLoadPackageDefinition: nameUnreadable,
    ...(credentials !== undefined && { credentials }),
  },
});

/** A caller that would wait for ever is told so at once. */
@Injectable()
export class DeadlineGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const deadline = context.getArgByIndex<ServerUnaryCall<unknown, unknown>>(2).getDeadline();
    if (Number.isFinite(Number(deadline))) return true;
    throw new Refused({ code: 'deadline-missing' });
  }
}

const unreadable = Symbol('unreadable');

/** Whether the bytes of a request were no message of its type: broken, or nested beyond all reason. */
export const isUnreadable = (request: unknown): boolean =>
  typeof request === 'object' && request !== null && unreadable in request;

type Definition = Record<string, Record<string, { requestDeserialize?: (bytes: Buffer) => object }>>;

/** Without this such bytes would be told as a fault of the server's own. */
const nameUnreadable = (definition: object) => {
  for (const service of Object.values(definition as Definition))
    for (const method of Object.values(service)) {
      const read = method.requestDeserialize;
      if (read === undefined) continue;
      method.requestDeserialize = (bytes) => {
        try {
          return read(bytes);
        } catch {
          return { [unreadable]: true };
        }
      };
    }
};
