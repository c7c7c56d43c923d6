import type { CaseFile, Done, FiledEvent, LedgerStanding, PendingEvent } from '@liandong/application';
import { type CaseRefusal, caseSummary, entriesOf, type OverrideGround } from '@liandong/domain/case';
import {
  authorOf,
  decodeEvent,
  type Envelope,
  type EventHash,
  termText,
  type TierCode,
} from '@liandong/kernel';
import { Refused } from '../platform/refused.ts';
import type { standings } from './case-answers.ts';

/** The events of a case, and how far each has come. */
export type CaseEvents = {
  readonly file: CaseFile;
  /** Of this tier's own events. */
  readonly sealed: ReadonlyMap<EventHash, LedgerStanding>;
  readonly pending: readonly PendingEvent[];
};

type Standing = (typeof standings)[number];

type Shown = ReturnType<typeof eventAnswer> & {
  readonly withoutEffect?: CaseRefusal;
  readonly ledger?: ReturnType<typeof ledgerAnswer>;
  readonly beforeAnchoring?: OverrideGround;
  readonly pending?: Pick<PendingEvent, 'state' | 'reason' | 'missing' | 'since'>;
};

/** A case as this service shows it. */
export const caseAnswer = ({ caseId, state, term, digest, registered, revision }: CaseFile) => {
  const summary = caseSummary(state);
  if (summary === undefined) throw new Refused({ code: 'case-not-found', caseId });
  return { caseId, ...summary, term: termText(term), digest, registered, revision };
};

export const doneAnswer = ({ caseId, events, revision, repeated }: Done) => ({
  caseId,
  events: events.map(({ id, type, hash }) => ({ id, type, hash })),
  revision,
  repeated,
});

/** The events in register order, then what has come of the case and waits. */
export const eventAnswers = ({ file, sealed, pending }: CaseEvents, here: TierCode): readonly Shown[] => {
  const reasons = new Map(entriesOf(file.state.withoutEffect).map(({ hash, reason }) => [hash, reason]));
  const filed = file.events.map((event): Shown => {
    const { hash, envelope, fact } = event;
    const withoutEffect = reasons.get(hash);
    const ledger = sealed.get(hash);
    const override =
      fact !== undefined && 'beforeAnchoring' in fact.data ? fact.data.beforeAnchoring : undefined;
    return {
      ...eventAnswer(hash, envelope, standingOf(event, here, sealed)),
      ...(withoutEffect !== undefined && { withoutEffect }),
      ...(ledger !== undefined && { ledger: ledgerAnswer(ledger) }),
      ...(override !== undefined && { beforeAnchoring: override.ground }),
    };
  });
  const waiting = pending.map(({ hash, bytes, state, reason, missing, since }): Shown => ({
    ...eventAnswer(hash, decodeEvent(bytes), 'pending'),
    pending: { state, reason, missing, since },
  }));
  return [...filed, ...waiting];
};

const eventAnswer = (hash: EventHash, envelope: Envelope, standing: Standing) => ({
  id: envelope.id,
  type: envelope.type,
  hash,
  tier: authorOf(envelope.source)?.tier ?? '',
  time: envelope.time,
  recordedTime: envelope.recordedtime,
  standing,
  data: envelope.data,
});

/** Each standing includes those before it. Another tier's event is in the store only because it is anchored. */
const standingOf = (
  { hash, envelope, registered }: FiledEvent,
  here: TierCode,
  sealed: CaseEvents['sealed'],
): Standing => {
  const own = authorOf(envelope.source)?.tier === here;
  if (own && sealed.get(hash)?.anchored === undefined) return 'recorded';
  return registered ? 'registered' : 'anchored';
};

const ledgerAnswer = ({ seq, anchored }: LedgerStanding) => ({
  seq,
  ...(anchored !== undefined && { checkpointSize: anchored.size, anchoredAt: anchored.at }),
});
