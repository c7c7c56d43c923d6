import { describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import type { BusRecord, Position, TopicEntry } from '@liandong/application';
import { decodeEvent, eventBytes, eventHash, fromUtf8, utf8, type Envelope } from '@liandong/kernel';
import { newStream, testEvent } from '@liandong/testing';
import fc from 'fast-check';
import { eventBytesOf, toBinaryMessage } from './cloud-event-records.ts';
import { fromTopicRecord, tierTopicPlan, toTopicRecord } from './tier-topic.ts';

const { envelope, bytes, hash } = testEvent({ stream: newStream(), data: { text: '聯動 ‖ \u2028 "' } });
const entry: TopicEntry = {
  after: 6n as Position,
  event: {
    ...{ position: 7n as Position, stream: envelope.subject, revision: 3, bytes, hash },
    ...{ source: envelope.source, id: envelope.id, type: envelope.type },
  },
};
const record = toTopicRecord(entry)!;
const texts = ({ headers }: Pick<BusRecord, 'headers'>) =>
  Object.fromEntries(Object.entries(headers).map(([name, held]) => [name, fromUtf8(held)]));
const changed = (headers: Readonly<Record<string, string | undefined>>, value = record.value) => ({
  ...record,
  value,
  headers: Object.fromEntries(
    Object.entries({ ...texts(record), ...headers }).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, utf8(text)]],
    ),
  ),
});

describe('an event in the binary mode of CloudEvents', () => {
  it('has each attribute in a header of its own, its content type where Kafka has it, and the data alone as value', () => {
    const { data, datacontenttype, ...attributes } = envelope;
    expect(texts(toBinaryMessage(bytes))).toEqual({
      'content-type': datacontenttype,
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value])),
    });
    expect(JSON.parse(fromUtf8(record.value!))).toEqual(data);
  });

  it('comes back byte for byte, whatever its data is', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (data) => {
        const sent = eventBytes({ ...envelope, data });
        expect(eventBytesOf(toBinaryMessage(sent))).toEqual({ ok: true, value: sent });
      }),
    );
  });

  it('is a tombstone only if it has no data', () => {
    const { data: _, ...bare } = envelope;
    const without = eventBytes(bare as Envelope);
    expect(toBinaryMessage(without).value).toBeNull();
    expect(eventBytesOf(toBinaryMessage(without))).toEqual({ ok: true, value: without });
    expect(toBinaryMessage(eventBytes({ ...envelope, data: {} })).value).toEqual(utf8('{}'));
  });

  it('is read though a sender repeats its content type as an attribute, and by Kafka’s word alone', () => {
    expect(eventBytesOf(changed({ ce_datacontenttype: 'text/plain' }))).toEqual({ ok: true, value: bytes });
  });

  it('is read in structured mode too, told by its content type in any case and with any parameter', () => {
    for (const type of ['application/cloudevents+json; charset=UTF-8', 'Application/CloudEvents+JSON'])
      expect(eventBytesOf({ value: bytes, headers: { 'content-type': utf8(type) } })).toEqual({
        ok: true,
        value: bytes,
      });
  });

  it.each([
    ['without an id', changed({ ce_id: undefined }), 'ce_id'],
    ['with an empty source', changed({ ce_source: '' }), 'ce_source'],
    ['with data among its attributes', changed({ ce_data: 'x' }), 'ce_data'],
    ['with a name that is none', changed({ 'ce_a-b': 'x' }), 'ce_a-b'],
    [
      'in a format nobody reads here',
      changed({ 'content-type': 'application/cloudevents+avro' }),
      'content-type',
    ],
    ['whose data is no JSON', changed({}, utf8('{')), 'value'],
    ['whose data says it is text', changed({ 'content-type': 'text/plain' }), 'content-type'],
    ['with a lone surrogate in its data', changed({}, utf8('{"a":"\\ud800"}')), 'value'],
    [
      'whose header is not UTF-8',
      { ...record, headers: { ...record.headers, ce_id: Uint8Array.of(255) } },
      'ce_id',
    ],
    [
      'of structured mode without a value',
      changed({ 'content-type': 'application/cloudevents+json' }, null),
      'value',
    ],
  ])('is refused %s', (_, message, field) => {
    expect(eventBytesOf(message)).toMatchObject({ ok: false, refusal: { code: 'no-cloud-event', field } });
  });
});

describe('a record of the tier’s topic', () => {
  it('lies under its stream and says where the store holds its event', () => {
    expect(fromUtf8(record.key!)).toBe(envelope.subject);
    expect(texts(record)).toMatchObject({
      'liandong-hash': hash,
      'liandong-position': '7',
      'liandong-after': '6',
      'liandong-revision': '3',
    });
    expect(fromTopicRecord(sha256, record)).toEqual({ ok: true, value: entry });
  });

  it('is not believed when its event is not what its hash names, or its place is none', () => {
    for (const wrong of [
      changed({}, utf8('{"text":"something else"}')),
      changed({ ce_authid: 'somebody else' }),
      changed({ 'liandong-hash': undefined }),
      changed({ 'liandong-position': '6' }),
      changed({ 'liandong-position': '07' }),
      changed({ 'liandong-after': undefined }),
      changed({ ce_id: undefined }),
    ])
      expect(fromTopicRecord(sha256, wrong).ok).toBe(false);
  });

  it('is not made of bytes that are no event', () => {
    for (const text of ['{"specversion":', '{}', 'null'])
      expect(toTopicRecord({ ...entry, event: { ...entry.event, bytes: utf8(text) } })).toBeUndefined();
  });

  it('holds no more than the event does: what was withheld from its bytes is nowhere in it', () => {
    const withheld = { ...envelope, data: { _sd: ['x'.repeat(43)] } };
    const sent = eventBytes(withheld);
    const made = toTopicRecord({
      ...entry,
      event: { ...entry.event, bytes: sent, hash: eventHash(sha256, sent) },
    })!;
    expect(eventBytesOf(made)).toEqual({ ok: true, value: sent });
    expect(decodeEvent(sent)).toEqual(withheld);
  });

  it('goes to a topic of as many partitions as the tier says, 12 unless it does', () => {
    expect(tierTopicPlan()).toMatchObject({ topic: 'liandong.events.v1', partitions: 12 });
    expect(tierTopicPlan({ partitions: 3, retentionDays: 1 })).toMatchObject({
      partitions: 3,
      settings: { 'retention.ms': '86400000', 'cleanup.policy': 'delete' },
    });
  });
});
