import { isCaseStream, type StreamName, type TierCode } from '@liandong/kernel';
import type { Follower } from '../followers.ts';
import type { CaseDesk, DeskRefusal } from './case-desk.ts';
import type { CaseFile } from './case-file.ts';

export type CoordinatorDeps = {
  readonly tier: TierCode;
  readonly desk: CaseDesk;
  readonly refused: (caseId: StreamName, refusal: DeskRefusal) => void;
};

/**
 * The lead's coordinator: when facts have come in that no act of the lead has filed,
 * it files them, so that they are registered even if the lead has nothing else to say.
 */
export const coordinator = ({ tier, desk, refused }: CoordinatorDeps): Follower => ({
  name: 'coordinator',
  handle: async (page) => {
    const touched = new Set(page.map(({ stream }) => stream).filter(isCaseStream));
    for (const caseId of touched) {
      const file = await desk.read(caseId);
      if (file?.lead?.tier !== tier || !waitsToBeFiled(file)) continue;
      const done = await desk.execute({
        caseId,
        command: { type: 'file' },
        by: { tier, department: file.lead.department, roles: ['system'] },
        principal: `system:${tier}:coordinator`,
        authtype: 'system',
        // What is filed names the act: run again after a crash it finds what it wrote.
        idempotencyKey: file.events
          .slice(file.registered)
          .map(({ hash }) => hash)
          .join(''),
      });
      if (!done.ok) refused(caseId, done.refusal);
    }
  },
});

const waitsToBeFiled = ({ events, registered }: CaseFile): boolean =>
  events.slice(registered).some(({ superseded }) => !superseded);
