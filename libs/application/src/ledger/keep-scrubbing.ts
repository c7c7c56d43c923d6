import type { ScrubPlaces } from '../ports/scrub-places.ts';
import type { Wait } from '../ports/wait.ts';
import { type ScrubDeps, type ScrubFinding, scrubStart, scrubStretch } from './scrub-ledger.ts';

export type ScrubbingDeps = ScrubDeps & {
  readonly places: ScrubPlaces;
  readonly wait: Wait;
  readonly found: (finding: ScrubFinding) => void;
  /** From the end of one round to the beginning of the next. */
  readonly everyMs: number;
  /** Between two stretches, so that the scrub never takes the disk for itself. */
  readonly pauseMs?: number;
};

/** Scrubs round after round until the signal aborts; a round that was broken off goes on where it was. */
export const keepScrubbing = async (deps: ScrubbingDeps, signal: AbortSignal): Promise<void> => {
  const { places, wait, found, everyMs, pauseMs = 20 } = deps;
  while (!signal.aborted) {
    const { place, finding } = await scrubStretch(deps, (await places.load()) ?? scrubStart);
    if (finding !== undefined) found(finding);
    await places.save(place);
    await wait(place === undefined ? everyMs : pauseMs, signal);
  }
};
