import {
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  status as grpcStatus,
} from '@grpc/grpc-js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadReq,
  ReadResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { randomUUID } from 'node:crypto';
import {
  type ExpectedRevision,
  type KurrentLog,
  kurrentLog,
  type LoggedEvent,
  type Proposed,
} from './log.ts';
import {
  appendAnswer,
  appendExpectation,
  batchAnswer,
  batchExpectation,
  batchTrouble,
  caughtUp,
  eventMessage,
  invalidPosition,
  notLeader,
  proposedFrom,
  rpcError,
  streamNameIn,
  streamNotFound,
  subscriptionConfirmed,
} from './messages.ts';
import {
  features,
  gossip,
  GossipService,
  ServerFeaturesService,
  shared,
  streams,
  StreamsService,
} from './protocol.ts';

/** What happens to the next call of its kind. */
export type AppendFault =
  /** Nothing is written; the node says that it is not available. */
  | 'unavailable'
  | 'busy'
  /** Written; the connection breaks before the answer. */
  | 'lost-answer'
  /** Written; the replicas' confirmation took too long. */
  | 'server-timeout'
  /** No answer ever comes: not written, or written. */
  | 'silent'
  | 'silent-after-writing';

export type ReadFault = 'unavailable' | 'broken-midway' | 'silent';

export type FakeKurrentOptions = {
  readonly nodes?: number;
  /** Servers of the line 21.10 and later know it; without it the client sends each append as a call of its own. */
  readonly batchAppend?: boolean;
};

type Endpoint = { readonly host: string; readonly port: number };

/**
 * A KurrentDB that is none: a server on the real protocol with the real rules for expected
 * revisions, positions and leaders, which can be told to fail. It keeps nothing on disk and
 * proves nothing about the engine itself.
 */
export type FakeKurrent = {
  /** A connection string for one node, the first unless told otherwise. */
  readonly url: (node?: number) => string;
  /** A connection string that names every node and finds the leader by gossip. */
  readonly clusterUrl: string;
  readonly log: KurrentLog;
  readonly failAppends: (...faults: readonly AppendFault[]) => void;
  readonly failReads: (...faults: readonly ReadFault[]) => void;
  /** How many appends the servers have taken up, answered or not. */
  readonly appendCalls: () => number;
  /** Breaks every connection to a node; it takes new ones at once. */
  readonly cutConnections: (node?: number) => Promise<void>;
  readonly stopNode: (node: number) => void;
  readonly startNode: (node: number) => Promise<void>;
  readonly makeLeader: (node: number) => void;
  readonly close: () => void;
};

export const fakeKurrent = async ({
  nodes: count = 1,
  batchAppend = true,
}: FakeKurrentOptions = {}): Promise<FakeKurrent> => {
  const log = kurrentLog();
  const appendFaults: AppendFault[] = [];
  const readFaults: ReadFault[] = [];
  const endpoints: Endpoint[] = [];
  const servers: (Server | undefined)[] = [];
  let leader = 0;
  let appendCalls = 0;

  const cluster = {
    log,
    batchAppend,
    endpoints,
    isUp: (node: number) => servers[node] !== undefined,
    leader: () => leader,
    nextAppendFault: () => {
      appendCalls += 1;
      return appendFaults.shift();
    },
    nextReadFault: () => readFaults.shift(),
    cut: (node: number) => restart(node),
  };

  const start = async (node: number) => {
    const server = nodeServer(cluster, node);
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(
        `127.0.0.1:${endpoints[node]?.port ?? 0}`,
        ServerCredentials.createInsecure(),
        (error, bound) => (error === null ? resolve(bound) : reject(error)),
      ),
    );
    endpoints[node] = { host: '127.0.0.1', port };
    servers[node] = server;
  };
  const stop = (node: number) => {
    servers[node]?.forceShutdown();
    servers[node] = undefined;
  };
  const restart = async (node: number) => {
    stop(node);
    await start(node);
  };

  for (let node = 0; node < count; node++) await start(node);
  const hostOf = (node: number) => `127.0.0.1:${endpoints[node]?.port}`;

  return {
    log,
    url: (node = 0) => `kurrentdb://${hostOf(node)}?tls=false`,
    clusterUrl: `kurrentdb://${endpoints.map((_, node) => hostOf(node)).join(',')}?tls=false&discoveryInterval=50&maxDiscoverAttempts=20`,
    failAppends: (...faults) => void appendFaults.push(...faults),
    failReads: (...faults) => void readFaults.push(...faults),
    appendCalls: () => appendCalls,
    cutConnections: (node = 0) => restart(node),
    stopNode: stop,
    startNode: start,
    makeLeader: (node) => (leader = node),
    close: () => {
      for (const node of servers.keys()) stop(node);
    },
  };
};

type Cluster = {
  readonly log: KurrentLog;
  readonly batchAppend: boolean;
  readonly endpoints: readonly Endpoint[];
  readonly isUp: (node: number) => boolean;
  readonly leader: () => number;
  readonly nextAppendFault: () => AppendFault | undefined;
  readonly nextReadFault: () => ReadFault | undefined;
  readonly cut: (node: number) => Promise<void>;
};

const nodeServer = (cluster: Cluster, node: number): Server => {
  // Lost when the node stops, as a server's memory is.
  const recentIds = new Set<string>();
  const { log } = cluster;
  const leaderElsewhere = () => (cluster.leader() === node ? undefined : cluster.endpoints[cluster.leader()]);

  /** Settles what an append meets; `answer` is called unless the answer is to be lost. */
  const append = (
    stream: string,
    expected: ExpectedRevision,
    proposed: readonly Proposed[],
    answer: {
      readonly done: (appended: ReturnType<KurrentLog['append']>) => void;
      readonly failed: (error: object) => void;
      readonly trouble: (trouble: 'busy' | 'timeout') => void;
    },
  ) => {
    const elsewhere = leaderElsewhere();
    if (elsewhere !== undefined) return answer.failed(notLeader(elsewhere));
    const fault = cluster.nextAppendFault();
    switch (fault) {
      case undefined:
        return answer.done(log.append(stream, expected, proposed, recentIds));
      case 'unavailable':
        return answer.failed(rpcError(grpcStatus.UNAVAILABLE, 'Server Is Not Ready'));
      case 'busy':
        return answer.trouble('busy');
      case 'lost-answer':
        log.append(stream, expected, proposed, recentIds);
        return void cluster.cut(node);
      case 'server-timeout':
        log.append(stream, expected, proposed, recentIds);
        return answer.trouble('timeout');
      case 'silent':
        return;
      case 'silent-after-writing':
        log.append(stream, expected, proposed, recentIds);
        return;
    }
  };

  const server = new Server({ 'grpc.max_receive_message_length': 32 << 20 });
  server.addService(StreamsService, {
    append: (call: ServerReadableStream<AppendReq, AppendResp>, respond: sendUnaryData<AppendResp>) => {
      const proposed: Proposed[] = [];
      let options: AppendReq.Options | undefined;
      call.on('error', () => {});
      call.on('data', (request: AppendReq) => {
        options ??= request.getOptions();
        const message = request.getProposedMessage();
        if (message !== undefined) proposed.push(proposedFrom(message));
      });
      call.on('end', () => {
        if (options === undefined) return;
        const expected = appendExpectation(options);
        append(streamNameIn(options), expected, proposed, {
          done: (appended) => {
            try {
              respond(null, appendAnswer(appended, expected));
            } catch (error) {
              respond(error as object);
            }
          },
          failed: (error) => respond(error),
          trouble: (trouble) =>
            respond(
              trouble === 'busy'
                ? rpcError(grpcStatus.UNAVAILABLE, 'Server Is Too Busy')
                : rpcError(grpcStatus.ABORTED, 'Operation timed out'),
            ),
        });
      });
    },

    batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => {
      const open = new Map<string, { options: BatchAppendReq.Options; proposed: Proposed[] }>();
      call.on('error', () => {});
      call.on('end', () => call.end());
      call.on('data', (request: BatchAppendReq) => {
        const correlation = request.getCorrelationId();
        const key = correlation?.getString() ?? '';
        const options = request.getOptions();
        if (options !== undefined) open.set(key, { options, proposed: [] });
        const batch = open.get(key);
        if (batch === undefined) return;
        batch.proposed.push(...request.getProposedMessagesList().map(proposedFrom));
        if (!request.getIsFinal()) return;
        open.delete(key);
        const stream = streamNameIn(batch.options);
        const expected = batchExpectation(batch.options);
        const send = (answer: BatchAppendResp) => call.write(answer.setCorrelationId(correlation));
        append(stream, expected, batch.proposed, {
          done: (appended) => send(batchAnswer(appended, expected, stream)),
          failed: (error) => call.emit('error', error),
          trouble: (trouble) => send(batchTrouble(trouble, stream)),
        });
      });
    },

    read: (call: ServerWritableStream<ReadReq, ReadResp>) => {
      const options = call.request.getOptions();
      if (options === undefined) return call.end();
      const elsewhere = leaderElsewhere();
      if (elsewhere !== undefined && call.metadata.get('requires-leader')[0] === 'true')
        return call.emit('error', notLeader(elsewhere));
      const fault = options.hasSubscription() ? undefined : cluster.nextReadFault();
      if (fault === 'silent') return;
      if (fault === 'unavailable')
        return call.emit('error', rpcError(grpcStatus.UNAVAILABLE, 'Server Is Not Ready'));
      if (options.hasSubscription()) return subscribe(log, call, options);
      read(log, call, options, fault === 'broken-midway');
    },
  });

  server.addService(GossipService, {
    read: (_: unknown, respond: sendUnaryData<object>) => {
      const info = new gossip.ClusterInfo();
      info.setMembersList(
        cluster.endpoints.map(({ host, port }, n) => {
          const endpoint = new gossip.EndPoint();
          endpoint.setAddress(host);
          endpoint.setPort(port);
          const member = new gossip.MemberInfo();
          const id = new shared.UUID();
          id.setString(`00000000-0000-4000-8000-${String(n).padStart(12, '0')}`);
          member.setInstanceId(id);
          member.setTimeStamp('17000000000000000');
          const { LEADER, FOLLOWER } = gossip.MemberInfo.VNodeState;
          member.setState(n === cluster.leader() ? LEADER : FOLLOWER);
          member.setIsAlive(cluster.isUp(n));
          member.setHttpEndPoint(endpoint);
          return member;
        }),
      );
      respond(null, info);
    },
  });

  server.addService(ServerFeaturesService, {
    getSupportedMethods: (_: ServerUnaryCall<object, object>, respond: sendUnaryData<object>) => {
      const supported = new features.SupportedMethods();
      supported.setEventStoreServerVersion('24.6.0');
      supported.setMethodsList(
        ['append', 'read', ...(cluster.batchAppend ? ['batchappend'] : [])].map((name) => {
          const method = new features.SupportedMethod();
          method.setServiceName('event_store.client.streams.streams');
          method.setMethodName(name);
          method.setFeaturesList(name === 'read' ? ['position', 'events'] : []);
          return method;
        }),
      );
      respond(null, supported);
    },
  });
  return server;
};

const matcher = (options: ReadReq.Options): ((event: LoggedEvent) => boolean) => {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const byType = filter.getEventType();
  const expression = byType ?? filter.getStreamIdentifier();
  const prefixes = expression?.getPrefixList() ?? [];
  const pattern = new RegExp(expression?.getRegex() ?? '', 'u');
  return (event) => {
    const text = byType === undefined ? event.stream : event.type;
    return prefixes.length > 0 ? prefixes.some((prefix) => text.startsWith(prefix)) : pattern.test(text);
  };
};

const read = (
  log: KurrentLog,
  call: ServerWritableStream<ReadReq, ReadResp>,
  options: ReadReq.Options,
  breaks: boolean,
): void => {
  const forwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.FORWARDS;
  const stream = options.getStream();
  let events: readonly LoggedEvent[];
  if (stream !== undefined) {
    const history = log.stream(streamNameIn(stream));
    if (history === undefined) {
      call.write(streamNotFound(streamNameIn(stream)));
      return void call.end();
    }
    const from = BigInt(stream.getRevision() || '0');
    events = forwards
      ? history.filter(({ revision }) => !stream.hasRevision() || revision >= from)
      : history.filter(({ revision }) => !stream.hasRevision() || revision <= from).toReversed();
  } else {
    const position = options.getAll()?.getPosition();
    const from = position === undefined ? undefined : BigInt(position.getCommitPosition());
    if (from !== undefined && log.from(from) === undefined) return void call.emit('error', invalidPosition());
    events = forwards
      ? from === undefined
        ? log.whole()
        : (log.from(from) ?? [])
      : log
          .whole()
          .filter(({ position }) => from === undefined || position < from)
          .toReversed();
  }
  const matches = matcher(options);
  let left = BigInt(options.getCount() || '0');
  for (const event of events) {
    if (left === 0n) break;
    if (!matches(event)) continue;
    left -= 1n;
    call.write(eventMessage(event, options));
    if (breaks) return void call.emit('error', rpcError(grpcStatus.UNAVAILABLE, 'Connection lost'));
  }
  call.end();
};

const subscribe = (
  log: KurrentLog,
  call: ServerWritableStream<ReadReq, ReadResp>,
  options: ReadReq.Options,
): void => {
  const all = options.getAll();
  const position = all?.getPosition();
  let next = all?.hasStart() === true ? (log.whole()[0]?.position ?? log.end()) : log.end();
  if (position !== undefined) {
    const rest = log.from(BigInt(position.getCommitPosition()));
    if (rest === undefined) return void call.emit('error', invalidPosition());
    // A subscription begins after the position it is given, a read begins at it.
    next = rest[1]?.position ?? log.end();
  }
  const matches = matcher(options);
  const send = () => {
    for (const event of log.from(next) ?? []) if (matches(event)) call.write(eventMessage(event, options));
    next = log.end();
  };
  call.write(subscriptionConfirmed(randomUUID()));
  send();
  call.write(caughtUp());
  const unwatch = log.watch(send);
  call.on('cancelled', unwatch);
  call.on('close', unwatch);
  call.on('error', unwatch);
};
