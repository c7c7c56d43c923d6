import { passedDeadlines } from '@liandong/domain/case';
import type { StreamName, TierCode } from '@liandong/kernel';
import { persevere, storeAnswers, type Trying } from '../parking/persevere.ts';
import type { Retry } from '../parking/redrive.ts';
import { instant } from '../ports/clock.ts';
import { type EventStore, start } from '../ports/event-store.ts';
import type { Parking } from '../ports/parking.ts';
import type { CaseDesk, DeskRefusal } from './case-desk.ts';

export type DeadlineKeeperDeps = {
  readonly tier: TierCode;
  readonly desk: CaseDesk;
  readonly store: Pick<EventStore, 'readAll'>;
  readonly parking: Parking;
  readonly trying: Trying;
  /** Cases with a limit that had run out by an instant and that this tier must record, the oldest first. */
  readonly casesDue: (at: string, limit: number) => Promise<readonly StreamName[]>;
  /** Milliseconds between two looks; a limit of law is days, so this is never part of it. */
  readonly interval: number;
  readonly refused: (caseId: StreamName, refusal: DeskRefusal) => void;
};

const handler = 'deadlines';
const batch = 100;

/**
 * Records as facts that limits have passed: acceptance by silence, a correction or a
 * promised material that did not come. A limit that is met meanwhile is no longer due
 * when the case decides, so a late look does no harm. A case that fails again and again is
 * parked, and the others go on.
 */
export const keepDeadlines = async (deps: DeadlineKeeperDeps, signal: AbortSignal): Promise<void> => {
  const { store, parking, trying, casesDue, interval } = deps;
  while (!signal.aborted) {
    const at = instant(trying.clock.now());
    const parked = await parking.parkedStreams(handler);
    // As many more as are parked, for those stand before the others.
    const due = (await casesDue(at, batch + parked.size)).filter((caseId) => !parked.has(caseId));
    let recorded = 0;
    for (const stream of due) {
      const done = await persevere(trying, signal, storeAnswers(store), () => recordPassed(deps, stream, at));
      if (done.ok) recorded += done.value;
      else {
        // Nothing waits behind it: what is due is asked anew at each look.
        const failure = { stream, through: start, ...done.refusal };
        await parking.park(handler, failure);
        trying.parked(handler, failure);
      }
    }
    // The view follows what was just recorded; asking again at once would find the same cases.
    if (due.length < batch || recorded === 0) await trying.wait(interval, signal);
  }
};

/** Records what has passed in a parked case by now and lets it go. */
export const retryDeadlines =
  (deps: DeadlineKeeperDeps): Retry =>
  async ({ stream, through }) => {
    await recordPassed(deps, stream, instant(deps.trying.clock.now()));
    return deps.parking.release(handler, stream, through);
  };

/** How many facts were recorded. */
export const recordPassed = async (
  { tier, desk, refused }: Pick<DeadlineKeeperDeps, 'tier' | 'desk' | 'refused'>,
  caseId: StreamName,
  at: string,
): Promise<number> => {
  const file = await desk.read(caseId);
  if (file === undefined) return 0;
  let recorded = 0;
  for (const command of passedDeadlines(file.state, tier, at)) {
    const done = await desk.execute({
      caseId,
      command,
      by: { tier, roles: ['system'] },
      principal: `system:${tier}:deadlines`,
      authtype: 'system',
      idempotencyKey: `${command.type}:${caseId}:${file.revision}`,
    });
    if (done.ok) recorded += 1;
    else refused(caseId, done.refusal);
  }
  return recorded;
};
