import {
  bulkTermsOf,
  type Clock,
  type Counted,
  figuresAt,
  type LateEntry,
  packOn,
  type Place,
  type Standing,
  standingUnder,
  type Supervised,
  type TermsRefusal,
  turnsAfter,
  unitKey,
} from '@liandong/domain/supervision';
import type { EventHash, Mandate, Result, StreamName, TierCode } from '@liandong/kernel';
import type { StaffOf } from '../assessment/deeds.ts';
import type { OverviewRow } from '../ports/overview-book.ts';
import type { CardRow } from '../ports/supervision-book.ts';
import type { TermsBook, TierTerms } from '../supervision/terms-book.ts';

/** What rows are made of besides the matter: who may be counted, by what, and who acted. */
export type Reckoning = {
  /** Whether a tier is this one or below it: nobody counts the work of a superior. */
  readonly counts: (tier: TierCode) => boolean;
  readonly terms: Pick<TermsBook, 'now'>;
  readonly standingOf: ReturnType<typeof standingsBy>;
  readonly staffOf: StaffOf;
};

/** A stream under supervision, and what it is about. */
export type About = {
  readonly stream: StreamName;
  readonly matter: StreamName;
  readonly item: string | undefined;
  readonly supervised: Supervised;
};

/** A thing that is counted, whenever that is. */
export type ThingRow = Omit<OverviewRow, 'figures'>;

/** What stands in the place of a row once it is an instant. */
export const rowAt = (row: ThingRow, at: string): OverviewRow => ({
  ...row,
  figures: figuresAt(row.counted, at),
});

/** When time alone next changes one of the rows. */
export const nextTurn = (rows: readonly OverviewRow[], at: string): string | undefined =>
  rows.flatMap(({ counted }) => turnsAfter(counted, at) ?? []).toSorted()[0];

/** The clocks of a matter and what was entered late in it. */
export const rowsOfMatter = async (
  { counts, terms, standingOf, staffOf }: Reckoning,
  { stream, matter, item, supervised }: About,
): Promise<readonly ThingRow[]> => {
  const { clocks, lateEntries, handlers, windows } = supervised;
  const made: ThingRow[] = [];
  for (const [n, clock] of clocks.entries()) {
    const { unit, cause: event, step, from } = clock;
    if (!counts(unit.tier)) continue;
    const counted = await limitOf(standingOf, clock);
    const handler = handlers[unitKey(unit)];
    const window = windows[unitKey(unit)];
    const staff = handler === undefined ? undefined : staffOf(unit, handler, stream);
    made.push({
      ...{ key: `${stream}#${n}`, stream, matter, place: placed(unit, { window, staff, item }) },
      ...{ at: from, event, ...(step !== undefined && { step }), counted },
    });
  }
  for (const entry of lateEntries) {
    const { hash: event, unit, window, person, recordedAt } = entry;
    const counted = counts(unit.tier) ? await entryOf(terms, entry) : undefined;
    if (counted === undefined) continue;
    const place = placed(unit, { window, staff: staffOf(unit, person, stream), item });
    made.push({ key: `${stream}#${event}`, stream, matter, place, at: recordedAt, event, counted });
  }
  return made;
};

/** A card, beside the case it is about. */
export const rowOfCard = (
  { counts, staffOf }: Reckoning,
  { card, issuer, state: { judgement, status }, issuedAt }: CardRow,
  event: EventHash,
  { matter, item, supervised }: About,
): readonly ThingRow[] => {
  if (!counts(issuer)) return [];
  const { accountable, colour, dueAt } = judgement;
  const { unit, person, step } = accountable;
  const staff = person === undefined ? undefined : staffOf(unit, person, judgement.matter);
  const key = unitKey(unit);
  // Where somebody else has acted for the unit since, the window is that person's.
  const window = supervised.handlers[key] === person ? supervised.windows[key] : undefined;
  const counted: Counted = { kind: 'card', colour, status, issued: issuedAt !== undefined };
  return [
    {
      ...{ key: card, stream: card, matter, place: placed(unit, { window, staff, item }) },
      ...{ at: dueAt, event, ...(step !== undefined && { step }), counted },
    },
  ];
};

const placed = (
  { tier, department }: Mandate,
  { window, staff, item }: { readonly [Part in 'window' | 'staff' | 'item']: string | undefined },
): Place => ({
  ...{ tier, department },
  ...(window !== undefined && { window }),
  ...(staff !== undefined && { staff }),
  ...(item !== undefined && { item }),
});

/** Every tier's clocks are counted by its own rules, as its own supervision counts them. */
export const standingsBy = (
  terms: Reckoning['terms'],
): ((clock: Clock) => Promise<Result<Standing, TermsRefusal>>) => {
  const under = new WeakMap<TierTerms, ReturnType<typeof standingUnder>>();
  return async (clock) => {
    const own = await terms.now(clock.unit.tier);
    const standingOf = under.get(own) ?? standingUnder(own.terms);
    under.set(own, standingOf);
    return standingOf(clock);
  };
};

const limitOf = async (standingOf: Reckoning['standingOf'], clock: Clock): Promise<Counted> => {
  const standing = await standingOf(clock);
  return {
    ...{ kind: 'limit', element: clock.kind, from: clock.from },
    ...(clock.stopped !== undefined && { endedAt: clock.stopped.at }),
    ...(standing.ok && { standing: standing.value }),
  };
};

const entryOf = async (
  terms: Reckoning['terms'],
  { unit, recordedAt, late }: LateEntry,
): Promise<Counted | undefined> => {
  const { terms: under } = await terms.now(unit.tier);
  const rules = packOn(under.adopted, under.time.dateOf(Date.parse(recordedAt)));
  const { hours, facts, withinMinutes } = bulkTermsOf(rules?.pack);
  if (late <= hours * 3_600_000) return undefined;
  return { kind: 'lateEntry', late, facts, withinMinutes, bulk: false };
};
