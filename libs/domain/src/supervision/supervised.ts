import type { EventHash, Mandate } from '@liandong/kernel';
import type { Clock, Extension, Suspension } from './clock.ts';
import type { Check, ClockKind, Ending } from './codes.ts';
import type { Applied, Instant } from './facts.ts';

/** Something the facts themselves show, whatever a rule pack makes of it. */
export type Finding = {
  readonly check: Check;
  readonly cause: EventHash;
  readonly step?: string;
  readonly round: number;
  readonly unit: Mandate;
  readonly at: Instant;
  /** The facts that show it together. */
  readonly evidence: readonly EventHash[];
  readonly ending?: Ending;
};

/** A fact that was recorded later than it happened. */
export type LateEntry = {
  readonly hash: EventHash;
  readonly unit: Mandate;
  readonly window?: string;
  /** The pseudonym of who entered it. */
  readonly person: string;
  readonly recordedAt: Instant;
  readonly late: number;
};

export type Ended = {
  readonly ending: Ending;
  readonly at: Instant;
  readonly hash: EventHash;
};

/** A matter under supervision: a case, a complaint, a request for information, a warning to be answered. */
export type Supervised = {
  readonly applied: (Applied & { readonly hash: EventHash; readonly at: Instant }) | undefined;
  readonly lead: Mandate | undefined;
  /** Every clock that ever ran, in the order in which they started. */
  readonly clocks: readonly Clock[];
  readonly findings: readonly Finding[];
  readonly lateEntries: readonly LateEntry[];
  /** Who acted last for a unit, by `unitKey`. */
  readonly handlers: Readonly<Record<string, string>>;
  /** The window at which a unit acted last, by `unitKey`; `undefined` if it was at none. */
  readonly windows: Readonly<Record<string, string | undefined>>;
  readonly stages: readonly { readonly id: string; readonly at: Instant }[];
  /** The steps answered, each once. */
  readonly answered: readonly string[];
  readonly demanded: readonly string[] | undefined;
  readonly charged: boolean;
  readonly ended: Ended | undefined;
};

export const nothingSupervised: Supervised = {
  applied: undefined,
  lead: undefined,
  clocks: [],
  findings: [],
  lateEntries: [],
  handlers: {},
  windows: {},
  stages: [],
  answered: [],
  demanded: undefined,
  charged: false,
  ended: undefined,
};

export const unitKey = ({ tier, department }: Mandate): string => `${tier}/${department}`;

export const stepsOf = ({ stages }: Applied) =>
  stages.flatMap((stage) => stage.steps.map((step) => ({ ...step, stage: stage.id })));

// What facts do to clocks

type Which = {
  readonly kind?: ClockKind | readonly ClockKind[];
  readonly step?: string;
  readonly cause?: EventHash;
};

const isOf = ({ kind, step, cause }: Which, clock: Clock): boolean =>
  (kind === undefined || (Array.isArray(kind) ? kind.includes(clock.kind) : kind === clock.kind)) &&
  (step === undefined || clock.step === step) &&
  (cause === undefined || clock.cause === cause);

/** Changes the running clocks that are meant; the others stay the very same values. */
const changed = (state: Supervised, which: Which, change: (clock: Clock) => Clock): Supervised => ({
  ...state,
  clocks: state.clocks.map((clock) =>
    clock.stopped === undefined && isOf(which, clock) ? change(clock) : clock,
  ),
});

export const started = (state: Supervised, clock: Omit<Clock, 'extensions' | 'suspensions'>): Supervised => {
  const rests = clock.kind === 'step' || clock.kind === 'stage' ? restsOfTheWhole(state) : [];
  return { ...state, clocks: [...state.clocks, { ...clock, extensions: [], suspensions: rests }] };
};

/** A step that opens while the whole case stands still stands still too. */
const restsOfTheWhole = ({ clocks }: Supervised): readonly Suspension[] => {
  const whole = new Set(
    clocks.filter(({ kind, step }) => kind === 'procedure' && step === undefined).map(({ cause }) => cause),
  );
  const running = clocks.findLast(({ kind, stopped }) => kind === 'case' && stopped === undefined);
  return running?.suspensions.filter(({ cause, endedAt }) => whole.has(cause) && endedAt === undefined) ?? [];
};

export const stopped = (state: Supervised, which: Which, at: Instant, by: EventHash): Supervised =>
  changed(state, which, (clock) => ({ ...clock, stopped: { at, by } }));

export const extended = (state: Supervised, which: Which, extension: Extension): Supervised =>
  changed(state, which, (clock) => ({ ...clock, extensions: [...clock.extensions, extension] }));

export const suspended = (state: Supervised, which: Which, suspension: Suspension): Supervised =>
  changed(state, which, (clock) => ({ ...clock, suspensions: [...clock.suspensions, suspension] }));

/** Ends the rests that one fact began, on every clock they lie on. */
export const resumed = (state: Supervised, cause: EventHash, endedAt: Instant): Supervised => {
  const begun = (suspension: Suspension) => suspension.cause === cause && suspension.endedAt === undefined;
  return {
    ...state,
    clocks: state.clocks.map((clock) =>
      clock.suspensions.some(begun)
        ? {
            ...clock,
            suspensions: clock.suspensions.map((one) => (begun(one) ? { ...one, endedAt } : one)),
          }
        : clock,
    ),
  };
};

/** What the end had stopped runs on; the time between does not count. */
export const restarted = (state: Supervised, end: EventHash, at: Instant, cause: EventHash): Supervised => ({
  ...state,
  clocks: state.clocks.map((clock): Clock => {
    if (clock.stopped?.by !== end) return clock;
    const { stopped: stop, ...running } = clock;
    const rest: Suspension = { ground: 'concluded', cause, from: stop.at, endedAt: at };
    return { ...running, suspensions: [...clock.suspensions, rest] };
  }),
});

/** Another unit answers from now on; what became late before stays with the unit before. */
export const handedTo = (state: Supervised, which: Which, unit: Mandate, at: Instant): Supervised =>
  changed(state, which, (clock) => ({
    ...clock,
    unit,
    formerUnits: [...(clock.formerUnits ?? []), { unit: clock.unit, until: at }],
  }));
