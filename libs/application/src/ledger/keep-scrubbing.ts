import type { ScrubPlaces } from '../ports/scrub-places.ts';
import type { Wait } from '../ports/wait.ts';
import { type ScrubDeps, type ScrubFinding, scrubStart, scrubStretch } from './scrub-ledger.ts';

export type ScrubbingDeps = ScrubDeps & {
  readonly places: ScrubPlaces;
  readonly wait: Wait;
  /** Told once of a finding that every round makes anew, and again where it had gone in between. */
  readonly found: (finding: ScrubFinding) => void;
  /** From the end of one round to the beginning of the next. */
  readonly everyMs: number;
  /** Between two stretches, so that the scrub never takes the disk for itself. */
  readonly pauseMs?: number;
};

/** Scrubs round after round until the signal aborts; a round that was broken off goes on where it was. */
export const keepScrubbing = async (deps: ScrubbingDeps, signal: AbortSignal): Promise<void> => {
  const { places, wait, found, everyMs, pauseMs = 20 } = deps;
  let told = '';
  while (!signal.aborted) {
    const { place, finding } = await scrubStretch(deps, (await places.load()) ?? scrubStart);
    const named = finding === undefined ? '' : Object.values(finding).join(' ');
    if (finding !== undefined && named !== told) found(finding);
    if (place === undefined) told = named;
    await places.save(place);
    await wait(place === undefined ? everyMs : pauseMs, signal);
  }
};
