import { type Client, credentials, loadPackageDefinition, Metadata, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoDir } from '@liandong/contracts';

/** What a call came to: its answer, or the status and the machine-readable reason it was refused with. */
export type Outcome =
  { readonly answer: unknown } | { readonly code: string | undefined; readonly reason: string };

type Unary = (
  request: object,
  metadata: Metadata,
  options: object,
  done: (fault: { readonly code: number; readonly metadata: Metadata } | null, answer: unknown) => void,
) => void;

/** The gRPC door of a tier's supervision, for who has a token. */
export const cardDoor = (address: string, tokenOf: (person: string) => Promise<string>) => {
  const options = { includeDirs: [protoDir], defaults: true, oneofs: true };
  let found: unknown = loadPackageDefinition(loadSync('liandong/supervision/v1/supervision.proto', options));
  for (const part of ['liandong', 'supervision', 'v1', 'SupervisionService'])
    found = Reflect.get(found as object, part) as unknown;
  const Service = found as new (address: string, secured: unknown) => Client;
  const client = new Service(address, credentials.createInsecure());
  return {
    close: () => client.close(),
    call: async (person: string, method: string, request: object): Promise<Outcome> => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${await tokenOf(person)}`);
      const unary = (Reflect.get(client, method) as Unary).bind(client);
      return new Promise((resolve) =>
        unary(request, metadata, { deadline: new Date(Date.now() + 60_000) }, (fault, answer) =>
          resolve(
            fault === null
              ? { answer }
              : { code: status[fault.code], reason: String(fault.metadata.get('reason')[0] ?? '') },
          ),
        ),
      );
    },
  };
};

/** A flat body of texts, as the message has it. */
export const struct = (body: object): object => ({
  fields: Object.fromEntries(
    Object.entries(body).map(([name, text]) => [name, { stringValue: String(text) }]),
  ),
});
