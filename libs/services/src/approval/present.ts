import type { CaseFile, Done } from '@liandong/application';
import { caseSummary, entriesOf } from '@liandong/domain/case';
import { authorOf, termText, type TierCode } from '@liandong/kernel';
import { Refused } from '../platform/refused.ts';
import type { standings } from './answers.ts';

type Standing = (typeof standings)[number];

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

/** The events in register order. Another tier's event is here only because it is anchored. */
export const eventAnswers = ({ state, events }: CaseFile, here: TierCode) => {
  const reasons = new Map(entriesOf(state.withoutEffect).map(({ hash, reason }) => [hash, reason]));
  return events.map(({ hash, envelope, registered }) => {
    const tier = authorOf(envelope.source)?.tier ?? '';
    const standing: Standing = registered ? 'registered' : tier === here ? 'recorded' : 'anchored';
    const withoutEffect = reasons.get(hash);
    return {
      id: envelope.id,
      type: envelope.type,
      hash,
      tier,
      time: envelope.time,
      recordedTime: envelope.recordedtime,
      standing,
      ...(withoutEffect !== undefined && { withoutEffect }),
      data: envelope.data,
    };
  });
};
