import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type GrpcOptions, Transport } from '@nestjs/microservices';
import type { ServerCredentials, ServerUnaryCall } from '@grpc/grpc-js';
import { bodyLimit } from './limits.ts';
import { textChecker } from './proto-text.ts';
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

type Method = {
  readonly requestType?: { readonly type: { readonly name: string } };
  requestDeserialize?: (bytes: Buffer) => object;
};
type Definition = Record<string, Record<string, Method>>;

/** Without this such bytes would be told as a fault of the server's own, and broken text be taken for other text. */
const nameUnreadable = (definition: object) => {
  const checkerFor = textChecker(definition);
  for (const [service, methods] of Object.entries(definition as Definition))
    for (const method of Object.values(methods)) {
      const { requestDeserialize: read, requestType } = method;
      if (read === undefined || requestType === undefined) continue;
      const isText = checkerFor(`${service.slice(0, service.lastIndexOf('.'))}.${requestType.type.name}`);
      method.requestDeserialize = (bytes) => {
        try {
          const request = read(bytes);
          return isText(bytes) ? request : { [unreadable]: true };
        } catch {
          return { [unreadable]: true };
        }
      };
    }
};
