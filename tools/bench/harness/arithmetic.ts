/** What one cell measured in one round: named figures, such as `rate` or `p99`. */
export type Figures = Readonly<Record<string, number>>;

/** One round: every cell once, in an order that turns round each time. */
export type Round = {
  readonly order: readonly string[];
  readonly figures: Readonly<Record<string, Figures>>;
  /** Before each cell: how long a fixed task took, as a multiple of the best time of the run. */
  readonly noise: Readonly<Record<string, number>>;
};

export type Summary = {
  readonly median: number;
  readonly lowerQuartile: number;
  readonly lowest: number;
  readonly highest: number;
};

export type Verdict = 'target met' | 'floor met' | 'below the floor' | 'INCONCLUSIVE' | 'reported';

/** What a ratio must reach; without it the ratio is only reported. */
export type Goal = { readonly floor: number; readonly target: number };

/** A figure that is no positive number says that nothing was measured: the benchmark must stop, not average it away. */
export const measured = (figure: number | undefined, what: string): number => {
  if (figure === undefined || !Number.isFinite(figure) || figure <= 0)
    throw new Error(`${what} measured ${String(figure)}`);
  return figure;
};

/** By linear interpolation between the two nearest ranks. */
export const quantile = (values: readonly number[], fraction: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * fraction;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (below === undefined || above === undefined || sorted.some(Number.isNaN))
    throw new RangeError('a quantile needs numbers');
  return below + (above - below) * (place - Math.floor(place));
};

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export type Side = { readonly cell: string; readonly figure: string };
export type Pair = { readonly ours: Side; readonly rival: Side; readonly better: 'more' | 'less' };

/**
 * How many times better ours is, round by round. The two sides of a ratio stood next to
 * each other in time, so what disturbed the one disturbed the other.
 */
export const ratios = (rounds: readonly Round[], { ours, rival, better }: Pair): readonly number[] =>
  rounds.map(({ figures }) => {
    const a = measured(figures[ours.cell]?.[ours.figure], `${ours.cell} ${ours.figure}`);
    const b = measured(figures[rival.cell]?.[rival.figure], `${rival.cell} ${rival.figure}`);
    return better === 'more' ? a / b : b / a;
  });

export const summary = (values: readonly number[]): Summary => ({
  median: median(values),
  lowerQuartile: quantile(values, 0.25),
  lowest: Math.min(...values),
  highest: Math.max(...values),
});

/** Half as slow again as the best is another machine. */
const noisyFrom = 1.5;
const noisyShare = 0.25;

export const isDisturbed = ({ noise }: Round): boolean =>
  Object.values(noise).some((one) => !(one < noisyFrom));

/** More than a quarter of the rounds were disturbed: the quartiles themselves may be. */
export const isNoisy = (rounds: readonly Round[]): boolean =>
  rounds.filter(isDisturbed).length > noisyShare * rounds.length;

export const verdict = (ratio: Summary, goal: Goal | undefined, noisy: boolean): Verdict => {
  if (goal === undefined) return 'reported';
  if (noisy) return 'INCONCLUSIVE';
  if (ratio.median >= goal.target) return 'target met';
  return ratio.median >= goal.floor ? 'floor met' : 'below the floor';
};

/** The median of one cell's figure over all rounds. */
export const typical = (rounds: readonly Round[], { cell, figure }: Side): number =>
  median(rounds.map(({ figures }) => measured(figures[cell]?.[figure], `${cell} ${figure}`)));
