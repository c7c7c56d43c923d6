/** Resolves after that many milliseconds, or at once when `signal` aborts. Only pacing hangs on it, never correctness. */
export type Wait = (milliseconds: number, signal: AbortSignal) => Promise<void>;
