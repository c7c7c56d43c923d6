import {
  type Decider,
  type Draft,
  type Fact,
  firstTerm,
  fold,
  ok,
  refuse,
  type Result,
  sourceOf,
  type StreamName,
} from '@liandong/kernel';
import {
  type Acting,
  authorEvents,
  type Authoring,
  type AuthoringRefusal,
  firstEventId,
} from './authoring.ts';
import type { AppendRefusal, EventStore, Recorded } from './ports/event-store.ts';

/** Recorded events of one command; `repeated` if an earlier attempt with the same key had recorded them. */
export type Executed = { readonly events: readonly Recorded[]; readonly repeated: boolean };

export type RepeatRefusal = { readonly code: 'idempotency-key-reused'; readonly idempotencyKey: string };

export type HandlingRefusal = AppendRefusal | AuthoringRefusal | RepeatRefusal;

/** Retries of a command that lost a race. More would hide a stream that one writer keeps from all others. */
export const attempts = 5;

/**
 * The events an earlier attempt of this command recorded, if there was one: the
 * same key finds the same ids. The same key with another command is refused.
 */
export const earlierAttempt = async (
  store: EventStore,
  authoring: Authoring,
  acting: Acting,
  command: unknown,
  decode: (recorded: Recorded) => { readonly causationid?: string },
): Promise<Result<readonly Recorded[], RepeatRefusal>> => {
  const first = await store.find(sourceOf(authoring.author), firstEventId(authoring, acting));
  if (first === undefined) return ok([]);
  const { causationid } = decode(first);
  if (causationid === undefined || causationid !== authoring.fingerprint(command))
    return refuse({ code: 'idempotency-key-reused', idempotencyKey: acting.idempotencyKey });
  const later = await store.read(first.stream, first.revision);
  const end = later.findIndex((recorded) => decode(recorded).causationid !== causationid);
  return ok([first, ...(end === -1 ? later : later.slice(0, end))]);
};
