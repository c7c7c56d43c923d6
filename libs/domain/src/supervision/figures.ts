import type { ClockKind, Colour } from './codes.ts';
import type { CardStatus } from './card.ts';
import type { Instant } from './facts.ts';
import type { Standing } from './standing.ts';

/** What the overview shows in numbers. Each is the number of the things that stand behind it. */
export const figures = [
  'open',
  'dueSoon',
  'late',
  'ended',
  'overPromised',
  'overStatutory',
  'unjudged',
  'pending',
  'issued',
  'withdrawn',
  'standing',
  'backDated',
  'bulk',
] as const;
export type Figure = (typeof figures)[number];

/** A clock as the overview counts it. */
export type CountedLimit = {
  readonly kind: 'limit';
  readonly element: ClockKind;
  readonly from: Instant;
  readonly endedAt?: Instant;
  /** Absent where the rules or the calendar for it are missing. */
  readonly standing?: Standing;
};
export type CountedCard = {
  readonly kind: 'card';
  readonly colour: Colour;
  readonly status: CardStatus;
  readonly issued: boolean;
};
export type CountedEntry = {
  readonly kind: 'lateEntry';
  readonly late: number;
  readonly facts: number;
  readonly withinMinutes: number;
  readonly bulk: boolean;
};
export type Counted = CountedLimit | CountedCard | CountedEntry;

/** What something counts as at an instant. */
export const figuresAt = (counted: Counted, at: Instant): readonly Figure[] => {
  switch (counted.kind) {
    case 'limit':
      return ofLimit(counted, at);
    case 'card':
      return ofCard(counted);
    case 'lateEntry':
      return counted.bulk ? ['backDated', 'bulk'] : ['backDated'];
  }
};

/** When time alone next makes it count as something else; `undefined` if it never does. */
export const turnsAfter = (counted: Counted, at: Instant): Instant | undefined => {
  if (counted.kind !== 'limit' || counted.endedAt !== undefined) return undefined;
  const { soonAt, overPromisedAt, overStatutoryAt } = counted.standing ?? {};
  return [soonAt, overPromisedAt, overStatutoryAt]
    .filter((turn) => turn !== undefined && turn > at)
    .toSorted()[0];
};

const ofLimit = ({ endedAt, standing }: CountedLimit, at: Instant): readonly Figure[] => {
  const running = endedAt === undefined ? 'open' : 'ended';
  if (standing === undefined) return [running, 'unjudged'];
  const by = endedAt ?? at;
  const { soonAt, overPromisedAt, overStatutoryAt } = standing;
  const [promised, statutory] = [reached(overPromisedAt, by), reached(overStatutoryAt, by)];
  const late = promised || statutory;
  return [
    running,
    ...(endedAt === undefined && !late && reached(soonAt, by) ? (['dueSoon'] as const) : []),
    ...(endedAt === undefined && late ? (['late'] as const) : []),
    ...(promised ? (['overPromised'] as const) : []),
    ...(statutory ? (['overStatutory'] as const) : []),
  ];
};

const reached = (instant: Instant | undefined, by: Instant): boolean =>
  instant !== undefined && instant <= by;

/** What was withdrawn or cancelled had been issued all the same. */
const ofCard = ({ status, issued }: CountedCard): readonly Figure[] => {
  if (!issued) return status === 'pending' ? ['pending'] : [];
  return ['issued', status === 'issued' || status === 'appealed' ? 'standing' : 'withdrawn'];
};
