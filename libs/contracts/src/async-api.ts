import { z } from 'zod';
import { structuredType } from './cloud-event-records.ts';
import { heartbeatShape, heartbeatType } from './link-records.ts';
import { linkTopics } from './link-topics.ts';
import { eventSchemas, knownTypes } from './schemas/index.ts';
import { tierTopicPlan } from './tier-topic.ts';
import type { TopicPlan } from '@liandong/application';
import type { TierCode } from '@liandong/kernel';

/*
 * What stands on a tier's topics, as an AsyncAPI document made of the schemas that the code itself
 * reads with. Published schemas let unknown members pass: within a major version a newer author may
 * add optional ones.
 */

type Json = Readonly<Record<string, unknown>>;

const published = (schema: z.ZodType): Json => {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return json;
};

// What every event states

const digits = z.string().regex(/^\d{20}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime({ precision: 3 });

const attributes = {
  specversion: z.literal('1.0'),
  id: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  source: z
    .string()
    .regex(/^https:\/\/[a-z0-9.-]+\/tiers\/(\d{6}|\d{9})\/(0|[1-9]\d{0,8})$/)
    .describe('the author: a tier, in an epoch of its ledger; `source` and `id` identify the event'),
  type: z.string().regex(/^liandong\.[a-z]{1,40}\.[a-z][A-Za-z0-9]{0,60}\.v[1-9]\d{0,3}$/),
  subject: z.string().min(1).describe('the stream, and the key of the record'),
  time: instant.describe('when it happened'),
  recordedtime: instant.describe('when it was stored'),
  dataschema: z.string().min(1),
  sequence: digits.describe('the author’s number within the stream, from 1 without a gap'),
  parents: z.string().describe('hashes of the events it builds on, joined by commas; empty for a first one'),
  height: digits,
  term: z.string().regex(/^\d+\.\d+$/),
  authtype: z.enum(['user', 'service_account', 'system']),
  authid: z.string().min(1).describe('a pseudonym, one per case'),
  correlationid: z.string().optional(),
  causationid: z.string().optional(),
  rulepack: z.string().optional(),
};

const binaryHeaders = z.object({
  'content-type': z.literal('application/json'),
  ...Object.fromEntries(Object.entries(attributes).map(([name, schema]) => [`ce_${name}`, schema])),
  'liandong-hash': hash.describe('the event hash: the leaf in its author’s ledger'),
  'liandong-position': z.string().regex(/^\d+$/).describe('where this tier’s store holds it'),
  'liandong-after': z.string().regex(/^\d+$/).describe('the position of the event in front of it there'),
  'liandong-revision': z.string().regex(/^\d+$/).describe('its number in its stream there, from 1'),
});

const structuredEvent = z.object({
  ...attributes,
  datacontenttype: z.literal('application/json'),
  data: z.record(z.string(), z.unknown()),
});

const linkHeaders = z.object({
  'content-type': z.literal(structuredType),
  'liandong-author': z.string().regex(/^(\d{6}|\d{9})$/),
  'liandong-destination': z.string().regex(/^(\d{6}|\d{9})$/),
  'liandong-number': z
    .string()
    .regex(/^[1-9]\d*$/)
    .describe('the entry’s number in the feed'),
  'liandong-head': z.string().regex(/^\d+$/).describe('the last number the sender holds'),
  'liandong-seq': z.string().regex(/^\d+$/).describe('the leaf in its author’s ledger'),
  'liandong-seal': z.string().describe('service, key id, signature and leaves'),
  'liandong-proof-head': z.string().optional().describe('a signed note, as bytes'),
  'liandong-proof-path': z.string().optional().describe('32 bytes each, leaf first'),
});

// The document

const bindingVersion = '0.5.0';

const topicBinding = ({ partitions, settings }: TopicPlan): Json => ({
  kafka: {
    partitions,
    topicConfiguration: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        name,
        name === 'cleanup.policy' ? value.split(',') : Number(value),
      ]),
    ),
    bindingVersion,
  },
});

const keyBinding = (description: string): Json => ({
  kafka: { key: { type: 'string', description }, bindingVersion },
});

const messageOf = (type: string, schema: z.ZodType): Json => ({
  name: type,
  title: type,
  contentType: 'application/json',
  headers: {
    type: 'object',
    allOf: [{ $ref: '#/components/schemas/binaryHeaders' }],
    properties: { ce_type: { const: type } },
  },
  payload: published(schema),
  bindings: keyBinding('the stream, as `ce_subject` names it'),
});

const otherType = 'another';

const eventMessages = (): Json => ({
  ...Object.fromEntries(knownTypes.map((type) => [type, messageOf(type, schemaOf(type))])),
  [otherType]: {
    ...messageOf('', z.record(z.string(), z.unknown())),
    ...{ name: otherType, title: 'a type that a newer build of some tier writes: to be passed over' },
    headers: { type: 'object', allOf: [{ $ref: '#/components/schemas/binaryHeaders' }] },
  },
});

const schemaOf = (type: string): z.ZodType => {
  const schema = new Map<string, z.ZodType>(Object.entries(eventSchemas)).get(type);
  if (schema === undefined) throw new Error(`no schema of ${type}`);
  return schema;
};

const linkMessages = (): Json => ({
  linkEvent: {
    name: 'linkEvent',
    title: 'an event on its way to another tier, in structured mode: the value is its own bytes',
    contentType: structuredType,
    headers: published(linkHeaders),
    payload: published(structuredEvent),
    bindings: keyBinding('the stream'),
  },
  heartbeat: {
    name: 'heartbeat',
    title: 'how a feed stands, signed by its author',
    contentType: heartbeatType,
    headers: published(z.object({ 'content-type': z.literal(heartbeatType) })),
    payload: published(heartbeatShape),
    bindings: keyBinding('the author'),
  },
});

const refs = (names: readonly string[]): Json =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));

const [linkPlan] = linkTopics('from' as TierCode, 'to' as TierCode);

export const asyncApi = (): Json => {
  const [events, links] = [eventMessages(), linkMessages()];
  const plan = tierTopicPlan();
  return {
    asyncapi: '3.1.0',
    info: {
      title: '聯動 Liandong: the topics of a tier',
      version: '1',
      description:
        'Every message is a CloudEvent 1.0 in the Kafka binding, but for heartbeats. No personal field is ever on a topic. A record may come twice; `source` and `id` identify its event.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    channels: {
      events: {
        address: plan.topic,
        title: 'what the tier’s store holds, in binary mode',
        description:
          'Events of one stream are in one partition and in the store’s order. Retention is short: what is older is in the store.',
        messages: refs(Object.keys(events)),
        bindings: topicBinding(plan),
      },
      link: {
        address: 'liandong.link.{from}.{to}.v1',
        title: 'what a tier says to its neighbour',
        parameters: {
          from: { description: 'the division code of the tier that says it' },
          to: { description: 'the division code of its neighbour' },
        },
        messages: refs(Object.keys(links)),
        ...(linkPlan && { bindings: topicBinding(linkPlan) }),
      },
    },
    operations: {
      publishEvents: {
        action: 'send',
        summary: 'The exchange publishes what the store holds.',
        channel: { $ref: '#/channels/events' },
      },
      followEvents: {
        action: 'receive',
        summary: 'Followers of the tier, and joined systems, read it.',
        channel: { $ref: '#/channels/events' },
      },
      sayToNeighbour: {
        action: 'send',
        summary: 'The exchange says what is for its neighbour, or on its way through it.',
        channel: { $ref: '#/channels/link' },
      },
      hearNeighbour: {
        action: 'receive',
        summary: 'The exchange takes what its neighbour says.',
        channel: { $ref: '#/channels/link' },
      },
    },
    components: {
      schemas: { binaryHeaders: published(binaryHeaders) },
      messages: { ...events, ...links },
    },
  };
};
