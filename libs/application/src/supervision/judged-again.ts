import { cardStreamAt, type Difference, type Judgement, type Supervised } from '@liandong/domain/supervision';
import type { Sha256, TierCode } from '@liandong/kernel';
import type { Overseen } from '../ports/oversight-book.ts';
import { heldBack, rejudge, type RejudgeDeps } from './replay-cards.ts';

/** The tiers that may have to answer for a matter. */
export const tiersIn = ({ clocks, findings, lateEntries }: Supervised): readonly TierCode[] => [
  ...new Set(
    [
      ...clocks.flatMap(({ unit, formerUnits = [] }) => [unit, ...formerUnits.map((former) => former.unit)]),
      ...[...findings, ...lateEntries].map(({ unit }) => unit),
    ].map((unit) => unit.tier),
  ),
];

/** A cause that came to the superior's notice and was not judged there yet. */
export const noticed = (
  { tier, sha256 }: { readonly tier: TierCode; readonly sha256: Sha256 },
  { matter, cause, accountable }: Judgement,
  since: string,
): Overseen => {
  const issuer = accountable.unit.tier;
  const [stream, card] = [cardStreamAt(sha256, tier, cause), cardStreamAt(sha256, issuer, cause)];
  const known = { stream, card, overseer: tier, issuer, matter, cause };
  return { ...known, state: 'waiting', since, disagreement: undefined };
};

type JudgedAgain = {
  /** Everything the card names is here. */
  readonly complete: boolean;
  readonly expected: Judgement | undefined;
  readonly more: readonly Difference[];
};

/**
 * A card at its own frontier, joined by what the issuer demonstrably had and left out.
 * Where something it names has not come here, what is due by all that has come stands in.
 */
export const judgedAgain = async (
  deps: RejudgeDeps,
  issued: Judgement,
  due: Judgement | undefined,
): Promise<JudgedAgain> => {
  const { frontier, judgedAt, reckoning } = issued;
  const leftOut = await heldBack(deps, issued);
  const again = await rejudge(deps, issued, leftOut);
  if (again.kind === 'incomplete') {
    const more = [{ point: 'notHere', issued: listed(again.missing) }];
    return { complete: false, expected: due && { ...due, frontier, judgedAt }, more };
  }
  const { judgement, daysCounted } = again;
  const said = reckoning.kind === 'clock' ? reckoning.count : undefined;
  const more: readonly Difference[] = [
    ...(daysCounted === said || daysCounted === undefined
      ? []
      : [{ point: 'daysCounted', issued: String(said), expected: String(daysCounted) }]),
    ...(leftOut.length === 0 ? [] : [{ point: 'frontier', expected: listed(leftOut) }]),
  ];
  const expected = judgement && (leftOut.length === 0 ? judgement : { ...judgement, frontier });
  return { complete: true, expected, more };
};

const mostListed = 4;

const listed = (names: readonly string[]): string =>
  [
    ...names.slice(0, mostListed),
    ...(names.length > mostListed ? [`+${names.length - mostListed}`] : []),
  ].join(' ');
