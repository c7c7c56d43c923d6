import { isCaseStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { Follower } from '../followers.ts';
import { persevere, storeAnswers, streamsIn, type Trying } from '../parking/persevere.ts';
import type { Retry } from '../parking/redrive.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Parking } from '../ports/parking.ts';
import type { CaseDesk, DeskRefusal } from './case-desk.ts';
import type { CaseFile } from './case-file.ts';

export type CoordinatorDeps = {
  readonly tier: TierCode;
  readonly desk: CaseDesk;
  readonly store: Pick<EventStore, 'readAll'>;
  readonly parking: Parking;
  readonly trying: Trying;
  readonly refused: (caseId: StreamName, refusal: DeskRefusal) => void;
};

const handler = 'coordinator';

/**
 * The lead's coordinator: when facts have come in that no act of the lead has filed,
 * it files them, so that they are registered even if the lead has nothing else to say.
 * A case that fails again and again is parked, and the others go on.
 */
export const coordinator = (deps: CoordinatorDeps): Follower => ({
  name: handler,
  handle: async (page, signal) => {
    const { store, parking, trying } = deps;
    const touched = streamsIn(page).filter(({ stream }) => isCaseStream(stream));
    const held = touched.length === 0 ? new Set() : await parking.hold(handler, touched);
    for (const waiting of touched.filter(({ stream }) => !held.has(stream))) {
      const filed = await persevere(trying, signal, storeAnswers(store), () => file(deps, waiting.stream));
      if (filed.ok) continue;
      const failure = { ...waiting, ...filed.refusal };
      await parking.park(handler, failure);
      trying.parked(handler, failure);
    }
  },
});

/** Files what waits in a parked case and lets it go. */
export const retryCoordinator =
  (deps: CoordinatorDeps): Retry =>
  async ({ stream, through }) => {
    await file(deps, stream);
    return deps.parking.release(handler, stream, through);
  };

const file = async (
  { tier, desk, refused }: Pick<CoordinatorDeps, 'tier' | 'desk' | 'refused'>,
  caseId: StreamName,
): Promise<void> => {
  const known = await desk.read(caseId);
  if (known?.lead?.tier !== tier || !waitsToBeFiled(known)) return;
  const done = await desk.execute({
    caseId,
    command: { type: 'file' },
    by: { tier, department: known.lead.department, roles: ['system'] },
    principal: `system:${tier}:coordinator`,
    authtype: 'system',
    // What is filed names the act: run again after a crash it finds what it wrote.
    idempotencyKey: known.events
      .slice(known.registered)
      .map(({ hash }) => hash)
      .join(''),
  });
  if (!done.ok) refused(caseId, done.refusal);
};

const waitsToBeFiled = ({ events, registered }: CaseFile): boolean =>
  events.slice(registered).some(({ superseded }) => !superseded);
