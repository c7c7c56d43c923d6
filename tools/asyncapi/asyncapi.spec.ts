import { beforeAll, describe, expect, it } from '@jest/globals';
import { sha256 } from '@liandong/adapters/crypto';
import type { BusRecord, Position } from '@liandong/application';
import { asyncApi, knownTypes, toLinkRecords, toTopicRecord } from '@liandong/contracts';
import { fromUtf8, type TierCode } from '@liandong/kernel';
import { newStream, testEvent, testSealer } from '@liandong/testing';
import { Ajv, type AnySchema } from 'ajv';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const root = path.resolve(import.meta.dirname, '../..');
const [city, county] = ['431000', '431021'] as [TierCode, TierCode];

/** In a process of its own: the parser brings packages that only a plain Node loads. */
const node = (args: readonly string[], input = '') =>
  spawnSync(process.execPath, ['--conditions=@liandong/source', ...args], {
    ...{ cwd: root, encoding: 'utf8', input },
    env: { ...process.env, NODE_OPTIONS: '' },
  });
const faults = (document: object): readonly string[] => {
  const program = `
    import { readFileSync } from 'node:fs';
    import { faultsIn } from './tools/asyncapi/document.ts';
    console.log(JSON.stringify(await faultsIn(readFileSync(0, 'utf8'))));`;
  const { stdout, stderr } = node(['--input-type=module', '--eval', program], JSON.stringify(document));
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

const copy = () => JSON.parse(JSON.stringify(asyncApi()));

describe('the AsyncAPI document', () => {
  it('is what the schemas say, and valid by AsyncAPI’s own parser', () => {
    expect(node(['tools/asyncapi/check.ts'])).toMatchObject({ status: 0, stderr: '' });
    expect(parse(readFileSync(path.join(root, 'docs/asyncapi.yaml'), 'utf8'))).toEqual(asyncApi());
  });

  it('would not be valid with a reference to nothing, or a binding that Kafka does not have', () => {
    const document = copy();
    document.channels.events.messages.lost = { $ref: '#/components/messages/lost' };
    expect(faults(document)).not.toEqual([]);
    const other = copy();
    other.channels.events.bindings.kafka.partitions = 'many';
    expect(faults(other)).not.toEqual([]);
  });
});

describe('what is really said on the topics', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  const document = copy();
  beforeAll(() => void ajv.addSchema(document as AnySchema, 'asyncapi'));

  const errorsOf = (message: string, { headers, value }: BusRecord) => {
    const texts = Object.fromEntries(
      Object.entries(headers).map(([name, held]) => [name, Buffer.from(held).toString()]),
    );
    const errors = (part: string, instance: unknown) => {
      const validate = ajv.getSchema(`asyncapi#/components/messages/${message}/${part}`);
      if (validate === undefined) throw new Error(`no ${part} of ${message}`);
      return validate(instance) === true ? [] : (validate.errors ?? []);
    };
    return [...errors('headers', texts), ...errors('payload', JSON.parse(fromUtf8(value!)))];
  };
  const topicRecord = (type: string, data: object): BusRecord => {
    const { envelope, bytes, hash } = testEvent({ stream: newStream(), type, data });
    return toTopicRecord({
      after: 0n as Position,
      event: {
        ...{ position: 1n as Position, stream: envelope.subject, revision: 1, bytes, hash },
        ...{ source: envelope.source, id: envelope.id, type },
      },
    })!;
  };
  const filed = 'liandong.case.filed.v1';
  const said = { by: { role: 'system' } };

  it('has a message for every type of event that this build knows', () => {
    for (const type of knownTypes) {
      expect(document.channels.events.messages[type]).toEqual({ $ref: `#/components/messages/${type}` });
      expect(document.components.messages[type].headers.properties).toEqual({ ce_type: { const: type } });
    }
  });

  it('validates a record of the tier’s topic, and not another type’s, a broken one, or one that lacks an attribute', () => {
    expect(errorsOf(filed, topicRecord(filed, said))).toEqual([]);
    expect(errorsOf(filed, topicRecord(filed, { ...said, surplus: 'of a newer build' }))).toEqual([]);
    expect(errorsOf(filed, topicRecord('liandong.case.shared.v1', said))).not.toEqual([]);
    expect(errorsOf(filed, topicRecord(filed, { by: { role: 'nobody' } }))).not.toEqual([]);
    const { ce_sequence: _, ...headers } = topicRecord(filed, said).headers;
    expect(errorsOf(filed, { ...topicRecord(filed, said), headers })).not.toEqual([]);
    expect(errorsOf('another', topicRecord('liandong.case.filed.v9', { anything: true }))).toEqual([]);
  });

  it('validates what a link says: its events and its heartbeats', () => {
    const { bytes, hash } = testEvent({ stream: newStream(), type: filed, data: said });
    const feed = { author: county, destination: city };
    const [event] = toLinkRecords({
      ...{ kind: 'block', feed, first: 1, head: 3, seals: [testSealer().seal([hash])] },
      entries: [{ seq: 0, bytes, seal: 0 }],
    });
    expect(errorsOf('linkEvent', event!)).toEqual([]);
    const { 'liandong-number': _, ...headers } = event!.headers;
    expect(errorsOf('linkEvent', { ...event!, headers })).not.toEqual([]);
    const [beat] = toLinkRecords({
      ...{ kind: 'heartbeat', feed, head: 3, digest: hash, received: 0, receivedDigest: '' },
      ...{ waiting: 0, parked: 0, time: '2026-03-02T01:00:00.000Z', keyId: 'a'.repeat(8) },
      ...{ signature: sha256(), checkpoint: sha256() },
    });
    expect(errorsOf('heartbeat', beat!)).toEqual([]);
  });
});
