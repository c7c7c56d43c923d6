import type { BusRecord } from '@liandong/application';
import { canonicalJson, decodeEvent, fromUtf8, ok, refuse, type Result, utf8 } from '@liandong/kernel';

/*
 * CloudEvents 1.0, Kafka binding. In binary mode `content-type` carries `datacontenttype`, a header
 * `ce_<name>` every other attribute, and the value is the data alone. In structured mode the value
 * is the whole event.
 */

type Message = Pick<BusRecord, 'value' | 'headers'>;

export type NoCloudEvent = { readonly code: 'no-cloud-event'; readonly field: string; readonly rule: string };

export const structuredType = 'application/cloudevents+json; charset=UTF-8';

/** The event in binary mode. Without data the value is `null`, which compaction reads as a tombstone. */
export const toBinaryMessage = (eventBytes: Uint8Array): Message => {
  const { data, datacontenttype, ...attributes } = decodeEvent(eventBytes) as Partial<
    ReturnType<typeof decodeEvent>
  >;
  return {
    value: data === undefined ? null : utf8(canonicalJson(data)),
    headers: {
      ...(datacontenttype !== undefined && { 'content-type': utf8(datacontenttype) }),
      ...Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [`ce_${name}`, utf8(String(value))]),
      ),
    },
  };
};

/** The bytes of the event that a record holds in either mode: canonical ones again where they were so before. */
export const eventBytesOf = (message: Message): Result<Uint8Array, NoCloudEvent> => {
  const contentType = headerText(message, 'content-type');
  if (!contentType.ok) return contentType;
  const type = contentType.value?.toLowerCase() ?? '';
  if (!type.startsWith('application/cloudevents')) return binary(message, contentType.value);
  if (!type.startsWith('application/cloudevents+json'))
    return no('content-type', 'is of no format that is read here');
  return message.value === null ? no('value', 'is missing') : ok(message.value);
};

const no = (field: string, rule: string) => refuse({ code: 'no-cloud-event', field, rule } as const);

const required = ['specversion', 'id', 'source', 'type'] as const;

/** Some senders repeat `datacontenttype` as an attribute; `content-type` is what counts. */
const ignored = 'ce_datacontenttype';

const binary = (message: Message, datacontenttype: string | undefined): Result<Uint8Array, NoCloudEvent> => {
  const event: Record<string, unknown> = {};
  for (const name of Object.keys(message.headers)) {
    if (!name.startsWith('ce_') || name === ignored) continue;
    const attribute = name.slice('ce_'.length);
    if (!/^[a-z0-9]+$/.test(attribute) || attribute === 'data')
      return no(name, 'is the name of no attribute');
    const text = headerText(message, name);
    if (!text.ok) return text;
    event[attribute] = text.value;
  }
  for (const name of required)
    if (event[name] === undefined || event[name] === '') return no(`ce_${name}`, 'is missing');
  if (datacontenttype !== undefined) event['datacontenttype'] = datacontenttype;
  if (message.value === null) return ok(utf8(canonicalJson(event)));
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(datacontenttype ?? ''))
    return no('content-type', 'is not of JSON');
  try {
    event['data'] = JSON.parse(fromUtf8(message.value));
    return ok(utf8(canonicalJson(event)));
  } catch {
    return no('value', 'is no JSON');
  }
};

const headerText = ({ headers }: Message, name: string): Result<string | undefined, NoCloudEvent> => {
  const held = headers[name];
  if (held === undefined) return ok(undefined);
  try {
    return ok(fromUtf8(held));
  } catch {
    return no(name, 'is not UTF-8');
  }
};
