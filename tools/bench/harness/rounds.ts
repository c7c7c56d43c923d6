import { type Figures, measured, type Round } from './arithmetic.ts';

/** One thing measured: does its work once, asserts what came of it, and says how fast it was. */
export type Cell = { readonly name: string; readonly measure: () => Promise<Figures> };

/** Milliseconds of a fixed task that needs nothing but a core: now, and at best since the run began. */
export type Gauge = { readonly take: () => number; readonly best: () => number };

/**
 * Cells in turn, A B C then C B A, after one warm-up of each that is thrown away. The
 * noise before a cell is judged against the best gauge of the whole run.
 */
export const playRounds = async (
  cells: readonly Cell[],
  { rounds, gauge }: { readonly rounds: number; readonly gauge: Gauge },
): Promise<readonly Round[]> => {
  const cellOf = new Map(cells.map((cell) => [cell.name, cell]));
  if (cellOf.size < cells.length) throw new RangeError('two cells have one name');
  for (const cell of cells) checked(cell, await cell.measure());

  const gauged: { order: string[]; figures: Record<string, Figures>; gauges: Record<string, number> }[] = [];
  for (let n = 0; n < rounds; n++) {
    const inTurn = n % 2 === 0 ? cells : cells.toReversed();
    const figures: Record<string, Figures> = {};
    const gauges: Record<string, number> = {};
    for (const cell of inTurn) {
      gauges[cell.name] = gauge.take();
      figures[cell.name] = checked(cell, await cell.measure());
    }
    gauged.push({ order: inTurn.map(({ name }) => name), figures, gauges });
  }

  const best = gauge.best();
  return gauged.map(({ order, figures, gauges }) => ({
    order,
    figures,
    noise: Object.fromEntries(Object.entries(gauges).map(([name, ms]) => [name, ms / best])),
  }));
};

const checked = ({ name }: Cell, figures: Figures): Figures => {
  const entries = Object.entries(figures);
  if (entries.length === 0) throw new Error(`${name} measured nothing`);
  for (const [figure, value] of entries) measured(value, `${name} ${figure}`);
  return figures;
};
