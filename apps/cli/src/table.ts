/** Rows under a heading, in columns. Chinese characters take two places on a terminal. */
export const table = (heading: readonly string[], rows: readonly (readonly unknown[])[]): string => {
  const cells = [heading, ...rows.map((row) => row.map((cell) => String(cell ?? '')))];
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  return cells
    .map((row) =>
      row
        .map((cell, n) => cell + ' '.repeat((widths[n] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

export const widthOf = (text: string): number =>
  [...text].reduce((width, character) => width + (/[\u1100-\u115f\u2e80-\uffdc]/.test(character) ? 2 : 1), 0);
