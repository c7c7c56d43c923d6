import { caseFactType, entriesOf } from '@liandong/domain/case';
import type { CaseParts, Part } from '@liandong/domain/privacy';
import type { TierCode } from '@liandong/kernel';
import type { CaseFile } from '../cases/case-file.ts';

type Taken = { readonly tier: TierCode; readonly part: Part };

/**
 * Who has which part in a case. Read from the folded case, never from a bare event: a
 * handover, a stage or a sharing that had no effect entitles nobody.
 */
export const partsIn = ({ state, events }: CaseFile): CaseParts => {
  const { matter } = state;
  if (matter === undefined) return { audience: [], taken: [] };
  const { opening, lead, transfers, takeovers } = matter;
  const handovers = [...transfers, ...takeovers].flatMap(({ from, to }) => [from, to]);
  const leads = [opening.lead, lead, ...handovers].map(({ tier }): Taken => ({ tier, part: 'lead' }));
  const organs = Object.values(matter.steps)
    .filter(({ stage }) => matter.stages.includes(stage))
    .flatMap(({ step: { kind }, organ, formerOrgans }) =>
      [organ, ...formerOrgans].map(({ tier }): Taken => ({
        tier,
        part: kind === 'opinion' ? 'adviser' : 'decider',
      })),
    );
  const without = new Set(entriesOf(state.withoutEffect).map(({ hash }) => hash));
  const asked = events
    .filter(({ hash, superseded }) => !superseded && !without.has(hash))
    .flatMap(({ fact }): Taken[] => {
      if (fact?.type === caseFactType('consulted')) return [{ tier: fact.data.asked.tier, part: 'adviser' }];
      if (fact?.type === caseFactType('shared'))
        return fact.data.tiers.map((tier) => ({ tier, part: 'guest' as const }));
      return [];
    });
  return {
    audience: matter.audience,
    taken: [{ tier: opening.intake.tier, part: 'intake' }, ...leads, ...organs, ...asked],
  };
};

const entitling: ReadonlySet<string> = new Set(
  (['opened', 'stageOpened', 'transferred', 'takenOver', 'determined', 'consulted', 'shared'] as const).map(
    caseFactType,
  ),
);

/** Whether an event of this type may give a tier a part in a case. */
export const mayEntitle = (type: string): boolean => entitling.has(type);
