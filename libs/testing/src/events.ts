import { sha256 } from '@liandong/adapters/crypto';
import type { NewEvent } from '@liandong/application';
import {
  type CommitSeal,
  type Disclosure,
  type Envelope,
  eventBytes,
  eventHash,
  eventId,
  ownStream,
  type Source,
  sourceOf,
  type StreamName,
  type TierCode,
  twentyDigits,
} from '@liandong/kernel';
import { randomUUID } from 'node:crypto';

export const testTier = '431000' as TierCode;
export const testSource: Source = sourceOf({ network: 'test.example', tier: testTier, epoch: 0 });

/** A stream nobody else writes. */
export const newStream = (): StreamName => ownStream('item', testTier, randomUUID().replaceAll('-', ''));

export type TestEvent = {
  readonly stream: StreamName;
  readonly source?: Source;
  readonly id?: string;
  readonly type?: string;
  readonly data?: unknown;
  /** The author's event before this one in the stream: its only parent. */
  readonly previous?: NewEvent;
  readonly seal?: CommitSeal;
  readonly disclosures?: readonly Disclosure[];
};

/** A whole, valid event, with an id of its own unless one is given. */
export const testEvent = ({
  stream,
  source = testSource,
  id = eventId(sha256, 'test', randomUUID(), 0),
  type = 'liandong.item.noted.v1',
  data = {},
  previous,
  seal,
  disclosures,
}: TestEvent): NewEvent => {
  const envelope: Envelope = {
    specversion: '1.0',
    id,
    source,
    type,
    subject: stream,
    time: '2026-03-02T01:00:00.000Z',
    recordedtime: '2026-03-02T01:00:00.000Z',
    datacontenttype: 'application/json',
    dataschema: `https://test.example/schemas/${type}`,
    sequence: twentyDigits(Number(previous?.envelope.sequence ?? 0) + 1),
    parents: previous?.hash ?? '',
    height: twentyDigits(Number(previous?.envelope.height ?? 0) + 1),
    term: '0.0',
    authtype: 'system',
    authid: 'test',
    data,
  };
  const bytes = eventBytes(envelope);
  return {
    envelope,
    bytes,
    hash: eventHash(sha256, bytes),
    ...(seal && { seal }),
    ...(disclosures && { disclosures }),
  };
};

/** A chain of `size` events of one author, each the parent of the next. */
export const testEvents = (size: number, first: TestEvent, previous?: NewEvent): readonly NewEvent[] => {
  const chain: NewEvent[] = [];
  for (let n = 1; n <= size; n++) {
    const before = chain.at(-1) ?? previous;
    chain.push(testEvent({ data: { n }, ...first, ...(before && { previous: before }) }));
  }
  return chain;
};
