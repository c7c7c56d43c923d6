/** Rows under a heading, in columns. Chinese characters take two places on a terminal. */
export const table = (heading: readonly string[], rows: readonly (readonly unknown[])[]): string => {
  const cells = [heading, ...rows.map((row) => row.map(shown))];
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  const lines = cells.map((row) =>
    row
      .map((cell, n) => cell + ' '.repeat((widths[n] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...(rows.length === 0 ? ['（无 none）'] : [])].join('\n');
};

/** A value of an answer as people read it. */
export const shown = (value: unknown): string => {
  if (value === true) return '是 yes';
  if (value === false) return '否 no';
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
};

export const widthOf = (text: string): number =>
  [...text].reduce((width, character) => width + (isWide(character) ? 2 : 1), 0);

const isWide = (character: string): boolean =>
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u.test(
    character,
  );
