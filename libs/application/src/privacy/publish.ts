import { digestsWithheld } from '@liandong/domain/privacy';
import {
  type Disclosure,
  disclosureDigest,
  type EventHash,
  fromUtf8,
  ok,
  type Personal,
  refuse,
  type Result,
  type Sha256,
  type StreamName,
  utf8,
} from '@liandong/kernel';
import type { Policy, Suite } from '@liandong/ledger';
import type { WriteFile } from '../audit/folder.ts';
import {
  eventPath,
  policyPath,
  proofPath,
  type Proven,
  provenInDossier,
  provenInExports,
  type VerifiedFolder,
} from '../audit/proven-events.ts';

/** A field that is disclosed: with its salt anybody can tell that it is what the event says. */
export type DisclosedField = { readonly event: EventHash } & Pick<Disclosure, 'salt' | 'name' | 'value'>;

const fieldsPath = 'disclosed.json';

export type Published = { readonly events: number; readonly fields: readonly DisclosedField[] };

export type PublishRefusal =
  | { readonly code: 'case-unknown' }
  | { readonly code: 'field-not-of-events'; readonly digests: readonly string[] };

/**
 * Publishes a case redacted, out of exports that were verified before: events in their own
 * bytes, each with its proof, and of their personal fields those that were chosen. What
 * was not chosen stays a digest.
 */
export const publishRedacted = async (
  sha256: Sha256,
  exports: readonly VerifiedFolder[],
  caseId: StreamName,
  chosen: readonly Disclosure[],
  writeFile: WriteFile,
): Promise<Result<Published, PublishRefusal>> => {
  const events = await provenInExports(sha256, exports, (stream) => stream === caseId);
  if (events.length === 0) return refuse({ code: 'case-unknown' });
  const carriers = new Map(
    events.flatMap(({ hash, envelope }) =>
      digestsWithheld(envelope.data).map((digest) => [digest, hash] as const),
    ),
  );
  const strangers = chosen.filter(({ digest }) => !carriers.has(digest)).map(({ digest }) => digest);
  if (strangers.length > 0) return refuse({ code: 'field-not-of-events', digests: strangers });
  const fields = chosen.flatMap(({ digest, salt, name, value }): DisclosedField[] => {
    const event = carriers.get(digest);
    return event === undefined ? [] : [{ event, salt, name, value }];
  });
  for (const { hash, bytes, proof, origin, policy } of events) {
    await writeFile(eventPath(hash), bytes);
    await writeFile(proofPath(hash), proof);
    if (policy !== undefined) await writeFile(policyPath(origin), policy);
  }
  await writeFile(fieldsPath, utf8(`${JSON.stringify(fields, null, 2)}\n`));
  return ok({ events: events.length, fields });
};

export type RedactedCase = {
  readonly events: readonly Proven[];
  readonly fields: readonly DisclosedField[];
  /** Fields that stay withheld. */
  readonly withheld: number;
};

export type RedactedFault =
  | { readonly code: 'no-events' }
  | { readonly code: 'other-case'; readonly path: string }
  | { readonly code: 'proof-refused'; readonly path: string }
  | { readonly code: 'file-malformed'; readonly path: string }
  | { readonly code: 'event-not-proven'; readonly field: string; readonly event: string }
  /** The event says another value, or never had such a field. */
  | { readonly code: 'field-not-of-event'; readonly field: string; readonly event: string };

/**
 * Verifies a redacted case that somebody else published, with nothing but its files: each
 * event stands in a ledger that its witnesses vouch for, and each field is what its event
 * says. Believes nothing of the folder but, without `trusted`, its policies.
 */
export const verifyRedacted = (
  suite: Suite,
  files: ReadonlyMap<string, Uint8Array>,
  trusted?: Policy,
): Result<RedactedCase, RedactedFault> => {
  const proven = provenInDossier(suite, files, trusted);
  if (!proven.ok) return proven;
  if (proven.value.length === 0) return refuse({ code: 'no-events' });
  const [first] = proven.value;
  const other = proven.value.find(({ envelope }) => envelope.subject !== first?.envelope.subject);
  if (other !== undefined) return refuse({ code: 'other-case', path: eventPath(other.hash) });
  const fields = fieldsIn(files.get(fieldsPath));
  if (fields === undefined) return refuse({ code: 'file-malformed', path: fieldsPath });
  const events = new Map(proven.value.map((event) => [event.hash, event]));
  for (const { event: hash, ...field } of fields) {
    const place = { field: field.name, event: hash };
    const event = events.get(hash);
    if (event === undefined) return refuse({ code: 'event-not-proven', ...place });
    if (!saysField(suite.sha256, event, field)) return refuse({ code: 'field-not-of-event', ...place });
  }
  const all = new Set(proven.value.flatMap(({ envelope }) => digestsWithheld(envelope.data)));
  const disclosed = new Set(fields.map((field) => disclosureDigest(suite.sha256, field)));
  return ok({ events: proven.value, fields, withheld: all.size - disclosed.size });
};

const saysField = (
  sha256: Sha256,
  { envelope }: Proven,
  field: Pick<Disclosure, 'salt' | 'name' | 'value'>,
): boolean => digestsWithheld(envelope.data).includes(disclosureDigest(sha256, field));

const fieldsIn = (bytes: Uint8Array | undefined): readonly DisclosedField[] | undefined => {
  try {
    const list: unknown = bytes && JSON.parse(fromUtf8(bytes));
    return Array.isArray(list) && list.every(isField) ? list : undefined;
  } catch {
    return undefined;
  }
};

const isField = (field: unknown): field is DisclosedField => {
  if (typeof field !== 'object' || field === null) return false;
  const { event, salt, name, value } = field as Partial<Record<keyof DisclosedField, unknown>>;
  return [event, salt, name].every((text) => typeof text === 'string') && isPersonal(value);
};

const isPersonal = (value: unknown): value is Personal =>
  Array.isArray(value) ? value.every(isPersonal) : ['string', 'number', 'boolean'].includes(typeof value);
