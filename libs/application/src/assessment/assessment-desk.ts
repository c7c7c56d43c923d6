import {
  type AdoptScheme,
  type Assessment,
  type AssessmentActor,
  assessmentDecider,
  type AssessmentFact,
  type AssessmentRefusal,
  type AppealScore,
  type Evidence,
  evidenceOf,
  type Period,
  periodNamed,
  type Scheme,
  schemeDecider,
  schemeOn,
  type SchemeRefusal,
  schemeStream,
  type Score,
  type Scored,
  scoresOf,
  scoreStream,
  standingScore,
  type UpholdScore,
} from '@liandong/domain/assessment';
import { localDate } from '@liandong/domain/calendar';
import { canonicalJson, ok, refuse, type Result, type StreamName, type TierCode } from '@liandong/kernel';
import type { Acting, Authoring } from '../authoring.ts';
import { type DecodeFact, type Executed, type HandlingRefusal, ownStreamHandler } from '../own-streams.ts';
import { instant } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { AssessmentBook, AssessmentRow } from './assessment-book.ts';
import { deedsIn, type DeedsDeps } from './deeds.ts';

export type AssessmentDeskRefusal =
  | AssessmentRefusal
  | SchemeRefusal
  | HandlingRefusal
  | { readonly code: 'assessment-not-found'; readonly assessment: StreamName }
  | { readonly code: 'assessment-not-of-tier' }
  | { readonly code: 'scheme-not-adopted'; readonly day: string }
  | { readonly code: 'scheme-for-other-periods'; readonly period: string };

/** A score with the events behind each line, found again now, and whether they still make that very score. */
export type AssessmentShown = {
  readonly row: AssessmentRow;
  readonly scheme: Scheme | undefined;
  readonly evidence: readonly { readonly line: string; readonly events: readonly Evidence[] }[];
  /** What the events make of the subject now. */
  readonly now?: Score;
  readonly stands: boolean;
};

export type AssessmentDesk = {
  readonly adopt: (
    acting: Acting,
    command: Omit<AdoptScheme, 'type' | 'today'>,
  ) => Promise<Result<Executed, AssessmentDeskRefusal>>;
  /** Publishes the score of everybody of this tier who has none for the period yet; resolves to all there are. */
  readonly publish: (
    acting: Acting,
    by: AssessmentActor,
    period: string,
  ) => Promise<Result<readonly StreamName[], AssessmentDeskRefusal>>;
  readonly show: (assessment: StreamName) => Promise<Result<AssessmentShown, AssessmentDeskRefusal>>;
  readonly rule: (
    acting: Acting,
    assessment: StreamName,
    command: AppealScore | UpholdScore,
  ) => Promise<Result<Executed, AssessmentDeskRefusal>>;
  /** Says what the events make of the subject now. */
  readonly correct: (
    acting: Acting,
    assessment: StreamName,
    by: AssessmentActor,
  ) => Promise<Result<Executed, AssessmentDeskRefusal>>;
};

export type AssessmentDeskDeps = Omit<DeedsDeps, 'store'> & {
  readonly tier: TierCode;
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly book: AssessmentBook;
  readonly decode: DecodeFact<AssessmentFact>;
};

export const assessmentDesk = (deps: AssessmentDeskDeps): AssessmentDesk => {
  const { tier, store, authoring, book, decode } = deps;
  const { sha256 } = authoring;
  const adoption = ownStreamHandler(store, authoring, schemeDecider(sha256), (recorded) => {
    const fact = decode(recorded);
    return fact?.type === 'liandong.assessment.schemeAdopted.v1' ? fact : undefined;
  });
  const handle = ownStreamHandler(store, authoring, assessmentDecider, (recorded) => {
    const fact = decode(recorded);
    return fact?.type === 'liandong.assessment.schemeAdopted.v1' ? undefined : fact;
  });
  const now = () => instant(authoring.clock.now());

  const schemeFor = (period: Period): Result<{ scheme: Scheme; pin: string }, AssessmentDeskRefusal> => {
    const day = localDate(period.from) ?? '';
    const adopted = schemeOn(book.schemes(tier), day);
    if (adopted === undefined) return refuse({ code: 'scheme-not-adopted', day });
    return adopted.scheme.period === period.kind
      ? ok(adopted)
      : refuse({ code: 'scheme-for-other-periods', period: adopted.scheme.period });
  };

  /** The row, the scheme it was made by, and what the events make of its subject now. */
  const reviewed = async (assessment: StreamName) => {
    await book.refresh();
    const row = book.find(assessment);
    if (row === undefined) return refuse({ code: 'assessment-not-found', assessment } as const);
    const { state } = row;
    const scheme = book.schemes(row.tier).find(({ pin }) => pin === state.scheme)?.scheme;
    const period = periodNamed(state.period);
    if (scheme === undefined || period === undefined) return ok({ row, scheme, period, deeds: [] });
    return ok({ row, scheme, period, deeds: await deedsIn(deps, period) });
  };

  return {
    adopt: (acting, command) => {
      const today = localDate(now()) ?? '';
      const asked: AdoptScheme = { type: 'adoptScheme', ...command, today };
      return adoption({ ...acting, stream: schemeStream(tier), command: asked });
    },
    publish: async (acting, by, name) => {
      const period = periodNamed(name);
      if (period === undefined) return refuse({ code: 'assessment-period-wrong', period: name });
      await book.refresh();
      const chosen = schemeFor(period);
      if (!chosen.ok) return chosen;
      const { scheme, pin } = chosen.value;
      const scored = scoresOf(sha256, scheme, period, await deedsIn(deps, period));
      for (const { subject, score } of scored.filter((one) => one.subject.tier === tier)) {
        const stream = scoreStream(sha256, tier, name, subject);
        if (book.find(stream) !== undefined) continue;
        const done = await handle({
          ...{ ...acting, idempotencyKey: `${acting.idempotencyKey}:${stream}`, stream },
          command: { type: 'publishScore', by, period: name, subject, scheme: pin, score, at: now() },
        });
        if (!done.ok && done.refusal.code !== 'assessment-already-published') return done;
      }
      await book.refresh();
      return ok(book.rows({ period: name, tier }).map(({ assessment }) => assessment));
    },
    show: async (assessment) => {
      const found = await reviewed(assessment);
      if (!found.ok) return found;
      const { row, scheme, period, deeds } = found.value;
      if (scheme === undefined || period === undefined)
        return ok({ row, scheme, evidence: [], stands: false });
      const { subject } = row.state;
      const score = scoreNow(scoresOf(sha256, scheme, period, deeds), row.state);
      return ok({
        ...{ row, scheme, now: score },
        evidence: standingScore(row.state).lines.map(({ id: line }) => ({
          line,
          events: evidenceOf(scheme, period, subject, line, deeds),
        })),
        stands: canonicalJson(score) === canonicalJson(standingScore(row.state)),
      });
    },
    rule: async (acting, assessment, command) => {
      await book.refresh();
      const row = book.find(assessment);
      if (row === undefined) return refuse({ code: 'assessment-not-found', assessment });
      if (row.tier !== tier) return refuse({ code: 'assessment-not-of-tier' });
      return handle({ ...acting, stream: assessment, command });
    },
    correct: async (acting, assessment, by) => {
      const found = await reviewed(assessment);
      if (!found.ok) return found;
      const { row, scheme, period, deeds } = found.value;
      if (row.tier !== tier) return refuse({ code: 'assessment-not-of-tier' });
      if (scheme === undefined || period === undefined)
        return refuse({ code: 'scheme-not-adopted', day: localDate(period?.from ?? now()) ?? '' });
      const scored = scoresOf(sha256, scheme, period, deeds);
      const score = scoreNow(scored, row.state);
      return handle({ ...acting, stream: assessment, command: { type: 'correctScore', by, score } });
    },
  };
};

/** Nothing speaks against somebody of whom the events show nothing any more. */
const nothingShown: Score = { tenths: 1_000, lines: [] };

const scoreNow = (scored: readonly Scored[], { subject }: Assessment): Score =>
  scored.find((one) => canonicalJson(one.subject) === canonicalJson(subject))?.score ?? nothingShown;
