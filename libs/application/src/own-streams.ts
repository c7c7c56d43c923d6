import {
  decodeEvent,
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

/** The author's number of its next event in a stream: each epoch counts anew from 1. */
export const sequenceAfter = (
  past: readonly Pick<Recorded, 'source'>[],
  { author }: Pick<Authoring, 'author'>,
): number => 1 + past.filter(({ source }) => source === sourceOf(author)).length;

/** The events of one command; `repeated` if an earlier attempt under the same key had recorded them. */
export type Executed = { readonly events: readonly Recorded[]; readonly repeated: boolean };

export type RepeatRefusal = { readonly code: 'idempotency-key-reused'; readonly idempotencyKey: string };

export type HandlingRefusal = AppendRefusal | AuthoringRefusal | RepeatRefusal;

/** Tries at a command that loses races. More would hide a writer that keeps all others out. */
export const attempts = 5;

/**
 * The events an earlier attempt of this command recorded, if there was one: the
 * same key finds the same ids. The same key with another command is refused.
 */
export const earlierAttempt = async (
  store: EventStore,
  authoring: Authoring,
  acting: Acting,
  asked: unknown,
): Promise<Result<readonly Recorded[], RepeatRefusal>> => {
  const first = await store.find(sourceOf(authoring.author), firstEventId(authoring, acting));
  if (first === undefined) return ok([]);
  const cause = authoring.fingerprint(asked);
  const isOurs = ({ bytes }: Recorded) => decodeEvent(bytes).causationid === cause;
  if (!isOurs(first))
    return refuse({ code: 'idempotency-key-reused', idempotencyKey: acting.idempotencyKey });
  const later = await store.read(first.stream, first.revision);
  const end = later.findIndex((recorded) => !isOurs(recorded));
  return ok([first, ...(end === -1 ? later : later.slice(0, end))]);
};

/** One command on a stream that this tier alone writes: an item, a department, the tier itself. */
export type OwnDeed<Command> = Acting & {
  readonly stream: StreamName;
  readonly command: Command;
  /** What the caller said, where the command holds more, such as the moment it came. */
  readonly asked?: unknown;
};

/** Reads facts of one kind of stream; `undefined` for a type or version this build does not know. */
export type DecodeFact<F> = (recorded: Recorded) => F | undefined;

/** The state of such a stream, and how many events the store holds of it. */
export const readOwnStream = async <F extends Fact, State>(
  store: EventStore,
  decider: { readonly initial: State; readonly evolve: (state: State, fact: F) => State },
  decode: DecodeFact<F>,
  stream: StreamName,
): Promise<{ readonly state: State; readonly past: readonly Recorded[] }> => {
  const past = await store.read(stream);
  return {
    past,
    state: fold(
      decider,
      past.flatMap((recorded) => decode(recorded) ?? []),
    ),
  };
};

/** Read, fold, decide, append; again if someone else was first. */
export const ownStreamHandler =
  <Command, F extends Fact, State, Refusal>(
    store: EventStore,
    authoring: Authoring,
    decider: Decider<Command, F, State, Refusal, Draft<F>>,
    decode: DecodeFact<F>,
  ) =>
  async (deed: OwnDeed<Command>): Promise<Result<Executed, Refusal | HandlingRefusal>> => {
    const { stream, command } = deed;
    const asked = { stream, command: deed.asked ?? command, idempotencyKey: deed.idempotencyKey };
    for (let attempt = 1; ; attempt++) {
      const earlier = await earlierAttempt(store, authoring, deed, asked);
      if (!earlier.ok) return earlier;
      if (earlier.value.length > 0) return ok({ events: earlier.value, repeated: true });

      const { past, state } = await readOwnStream(store, decider, decode, stream);
      const decided = decider.decide(command, state);
      if (!decided.ok) return decided;
      const last = past.at(-1);
      const place = {
        parents: last === undefined ? [] : [last.hash],
        height: past.length + 1,
        sequence: sequenceAfter(past, authoring),
        term: firstTerm,
      };
      const events = authorEvents(authoring, deed, stream, place, asked, decided.value);
      if (!events.ok) return events;
      const appended = await store.append(stream, past.length, events.value);
      if (appended.ok) return ok({ events: appended.value, repeated: false });
      if (attempt === attempts) return appended;
    }
  };
