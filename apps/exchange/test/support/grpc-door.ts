import {
  type Client,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoDir } from '@liandong/contracts';

/** What a call came to: its answer, or the status and the machine-readable reason it was refused with. */
export type Outcome =
  // The shape is what the specs are about.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  { readonly answer: any } | { readonly code: string; readonly reason: string; readonly status: Buffer };

type Method = 'execute' | 'getCase';

/** The gRPC door of a counter, for who has a token. */
export const grpcDoor = (address: string, tokenOf: (person: string) => Promise<string>) => {
  const Service = serviceOf(
    loadPackageDefinition(
      loadSync('liandong/approval/v1/approval.proto', {
        includeDirs: [protoDir],
        defaults: true,
        oneofs: true,
      }),
    ),
  );
  const client: Client = new Service(address, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  const definition = Service.service;

  const methodOf = (method: Method) => {
    const called = Object.values(definition).find(({ originalName }) => originalName === method);
    if (called === undefined) throw new Error(`no method ${method}`);
    return called;
  };

  const send = async (person: string, method: Method, bytes: Buffer): Promise<Outcome> => {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await tokenOf(person)}`);
    const called = methodOf(method);
    return new Promise((resolve) => {
      client.makeUnaryRequest(
        called.path,
        (value: Buffer) => value,
        called.responseDeserialize,
        bytes,
        metadata,
        { deadline: new Date(Date.now() + 60_000) },
        (fault, answer) => resolve(fault === null ? { answer } : refusalOf(fault)),
      );
    });
  };

  const written = (method: Method, request: object): Buffer => methodOf(method).requestSerialize(request);

  return {
    written,
    call: (person: string, method: Method, request: object): Promise<Outcome> =>
      send(person, method, written(method, request)),
    /** Sends bytes as they are, so that what no honest client can write is tried too. */
    send,
    close: () => client.close(),
  };
};

const serviceOf = (loaded: unknown): ServiceClientConstructor => {
  let found = loaded;
  for (const part of ['liandong', 'approval', 'v1', 'ApprovalService'])
    found = Reflect.get(found as object, part) as unknown;
  return found as ServiceClientConstructor;
};

const refusalOf = ({ code, metadata }: ServiceError): Outcome => ({
  code: status[code],
  reason: String(metadata.get('reason')[0] ?? ''),
  status: (metadata.get('grpc-status-details-bin')[0] as Buffer | undefined) ?? Buffer.alloc(0),
});

/** JSON as `google.protobuf.Struct`. */
export const struct = (json: object): object => ({
  fields: Object.fromEntries(Object.entries(json).map(([name, value]) => [name, structValue(value)])),
});

const structValue = (value: unknown): object => {
  if (value === null || value === undefined) return { nullValue: 0 };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(structValue) } };
  return { structValue: struct(value as object) };
};
