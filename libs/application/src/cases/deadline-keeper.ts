import { passedDeadlines } from '@liandong/domain/case';
import type { StreamName, TierCode } from '@liandong/kernel';
import { type Clock, instant } from '../ports/clock.ts';
import type { Wait } from '../ports/wait.ts';
import type { CaseDesk, DeskRefusal } from './case-desk.ts';

export type DeadlineKeeperDeps = {
  readonly tier: TierCode;
  readonly clock: Clock;
  readonly desk: CaseDesk;
  /** Cases with a limit that had run out by an instant and that this tier must record, the oldest first. */
  readonly casesDue: (at: string, limit: number) => Promise<readonly StreamName[]>;
  readonly wait: Wait;
  /** Milliseconds between two looks; a limit of law is days, so this is never part of it. */
  readonly interval: number;
  readonly refused: (caseId: StreamName, refusal: DeskRefusal) => void;
};

const batch = 100;

/**
 * Records as facts that limits have passed: acceptance by silence, a correction or a
 * promised material that did not come. A limit that is met meanwhile is no longer due
 * when the case decides, so a late look does no harm.
 */
export const keepDeadlines = async (deps: DeadlineKeeperDeps, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const at = instant(deps.clock.now());
    const due = await deps.casesDue(at, batch);
    let recorded = 0;
    for (const caseId of due) recorded += await recordPassed(deps, caseId, at);
    // The view follows what was just recorded; asking again at once would find the same cases.
    if (due.length < batch || recorded === 0) await deps.wait(deps.interval, signal);
  }
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
