import {
  type AdoptedSchemes,
  type Assessment,
  assessmentDecider,
  type AssessmentFact,
  schemeStream,
  scoreStream,
  type SubjectKind,
} from '@liandong/domain/assessment';
import { type EventHash, type Sha256, type StreamName, streamOwner, type TierCode } from '@liandong/kernel';
import type { DecodeFact } from '../own-streams.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import { readingOn } from '../read-on.ts';

/** A published score as its stream makes it. */
export type AssessmentRow = {
  readonly assessment: StreamName;
  readonly tier: TierCode;
  readonly state: Assessment;
  /** Everything that was said of it. */
  readonly events: readonly EventHash[];
};

export type AssessmentFilter = {
  readonly period?: string | undefined;
  readonly tier?: TierCode | undefined;
  readonly kind?: SubjectKind | undefined;
  readonly department?: string | undefined;
};

/** The published scores of the network as this tier's store holds them, kept current by following the store. */
export type AssessmentBook = {
  readonly schemes: (tier: TierCode) => AdoptedSchemes;
  readonly find: (assessment: StreamName) => AssessmentRow | undefined;
  /** By period, the latest first, then by stream. */
  readonly rows: (filter: AssessmentFilter) => readonly AssessmentRow[];
  readonly refresh: () => Promise<void>;
};

export const assessmentBook = (
  store: Pick<EventStore, 'readKinds'>,
  sha256: Sha256,
  decode: DecodeFact<AssessmentFact>,
): AssessmentBook => {
  const schemes = new Map<TierCode, AdoptedSchemes>();
  const scores = new Map<StreamName, AssessmentRow>();

  const take = (recorded: Recorded) => {
    const { stream, hash } = recorded;
    const tier = streamOwner(stream);
    const fact = tier === undefined ? undefined : decode(recorded);
    if (tier === undefined || fact === undefined) return;
    if (fact.type === 'liandong.assessment.schemeAdopted.v1') {
      if (stream === schemeStream(tier)) schemes.set(tier, [...(schemes.get(tier) ?? []), fact.data]);
      return;
    }
    const known = scores.get(stream);
    const state = assessmentDecider.evolve(known?.state, fact);
    if (state === undefined || scoreStream(sha256, tier, state.period, state.subject) !== stream) return;
    // A tier speaks of its own people; under another name a score is nobody's.
    if (state.subject.tier !== tier) return;
    scores.set(stream, { assessment: stream, tier, state, events: [...(known?.events ?? []), hash] });
  };

  return {
    schemes: (tier) => schemes.get(tier) ?? [],
    find: (assessment) => scores.get(assessment),
    rows: ({ period, tier, kind, department }) =>
      [...scores.values()]
        .filter(
          ({ tier: of, state }) =>
            (period === undefined || state.period === period) &&
            (tier === undefined || of === tier) &&
            (kind === undefined || state.subject.kind === kind) &&
            (department === undefined ||
              (state.subject.kind !== 'tier' && state.subject.department === department)),
        )
        .toSorted((a, b) =>
          a.state.period === b.state.period
            ? a.assessment < b.assessment
              ? -1
              : 1
            : a.state.period > b.state.period
              ? -1
              : 1,
        ),
    refresh: readingOn(store, ['assessment'], take),
  };
};
