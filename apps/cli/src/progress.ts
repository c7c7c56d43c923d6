/** Told how much is done, of how much. */
export type Progress = (done: number, of: number) => void;

const cells = 30;

export const barText = (label: string, done: number, of: number): string => {
  const share = of === 0 ? 1 : Math.min(1, done / of);
  const full = Math.floor(share * cells);
  const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
  return `${label} ${bar} ${String(Math.floor(share * 100)).padStart(3)}% ${done}/${of}`;
};

/** A bar on a terminal, and nothing anywhere else: what programs read stays what it is. */
export const progressBar = (
  label: string,
  terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
): Progress => {
  if (!terminal.isTTY) return () => undefined;
  let shown = '';
  return (done, of) => {
    const text = barText(label, done, of);
    if (text === shown) return;
    shown = text;
    terminal.write(`\r${text}${done >= of ? '\n' : ''}`);
  };
};
