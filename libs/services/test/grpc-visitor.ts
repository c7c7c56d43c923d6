import {
  type Client,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoDir } from '@liandong/contracts';
import type { Counter, PersonId } from './counter.ts';

/** What a call came to: its answer, or the status and reason it was refused with. */
export type GrpcOutcome =
  // The shape is what the specs are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  | { readonly answer: any }
  | {
      readonly code: string;
      readonly reason: string;
      readonly details: string;
      readonly trailer: Uint8Array;
    };

type Call = (
  request: object,
  metadata: Metadata,
  options: { deadline?: Date },
  done: (fault: ServiceError | null, answer: unknown) => void,
) => void;

/** Someone with a token and a gRPC client. */
export const grpcVisitor = (counter: Counter) => {
  const loaded = loadPackageDefinition(
    loadSync('liandong/approval/v1/approval.proto', {
      includeDirs: [protoDir],
      longs: String,
      enums: String,
      defaults: true,
      oneofs: true,
    }),
  ) as unknown as {
    liandong: {
      approval: {
        v1: { ApprovalService: new (...args: unknown[]) => Record<string, Call> & { close: () => void } };
      };
    };
  };
  const client = new loaded.liandong.approval.v1.ApprovalService(counter.grpc, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });

  const callWith = async (
    method: string,
    request: object,
    metadata: Metadata,
    options: { deadline?: Date } = { deadline: new Date(Date.now() + 10_000) },
  ) =>
    new Promise<GrpcOutcome>((resolve) => {
      client[method]?.(request, metadata, options, (fault, answer) => {
        resolve(
          fault === null
            ? { answer }
            : {
                code: status[fault.code] ?? String(fault.code),
                reason: String(fault.metadata.get('reason')[0] ?? ''),
                details: fault.details,
                trailer: new Uint8Array(
                  (fault.metadata.get('grpc-status-details-bin')[0] as Buffer | undefined) ?? [],
                ),
              },
        );
      });
    });

  /** Sends bytes as they are, so that what no honest client can write is tried too. */
  const raw = async (person: PersonId, method: string, bytes: Uint8Array) => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await counter.token(person)}`);
    return new Promise<string>((resolve) => {
      (client as unknown as Client).makeUnaryRequest(
        `/liandong.approval.v1.ApprovalService/${method}`,
        (value: Buffer) => value,
        (value) => value,
        Buffer.from(bytes),
        metadata,
        { deadline: new Date(Date.now() + 10_000) },
        (fault) => {
          resolve(fault === null ? 'OK' : `${status[fault.code]} ${String(fault.metadata.get('reason')[0])}`);
        },
      );
    });
  };

  return {
    raw,
    callWith,
    call: async (person: PersonId, method: string, request: object) => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${await counter.token(person)}`);
      return callWith(method, request, metadata);
    },
    close: () => client.close(),
  };
};
