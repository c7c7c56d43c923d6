import {
  type Author,
  caseStream,
  decodeEvent,
  type Draft,
  type Envelope,
  eventBytes,
  eventHash,
  eventId,
  type EventHash,
  joinParents,
  maxEventBytes,
  refuse,
  ok,
  type Result,
  type Sha256,
  sourceOf,
  type StreamName,
  type Term,
  termText,
  twentyDigits,
  withhold,
} from '@liandong/kernel';
import { type Clock, instant } from './ports/clock.ts';
import type { NewEvent } from './ports/event-store.ts';

/** What a tier needs to make events: who it is, its clock, and the arithmetic the kernel is given. */
export type Authoring = {
  readonly author: Author;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly newSalt: () => string;
  /** The schema an event type follows, resolved inside the release artefact. */
  readonly dataschemaOf: (type: string) => string;
  /** Whether event data is exactly what its schema says, nothing more. What is not, nobody would take in. */
  readonly checkOwnSchema: (type: string, data: unknown) => Result<unknown, SchemaRefusal>;
  /** A stable pseudonym of a person within one stream; without the tier's secret nobody can undo it. */
  readonly pseudonym: (subject: string, stream: StreamName) => string;
  /** A keyed fingerprint of a command, so that one idempotency key cannot stand for two commands. */
  readonly fingerprint: (command: unknown) => string;
};

/** Whom the credentials name, and the key under which the caller may repeat the command. */
export type Acting = {
  readonly principal: string;
  readonly authtype: Envelope['authtype'];
  readonly idempotencyKey: string;
};

/** Where the next event of this tier stands in its stream's graph. */
export type Place = {
  readonly parents: readonly EventHash[];
  readonly height: number;
  readonly sequence: number;
  readonly term: Term;
};

/** `field` is a JSON Pointer into the event's data. */
export type SchemaRefusal = {
  readonly code: 'schema-violation';
  readonly field: string;
  readonly rule: string;
};

export type AuthoringRefusal =
  | SchemaRefusal
  | {
      readonly code: 'event-too-large';
      readonly eventType: string;
      readonly bytes: number;
      readonly limit: number;
    };

/** The stream of the case a command opens: known before anything is written, and the same when it is repeated. */
export const streamToOpen = ({ sha256, author }: Authoring, acting: Acting): StreamName =>
  caseStream(sha256, sourceOf(author), firstEventId({ sha256 }, acting));

/** The id under which the first event of a command is, or would be, stored. */
export const firstEventId = (
  { sha256 }: Pick<Authoring, 'sha256'>,
  { principal, idempotencyKey }: Acting,
): string => eventId(sha256, principal, idempotencyKey, 0);

/**
 * Makes the events of one command, each the parent of the next. The bytes are made
 * here, once; `command` is what the caller sent, and only its fingerprint is kept.
 */
export const authorEvents = (
  authoring: Authoring,
  acting: Acting,
  stream: StreamName,
  place: Place,
  command: unknown,
  drafts: readonly Draft[],
): Result<readonly NewEvent[], AuthoringRefusal> => {
  const { author, clock, sha256 } = authoring;
  const now = instant(clock.now());
  const events: NewEvent[] = [];
  let { parents, height, sequence } = place;

  for (const [ordinal, draft] of drafts.entries()) {
    const { data, disclosures } = withhold(
      sha256,
      authoring.newSalt,
      draft.data as Record<string, unknown>,
      draft.personal ?? {},
    );
    const envelope: Envelope = {
      specversion: '1.0',
      id: eventId(sha256, acting.principal, acting.idempotencyKey, ordinal),
      source: sourceOf(author),
      type: draft.type,
      subject: stream,
      time: now,
      recordedtime: now,
      datacontenttype: 'application/json',
      dataschema: authoring.dataschemaOf(draft.type),
      sequence: twentyDigits(sequence),
      parents: joinParents(parents),
      height: twentyDigits(height),
      term: termText(place.term),
      authtype: acting.authtype,
      authid: authoring.pseudonym(acting.principal, stream),
      causationid: authoring.fingerprint(command),
      data,
    };
    const bytes = eventBytes(envelope);
    if (bytes.length > maxEventBytes)
      return refuse({
        code: 'event-too-large',
        eventType: draft.type,
        bytes: bytes.length,
        limit: maxEventBytes,
      });
    // The bytes are asked, not the object: they are what others will read.
    const checked = authoring.checkOwnSchema(draft.type, decodeEvent(bytes).data);
    if (!checked.ok) return checked;
    const hash = eventHash(sha256, bytes);
    events.push({ envelope, bytes, hash, disclosures });
    parents = [hash];
    height += 1;
    sequence += 1;
  }
  return ok(events);
};
