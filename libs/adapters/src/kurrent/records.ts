import { binaryEvent, type EventData, type RecordedEvent } from '@kurrent/kurrentdb-client';
import type { NewEvent, Position, Recorded } from '@liandong/application';
import { decodeEvent, eventHash, type EventHash, type Source, type StreamName } from '@liandong/kernel';
import { recordId, sha256 } from './record-id.ts';
import type { KeptSeal } from './seals.ts';

/**
 * What stands beside an event's bytes. The bytes are the record's data as they are; everything
 * that identifies them stands here, so that reading parses no event.
 */
type Beside = {
  readonly source: Source;
  readonly id: string;
  readonly hash: EventHash;
  readonly seal: KeptSeal;
};

export const recordOf = ({ envelope, bytes, hash }: NewEvent, seal: KeptSeal): EventData => {
  const beside: Beside = { source: envelope.source, id: envelope.id, hash, seal };
  return binaryEvent({ id: recordId(hash), type: envelope.type, data: bytes, metadata: { ...beside } });
};

/** Counts as the server does: an append of more than its limit is refused whole. */
export const sizeOf = (records: readonly EventData[]): number =>
  records.reduce(
    (sum, { data, metadata }) =>
      sum + (data as Uint8Array).length + Buffer.byteLength(JSON.stringify(metadata ?? '')),
    0,
  );

/**
 * The byte of the server's log at which a record begins, doubled: so the place just before a
 * record has a number too, from which a reader may ask on, where the server knows only places of
 * records.
 */
export const positionOf = (commit: bigint): Position => (commit * 2n) as Position;

/** Where the server is to begin, to show everything after a position. */
export const placeFrom = (after: Position) => {
  const commit = (after + 1n) / 2n;
  return { commit, prepare: commit };
};

export type Kept = { readonly recorded: Recorded; readonly seal: KeptSeal | undefined };

export const keptFrom = (event: RecordedEvent, stream: StreamName): Kept => {
  const { streamId, revision, type, position } = event;
  if (position === undefined || position.commit !== position.prepare)
    throw new Error(`${streamId} ${revision} was written by a transaction, which this store never makes`);
  const bytes = event.data as Uint8Array;
  const beside = besideOf(event);
  return {
    seal: beside.seal,
    recorded: {
      position: positionOf(position.commit),
      stream,
      revision: Number(revision) + 1,
      source: beside.source,
      id: beside.id,
      type,
      hash: beside.hash,
      bytes,
    },
  };
};

/** Who writes to the server past this store leaves a record that has no seal, or is no event. */
const besideOf = ({
  streamId,
  revision,
  data,
  metadata,
}: RecordedEvent): Omit<Beside, 'seal'> & { readonly seal: KeptSeal | undefined } => {
  if (typeof metadata === 'object' && metadata !== null && 'hash' in metadata && 'seal' in metadata)
    return metadata as Beside;
  try {
    const bytes = data instanceof Uint8Array ? data : Buffer.from(JSON.stringify(data));
    const { source, id } = decodeEvent(bytes);
    return { source, id, hash: eventHash(sha256, bytes), seal: undefined };
  } catch (error) {
    throw new Error(`record ${revision} of ${streamId} is no event; nothing is skipped`, { cause: error });
  }
};
