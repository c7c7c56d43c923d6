/**
 * Wakes loops that wait for work. A loop notes `rung` before it looks for work and
 * then waits for a later ring, so a ring in between is never lost.
 */
export type Bell = {
  readonly rung: () => number;
  readonly ring: () => void;
  /** Resolves once rung more than `seen` times, or when `signal` aborts. */
  readonly after: (seen: number, signal: AbortSignal) => Promise<void>;
};

export const bell = (): Bell => {
  let count = 0;
  const waiting = new Set<() => void>();
  return {
    rung: () => count,
    ring: () => {
      count += 1;
      for (const resolve of [...waiting]) resolve();
    },
    after: (seen, signal) =>
      count > seen || signal.aborted
        ? Promise.resolve()
        : new Promise((resolve) => {
            const done = () => {
              waiting.delete(done);
              signal.removeEventListener('abort', done);
              resolve();
            };
            waiting.add(done);
            signal.addEventListener('abort', done);
          }),
  };
};
