import type { Block, BusRecord, Heartbeat, LaneArrival } from '@liandong/application';
import { describe, expect, it } from '@jest/globals';
import { type EventHash, fromUtf8, type TierCode, utf8 } from '@liandong/kernel';
import fc from 'fast-check';
import { fromLinkRecords, toLinkRecords } from './link-records.ts';
import { linkTopic } from './link-topics.ts';

const [city, county, township] = ['431000', '431021', '431021106'] as [TierCode, TierCode, TierCode];
const feed = { author: township, destination: city };
const hash = 'ab'.repeat(32) as EventHash;
const signature = new Uint8Array(64).fill(7);
const event = (subject: string) =>
  utf8(JSON.stringify({ specversion: '1.0', subject, data: { 意见: '同意' } }));
const seal = { service: 'approval', keyId: '0123abcd', leaves: [hash, hash], signature } as const;

const block: Block = {
  ...{ kind: 'block', feed, first: 4, head: 9 },
  entries: [
    { seq: 12, bytes: event('case-1'), seal: 0 },
    { seq: 13, bytes: event('case-2'), seal: 1 },
    { seq: 15, bytes: new Uint8Array([0, 255]), seal: 0 },
  ],
  seals: [seal, { ...seal, service: 'exchange' }],
};
const proven: Block = {
  ...block,
  entries: block.entries.slice(0, 2),
  proofs: {
    heads: [utf8('head\n')],
    hashes: [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)],
    entries: [
      { head: 0, path: [0] },
      { head: 0, path: [1, 0] },
    ],
  },
};
const beat: Heartbeat = {
  ...{
    kind: 'heartbeat',
    feed,
    head: 9,
    digest: hash,
    received: 0,
    receivedDigest: '',
    waiting: 1,
    parked: 2,
  },
  ...{ time: '2026-03-02T01:00:00.000Z', keyId: '0123abcd', signature },
};

const offered = (records: readonly BusRecord[]) =>
  records.map((record, n) => ({ ...record, offset: BigInt(n) }));
const read = (...records: readonly BusRecord[]): readonly LaneArrival[] => fromLinkRecords(offered(records));
const framesOf = (arrivals: readonly LaneArrival[]) =>
  arrivals.map((arrival) => (arrival.kind === 'frame' ? arrival.frame : arrival));

describe('the records of a link’s topic', () => {
  it('are named after the two neighbours and the way', () => {
    expect(linkTopic(township, county)).toBe('liandong.link.431021106.431021.v1');
  });

  it.each([block, proven, beat, { ...beat, checkpoint: utf8('checkpoint\n') }])(
    'give the frame back that they were made of',
    (frame) => {
      expect(framesOf(read(...toLinkRecords(frame)))).toEqual([frame]);
    },
  );

  it('are CloudEvents in structured mode: the value is the event, byte by byte, and the key its stream', () => {
    const [first, , third] = toLinkRecords(block);
    expect(first?.value).toEqual(event('case-1'));
    expect(fromUtf8(first!.key!)).toBe('case-1');
    expect(fromUtf8(first!.headers['content-type']!)).toBe('application/cloudevents+json; charset=UTF-8');
    expect(fromUtf8(third!.key!)).toBe(township);
  });

  it('become one block as long as they follow one another in one feed', () => {
    const other = { ...block, feed: { author: county, destination: city } };
    const [a, b, c] = toLinkRecords(block) as [BusRecord, BusRecord, BusRecord];
    const frames = framesOf(read(a, ...toLinkRecords(other), b, c, a, ...toLinkRecords(beat), b)) as Block[];
    expect(
      frames.map(({ kind, first, entries, feed: { author } }) => [kind, author, first, entries?.length]),
    ).toEqual([
      ['block', township, 4, 1],
      ['block', county, 4, 3],
      ['block', township, 5, 2],
      ['block', township, 4, 1],
      ['heartbeat', township, undefined, undefined],
      ['block', township, 5, 1],
    ]);
  });

  const [record] = toLinkRecords(proven) as [BusRecord];
  const [beating] = toLinkRecords(beat) as [BusRecord];
  const header = (name: string, text: string): BusRecord => ({
    ...record,
    headers: { ...record.headers, [name]: utf8(text) },
  });
  it.each<[string, BusRecord]>([
    ['content-type is missing', { ...record, headers: {} }],
    ['content-type is not one of a link', header('content-type', 'text/plain')],
    ['content-type is not UTF-8', { ...record, headers: { 'content-type': new Uint8Array([255]) } }],
    ['value is missing', { ...record, value: null }],
    ['value is longer than 65535 bytes', { ...record, value: new Uint8Array(65_536) }],
    ['liandong-number counts from 1', header('liandong-number', '0')],
    ['liandong-number is not a count', header('liandong-number', '1e3')],
    ['liandong-head is not a count', header('liandong-head', '99999999999999999')],
    ['liandong-author is no division code', header('liandong-author', '43')],
    ['liandong-seal is of no service', header('liandong-seal', 'nobody 0123abcd AA== 00')],
    ['liandong-seal names no key', header('liandong-seal', `approval x AA== ${hash}`)],
    ['liandong-seal holds no hashes', header('liandong-seal', 'approval 0123abcd AA== 00')],
    ['liandong-seal holds no signature', header('liandong-seal', `approval 0123abcd ? ${hash}`)],
    ['liandong-proof-path is no path', header('liandong-proof-path', 'short')],
    ['liandong-proof-head is no head', header('liandong-proof-head', 'x'.repeat(20_000))],
    ['value is no JSON', { ...beating, value: utf8('{') }],
    [
      'head is not as in a heartbeat',
      { ...beating, value: utf8(JSON.stringify({ ...beat, head: -1, signature: '' })) },
    ],
    [
      'checkpoint is not as in a heartbeat',
      {
        ...beating,
        value: utf8(JSON.stringify({ ...beat, checkpoint: 'A'.repeat(21_852), signature: '' })),
      },
    ],
  ])('are named as unreadable, with their bytes, where %s', (rule, poison) => {
    expect(read(record, poison, record)[1]).toEqual({
      kind: 'unreadable',
      detail: `record 1: ${rule}`,
      bytes: poison.value ?? new Uint8Array(),
    });
  });

  it('never make the reader throw, whatever they hold', () => {
    const bytes = fc.uint8Array({ maxLength: 80 });
    const names = fc.constantFrom(...Object.keys(record.headers), 'other');
    const anything = fc.record({
      value: fc.oneof(bytes, fc.constant(null), fc.constant(record.value), fc.constant(beating.value)),
      headers: fc
        .dictionary(
          names,
          fc.oneof(bytes, fc.constantFrom(...Object.values({ ...record.headers, ...beating.headers }))),
        )
        .map((some) => ({ ...record.headers, ...some })),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 8 }), (records) => {
        const arrivals = read(...records);
        const entries = framesOf(arrivals).flatMap((frame): readonly unknown[] =>
          frame.kind === 'block' ? frame.entries : [frame],
        );
        expect(entries).toHaveLength(records.length);
      }),
    );
  });
});
