import { sha256 } from '@liandong/adapters/crypto';
import type { NewEvent } from '@liandong/application';
import {
  type Envelope,
  eventBytes,
  eventHash,
  sourceOf,
  type StreamName,
  type TierCode,
  twentyDigits,
} from '@liandong/kernel';
import { randomBytes, randomUUID } from 'node:crypto';

export const eventSize = 1024;
export const benchTier = '431000' as TierCode;
export const benchAuthor = { network: 'bench.example', tier: benchTier, epoch: 1 } as const;
export const benchSource = sourceOf(benchAuthor);

export const newStream = (): StreamName => `case-${randomBytes(16).toString('hex')}` as StreamName;

/** One stream's events as its author makes them, each the parent of the next, each of `size` bytes. */
export const streamWriter = (
  stream: StreamName = newStream(),
  { size = eventSize, type = 'liandong.case.opinionGiven.v1' }: { size?: number; type?: string } = {},
) => {
  let revision = 0;
  let parent = '';
  const next = (): NewEvent => {
    revision += 1;
    const envelope: Envelope<string, { note: string }> = {
      specversion: '1.0',
      id: randomUUID(),
      source: benchSource,
      type,
      subject: stream,
      time: '2026-03-02T01:00:00.000Z',
      recordedtime: '2026-03-02T01:00:00.000Z',
      datacontenttype: 'application/json',
      dataschema: `urn:liandong:schema:${type}`,
      sequence: twentyDigits(revision),
      parents: parent,
      height: twentyDigits(revision),
      term: '0.0',
      authtype: 'user',
      authid: 'a1b2c3d4e5f6a7b8c9d0e1',
      data: { note: '' },
    };
    const bare = eventBytes(envelope).length;
    if (bare > size) throw new RangeError(`an event has at least ${bare} bytes`);
    const full = { ...envelope, data: { note: filler(size - bare) } };
    const bytes = eventBytes(full);
    const hash = eventHash(sha256, bytes);
    parent = hash;
    return { envelope: full, bytes, hash };
  };
  return { stream, next };
};

/** Text that does not shrink to nothing when it is compressed. */
const filler = (size: number): string => {
  const from = Math.floor(Math.random() * (pool.length - size));
  return pool.slice(from, from + size);
};
const pool = randomBytes(64 * 1024).toString('base64url');

/** One call of `append`: events that continue a stream of which `seen` have been read. */
export type Job = {
  readonly stream: StreamName;
  readonly seen: number;
  readonly events: readonly NewEvent[];
};

/** What each of `callers` does, one call after the other: `size` events a call, `length` calls a stream. */
export const jobsFor = (
  callers: number,
  calls: number,
  { size = 1, length = 10, bytes = eventSize }: { size?: number; length?: number; bytes?: number } = {},
): readonly (readonly Job[])[] =>
  Array.from({ length: callers }, () => {
    let writer = streamWriter(newStream(), { size: bytes });
    return Array.from({ length: calls }, (_, n) => {
      if (n % length === 0) writer = streamWriter(newStream(), { size: bytes });
      const seen = (n % length) * size;
      return { stream: writer.stream, seen, events: Array.from({ length: size }, () => writer.next()) };
    });
  });
