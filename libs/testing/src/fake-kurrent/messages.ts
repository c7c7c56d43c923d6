import { Metadata, type ServiceError, status as grpcStatus } from '@grpc/grpc-js';
import type {
  BatchAppendReq,
  AppendReq,
  ReadReq,
  ReadResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Message } from 'google-protobuf';
import type { Appended, ExpectedRevision, LoggedEvent, Proposed } from './log.ts';
import { Any, protobufEmpty, shared, status, streams } from './protocol.ts';

/** Between the log's plain data and the protocol's messages, both ways, as the server fills them in. */

const utf8 = new TextDecoder();

export const streamNameIn = (
  message: { getStreamIdentifier(): { getStreamName_asU8(): Uint8Array } | undefined } | undefined,
): string => utf8.decode(message?.getStreamIdentifier()?.getStreamName_asU8());

const identifierOf = (stream: string) => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(new TextEncoder().encode(stream));
  return identifier;
};

type Expecting = {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
};

const expectedFrom = (options: Expecting, revision: string): ExpectedRevision => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream_exists' : BigInt(revision);
};

export const appendExpectation = (options: AppendReq.Options): ExpectedRevision =>
  expectedFrom(options, options.getRevision());

export const batchExpectation = (options: BatchAppendReq.Options): ExpectedRevision =>
  expectedFrom(options, options.getStreamPosition());

export const proposedFrom = (
  message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage,
): Proposed => ({
  id: message.getId()?.getString() ?? '',
  type: message.getMetadataMap().get('type') ?? '',
  contentType: message.getMetadataMap().get('content-type') ?? '',
  metadata: message.getCustomMetadata_asU8(),
  data: message.getData_asU8(),
});

export const appendAnswer = (appended: Appended, expected: ExpectedRevision) => {
  const answer = new streams.AppendResp();
  switch (appended.kind) {
    case 'success': {
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(String(appended.position));
      position.setPreparePosition(String(appended.position));
      const success = new streams.AppendResp.Success();
      success.setCurrentRevision(String(appended.current));
      success.setPosition(position);
      answer.setSuccess(success);
      return answer;
    }
    case 'wrong-expected-version': {
      const wrong = new streams.AppendResp.WrongExpectedVersion();
      if (appended.current === undefined) wrong.setCurrentNoStream(new shared.Empty());
      else wrong.setCurrentRevision(String(appended.current));
      if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
      else if (typeof expected === 'bigint') wrong.setExpectedRevision(String(expected));
      else wrong.setExpectedAny(new shared.Empty());
      answer.setWrongExpectedVersion(wrong);
      return answer;
    }
    case 'stream-deleted':
      throw rpcError(grpcStatus.FAILED_PRECONDITION, 'Event stream is deleted.', {
        exception: 'stream-deleted',
      });
    case 'too-large':
      throw rpcError(grpcStatus.INVALID_ARGUMENT, `Maximum Append Size of ${appended.most} Exceeded.`, {
        exception: 'maximum-append-size-exceeded',
        'maximum-append-size': String(appended.most),
      });
  }
};

export const batchAnswer = (appended: Appended, expected: ExpectedRevision, stream: string) => {
  const answer = new streams.BatchAppendResp();
  answer.setStreamIdentifier(identifierOf(stream));
  switch (appended.kind) {
    case 'success': {
      const position = new shared.AllStreamPosition();
      position.setCommitPosition(String(appended.position));
      position.setPreparePosition(String(appended.position));
      const success = new streams.BatchAppendResp.Success();
      success.setCurrentRevision(String(appended.current));
      success.setPosition(position);
      answer.setSuccess(success);
      return answer;
    }
    case 'wrong-expected-version': {
      const wrong = new shared.WrongExpectedVersion();
      if (appended.current === undefined) wrong.setCurrentNoStream(new protobufEmpty.Empty());
      else wrong.setCurrentStreamRevision(String(appended.current));
      if (expected === 'no_stream') wrong.setExpectedNoStream(new protobufEmpty.Empty());
      else if (typeof expected === 'bigint') wrong.setExpectedStreamPosition(String(expected));
      else wrong.setExpectedAny(new protobufEmpty.Empty());
      answer.setError(statusOf('Wrong expected version', 'event_store.client.WrongExpectedVersion', wrong));
      return answer;
    }
    case 'stream-deleted':
      answer.setError(
        statusOf('Stream deleted', 'event_store.client.StreamDeleted', new shared.StreamDeleted()),
      );
      return answer;
    case 'too-large': {
      const exceeded = new shared.MaximumAppendSizeExceeded();
      exceeded.setMaxappendsize(appended.most);
      answer.setError(statusOf('Too large', 'event_store.client.MaximumAppendSizeExceeded', exceeded));
      return answer;
    }
  }
};

/** What a busy server says inside an answer, and what it says when the replicas did not confirm in time. */
export const batchTrouble = (trouble: 'busy' | 'timeout', stream: string) => {
  const answer = new streams.BatchAppendResp();
  answer.setStreamIdentifier(identifierOf(stream));
  answer.setError(
    trouble === 'busy'
      ? statusOf('Server Is Busy', 'google.protobuf.Empty', new protobufEmpty.Empty())
      : statusOf('Timeout', 'event_store.client.Timeout', new shared.Timeout()),
  );
  return answer;
};

const statusOf = (message: string, type: string, details: Message) => {
  const packed = new Any();
  packed.pack(details.serializeBinary(), type);
  const said = new status.Status();
  said.setMessage(message);
  said.setDetails(packed);
  return said;
};

export const rpcError = (
  code: grpcStatus,
  details: string,
  trailers: Readonly<Record<string, string>> = {},
): Error & Partial<ServiceError> => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
};

export const notLeader = (leader: { readonly host: string; readonly port: number }) =>
  rpcError(grpcStatus.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': leader.host,
    'leader-endpoint-port': String(leader.port),
  });

export const invalidPosition = () =>
  rpcError(grpcStatus.INVALID_ARGUMENT, 'Trying to read from an invalid position.');

export const eventMessage = (event: LoggedEvent, options: ReadReq.Options): ReadResp => {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuidOf(event.id, options.getUuidOption()?.hasStructured() === true));
  recorded.setStreamIdentifier(identifierOf(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', '17000000000000000');
  recorded.setCustomMetadata(event.metadata);
  recorded.setData(event.data);
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  const answer = new streams.ReadResp();
  answer.setEvent(read);
  return answer;
};

const uuidOf = (id: string, structured: boolean) => {
  const uuid = new shared.UUID();
  if (!structured) {
    uuid.setString(id);
    return uuid;
  }
  const bits = BigInt(`0x${id.replaceAll('-', '')}`);
  const parts = new shared.UUID.Structured();
  parts.setMostSignificantBits(String(BigInt.asIntN(64, bits >> 64n)));
  parts.setLeastSignificantBits(String(BigInt.asIntN(64, bits)));
  uuid.setStructured(parts);
  return uuid;
};

export const streamNotFound = (stream: string): ReadResp => {
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(stream));
  const answer = new streams.ReadResp();
  answer.setStreamNotFound(missing);
  return answer;
};

export const subscriptionConfirmed = (id: string): ReadResp => {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(id);
  const answer = new streams.ReadResp();
  answer.setConfirmation(confirmation);
  return answer;
};

export const caughtUp = (): ReadResp => {
  const answer = new streams.ReadResp();
  answer.setCaughtUp(new streams.ReadResp.CaughtUp());
  return answer;
};
