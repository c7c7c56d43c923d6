import type { CaseFactName } from '@liandong/domain/case';
import { caseFactName, entriesOf } from '@liandong/domain/case';
import type { DepartmentFact } from '@liandong/domain/directory';
import {
  digestsNamed,
  digestsWithheld,
  effective,
  erasedType,
  type ErasureGround,
  erasureDecider,
  type ErasureRefusal,
  type PrivacyFact,
  type PrivacyState,
} from '@liandong/domain/privacy';
import {
  authorOf,
  decodeEvent,
  type EventHash,
  firstTerm,
  fold,
  frontierFor,
  isCaseStream,
  ok,
  refuse,
  type Result,
  type StreamName,
  type TierCode,
} from '@liandong/kernel';
import { type Acting, authorEvents, type Authoring, type Place } from '../authoring.ts';
import type { CaseFile } from '../cases/case-file.ts';
import type { CaseReader } from '../cases/case-reader.ts';
import type { Follower } from '../followers.ts';
import {
  attempts,
  type DecodeFact,
  earlierAttempt,
  type Executed,
  type HandlingRefusal,
  sequenceAfter,
} from '../own-streams.ts';
import { instant } from '../ports/clock.ts';
import type { Disclosures } from '../ports/disclosures.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';

/** One demand to erase, by a caller whom the credentials name. */
export type ErasureDeed = Acting & {
  readonly stream: StreamName;
  readonly digests: readonly string[];
  readonly ground: ErasureGround;
  readonly by: { readonly tier: TierCode; readonly roles: readonly string[]; readonly department?: string };
};

export type ErasureDeskRefusal =
  ErasureRefusal | HandlingRefusal | { readonly code: 'stream-not-found'; readonly stream: StreamName };

/** A personal field of a stream: what an officer must know to erase it, never what it says. */
export type KnownField = {
  readonly digest: string;
  readonly event: EventHash;
  readonly type: string;
  readonly tier: TierCode;
  readonly state: 'held' | 'absent' | 'erased';
  /** The field's name; known while it is held here. */
  readonly name?: string;
};

export type ErasureDesk = {
  /** The personal fields of a stream, in the order they were recorded. */
  readonly fields: (stream: StreamName) => Promise<readonly KnownField[]>;
  /**
   * Records that fields are erased, and erases them here before it answers; every other
   * tier does as the event reaches it. Sent again under its key it finds its own event.
   */
  readonly erase: (deed: ErasureDeed) => Promise<Result<Executed, ErasureDeskRefusal>>;
};

export type ErasureDeps = {
  readonly store: EventStore;
  readonly disclosures: Disclosures;
  readonly authoring: Authoring;
  readonly cases: CaseReader;
  readonly decodeDepartment: DecodeFact<DepartmentFact>;
  /** How many years the law has a record kept once its matter has ended. */
  readonly retentionYears: number;
};

export const erasureDesk = (deps: ErasureDeps): ErasureDesk => ({
  fields: (stream) => fieldsOf(deps, stream),
  erase: (deed) => eraseFields(deps, deed),
});

const fieldsOf = async (
  { store, disclosures }: Pick<ErasureDeps, 'store' | 'disclosures'>,
  stream: StreamName,
): Promise<readonly KnownField[]> => {
  const past = await store.read(stream);
  const { fields, erased } = stateOf(past);
  const held = new Map(
    (await disclosures.held([...fields.keys()])).map(({ digest, name }) => [digest, name] as const),
  );
  const listed = new Set<string>();
  return past.flatMap(({ hash, type, bytes }) =>
    digestsWithheld(decodeEvent(bytes).data).flatMap((digest): KnownField[] => {
      const tier = fields.get(digest);
      if (tier === undefined || listed.has(digest)) return [];
      listed.add(digest);
      const name = held.get(digest);
      const state = erased.has(digest) ? 'erased' : name === undefined ? 'absent' : 'held';
      return [{ digest, event: hash, type, tier, state, ...(name !== undefined && { name }) }];
    }),
  );
};

const eraseFields = async (
  deps: ErasureDeps,
  deed: ErasureDeed,
): Promise<Result<Executed, ErasureDeskRefusal>> => {
  const { store, authoring, disclosures } = deps;
  const asked = { stream: deed.stream, digests: [...deed.digests].sort(), ground: deed.ground };
  for (let attempt = 1; ; attempt++) {
    const earlier = await earlierAttempt(store, authoring, deed, asked);
    if (!earlier.ok) return earlier;
    if (earlier.value.length > 0) {
      await carryOut({ store, disclosures }, earlier.value);
      return ok({ events: earlier.value, repeated: true });
    }
    const past = await store.read(deed.stream);
    if (past.length === 0) return refuse({ code: 'stream-not-found', stream: deed.stream });
    const drafts = erasureDecider.decide(
      {
        type: 'eraseFields',
        ...{ digests: deed.digests, ground: deed.ground, by: deed.by },
        at: instant(authoring.clock.now()),
        endedAt: await endOf(deps, deed, past),
        retentionYears: deps.retentionYears,
      },
      stateOf(past),
    );
    if (!drafts.ok) return drafts;
    const { place, seen } = await placeIn(deps, deed.stream, past);
    const events = authorEvents(authoring, deed, deed.stream, place, asked, drafts.value);
    if (!events.ok) return events;
    const appended = await store.append(deed.stream, seen, events.value);
    if (appended.ok) {
      await carryOut({ store, disclosures }, appended.value);
      return ok({ events: appended.value, repeated: false });
    }
    if (attempt === attempts) return appended;
  }
};

/** What a stream withheld and erased, as this store holds it. */
const stateOf = (past: readonly Recorded[]): PrivacyState =>
  fold(
    erasureDecider,
    past.flatMap(({ bytes }): PrivacyFact[] => {
      const { type, source, data } = decodeEvent(bytes);
      const tier = authorOf(source)?.tier;
      if (tier === undefined) return [];
      return [
        { type: 'withheld', tier, digests: digestsWithheld(data) },
        ...(type === erasedType ? [{ type: 'erased', tier, digests: digestsNamed(data) } as const] : []),
      ];
    }),
  );

const placeIn = async (
  { cases, authoring }: ErasureDeps,
  stream: StreamName,
  past: readonly Recorded[],
): Promise<{ readonly place: Place; readonly seen: number }> => {
  if (isCaseStream(stream)) {
    const book = await cases.open(stream);
    const { tier, epoch } = authoring.author;
    const frontier = frontierFor(book.order(), tier, epoch);
    return {
      place: { ...frontier, term: frontier.leadership?.term ?? firstTerm },
      seen: book.revision(),
    };
  }
  const parents = past.slice(-1).map(({ hash }) => hash);
  const sequence = sequenceAfter(past, authoring);
  return { place: { parents, height: past.length + 1, sequence, term: firstTerm }, seen: past.length };
};

/** When the matter ended that the fields were taken in for. */
const endOf = async (
  deps: ErasureDeps,
  { stream, digests }: ErasureDeed,
  past: readonly Recorded[],
): Promise<string | undefined> => {
  if (!isCaseStream(stream)) return staffLeftAt(deps, new Set(digests), past);
  const file = await deps.cases.read(stream);
  return file && caseEndedAt(file);
};

const endings: ReadonlySet<CaseFactName | undefined> = new Set([
  'rejected',
  'withdrawn',
  'voided',
  'delivered',
  'correctionLapsed',
]);

const caseEndedAt = ({ state, events }: CaseFile): string | undefined => {
  const status = state.matter?.status;
  if (status === undefined || !['rejected', 'closed', 'withdrawn', 'void'].includes(status)) return undefined;
  const idle = new Set(entriesOf(state.withoutEffect).map(({ hash }) => hash));
  return events.findLast(({ hash, fact }) => !idle.has(hash) && fact && endings.has(caseFactName(fact.type)))
    ?.envelope.time;
};

/** Names of staff are kept as long as any of them is stationed here. */
const staffLeftAt = (
  { decodeDepartment }: Pick<ErasureDeps, 'decodeDepartment'>,
  digests: ReadonlySet<string>,
  past: readonly Recorded[],
): string | undefined => {
  const left = new Map<string, string>();
  const meant = new Set<string>();
  for (const recorded of past) {
    const fact = decodeDepartment(recorded);
    const { time, data } = decodeEvent(recorded.bytes);
    const named = digestsWithheld(data).some((digest) => digests.has(digest));
    if (fact?.type === 'liandong.department.staffStationed.v1') {
      left.delete(fact.data.staff);
      if (named) meant.add(fact.data.staff);
    }
    if (fact?.type === 'liandong.department.staffLeft.v1') left.set(fact.data.staff, time);
  }
  const times = [...meant].map((staff) => left.get(staff));
  return times.some((time) => time === undefined) ? undefined : times.toSorted().at(-1);
};

/** Erases what the erasures among these events may erase; names what they may not. */
const carryOut = async (
  { store, disclosures }: Pick<ErasureDeps, 'store' | 'disclosures'>,
  recorded: readonly Recorded[],
): Promise<readonly IdleErasure[]> => {
  const idle: IdleErasure[] = [];
  for (const event of recorded.filter(({ type }) => type === erasedType)) {
    const { source, data } = decodeEvent(event.bytes);
    const tier = authorOf(source)?.tier;
    const past = (await store.read(event.stream)).filter(({ position }) => position <= event.position);
    const named = digestsNamed(data);
    const own = tier === undefined ? [] : effective(stateOf(past), tier, named);
    if (own.length > 0) await disclosures.erase(own, event);
    const others = named.filter((digest) => !own.includes(digest));
    if (others.length > 0) idle.push({ event, digests: others });
  }
  return idle;
};

/** An erasure that names fields which its author never wrote: it has no effect on them. */
export type IdleErasure = { readonly event: Recorded; readonly digests: readonly string[] };

/**
 * Carries out every erasure the store receives, whoever recorded it: a field that is
 * delivered later finds its tombstone.
 */
export const eraser = (
  deps: Pick<ErasureDeps, 'store' | 'disclosures'> & { readonly idle: (erasure: IdleErasure) => void },
): Follower => ({
  name: 'erasure',
  handle: async (page) => {
    for (const erasure of await carryOut(deps, page)) deps.idle(erasure);
  },
});
