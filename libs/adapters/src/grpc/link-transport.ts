import { exchangeProto, protoDir } from '@liandong/contracts';
import type { DialLink, LinkConnection } from '@liandong/application';
import {
  type ChannelOptions,
  type ClientDuplexStream,
  credentials,
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServiceClientConstructor,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { type Message, streamConnection } from './connection.ts';

const longestMessage = 8 * 1024 * 1024;

/** One window for both sides: a block and a half, so that a slow line still runs full and a slow peer holds little. */
const flowWindow = 1_572_864;

const shared: ChannelOptions = {
  'grpc.max_receive_message_length': longestMessage,
  'grpc.max_send_message_length': longestMessage,
  'grpc-node.flow_control_window': flowWindow,
};

/** Rural lines forget idle connections; a ping a minute keeps them, and finds out when one is dead. */
const keepalive: ChannelOptions = { 'grpc.keepalive_time_ms': 60_000, 'grpc.keepalive_timeout_ms': 20_000 };

/** Connections are renewed now and then, so that keys and load do not stay what they were for ever. */
const renewal: ChannelOptions = {
  'grpc.max_connection_age_ms': 30 * 60_000,
  'grpc.max_connection_age_grace_ms': 30_000,
};

const serviceDefinition = (): ServiceClientConstructor => {
  const loaded = loadPackageDefinition(
    loadSync(exchangeProto, { includeDirs: [protoDir], longs: Number, defaults: true, oneofs: true }),
  );
  let found: unknown = loaded;
  for (const part of ['liandong', 'exchange', 'v1', 'ExchangeService'])
    found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined;
  if (typeof found !== 'function') throw new Error(`${exchangeProto} does not define the exchange service`);
  return found as ServiceClientConstructor;
};

export type DialOptions = {
  /** Plain text unless given; mutual TLS later. */
  readonly credentials?: ReturnType<typeof credentials.createInsecure>;
  readonly connectMs?: number;
};

/** Dials a superior tier over gRPC. */
export const grpcDial = ({ credentials: given, connectMs = 10_000 }: DialOptions = {}): DialLink => {
  const Service = serviceDefinition();
  return async (address, signal) => {
    const client = new Service(address, given ?? credentials.createInsecure(), {
      ...shared,
      ...keepalive,
      'grpc.keepalive_permit_without_calls': 1,
      'grpc.enable_retries': 0,
      'grpc.use_local_subchannel_pool': 1,
    });
    const answered = Promise.withResolvers<void>();
    const giveUp = () => answered.reject(new Error(`no longer dialling ${address}`));
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    client.waitForReady(Date.now() + connectMs, (error) => {
      if (error === undefined) answered.resolve();
      else answered.reject(new Error(`${address} does not answer`, { cause: error }));
    });
    try {
      await answered.promise;
    } catch (error) {
      client.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
    const open = client['openLink'];
    if (open === undefined) throw new Error('the exchange service has no OpenLink');
    const call = open.call(client) as ClientDuplexStream<object, Message>;
    call.on('close', () => client.close());
    return streamConnection(call, () => {
      call.cancel();
      client.close();
    });
  };
};

export type LinkServer = { readonly port: number; readonly close: () => Promise<void> };

export type ListenOptions = {
  readonly host: string;
  readonly port: number;
  readonly credentials?: ServerCredentials;
};

/** Serves links that lower tiers dial. `serve` resolves when it is done with the connection. */
export const grpcListen = async (
  { host, port, credentials: given }: ListenOptions,
  serve: (connection: LinkConnection) => Promise<unknown>,
): Promise<LinkServer> => {
  const server = new Server({ ...shared, ...keepalive, ...renewal });
  const definition: ServiceDefinition = serviceDefinition().service;
  server.addService(definition, {
    openLink: (call: ServerDuplexStream<Message, object>) => {
      // Ending, unlike destroying, is told to the peer, after what was said last: also if it is an error.
      const hangUp = () =>
        void call.emit('error', Object.assign(new Error('the link ended'), { code: status.ABORTED }));
      const connection = streamConnection(call, () => call.end());
      call.on('cancelled', () => call.destroy());
      serve(connection).then(() => connection.close(), hangUp);
    },
  });
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${host}:${port}`, given ?? ServerCredentials.createInsecure(), (error, actual) => {
      if (error === null) resolve(actual);
      else reject(error);
    }),
  );
  return {
    port: bound,
    close: async () => server.forceShutdown(),
  };
};
