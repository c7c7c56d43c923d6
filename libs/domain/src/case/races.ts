import type { EventHash } from '@liandong/kernel';
import type { CaseFact } from './facts.ts';
import type { CaseRefusal } from './refusals.ts';
import type { Matter, Obligation } from './state.ts';
import { endedByLapse } from './tolerance.ts';

type Race = {
  readonly late: readonly CaseFact['type'][];
  /** Why the fact has no effect. */
  readonly because: readonly CaseRefusal['code'][];
  readonly when?: (matter: Matter) => boolean;
  readonly opens: Obligation['kind'];
};

const opinion = 'liandong.case.opinionGiven.v1';
const determination = 'liandong.case.determined.v1';
const external = 'liandong.case.externalRecorded.v1';

/** What the author had seen lost its own effect: a stage opened under a mandate that had passed on. */
const unfounded = [
  'wrong-status',
  'step-not-open',
  'step-suspended',
  'round-unknown',
  'material-missing',
] as const satisfies readonly CaseRefusal['code'][];

/**
 * Facts that were lawful where they were said and surface after another fact that they
 * had not seen. They change nothing by themselves; the lead must look at them.
 */
const races: readonly Race[] = [
  { late: ['liandong.case.withdrawn.v1'], because: ['already-decided'], opens: 'reconsider' },
  {
    // Material that was on its way when the case ended for want of it.
    late: ['liandong.case.materialSupplied.v1'],
    because: ['case-ended'],
    when: endedByLapse,
    opens: 'reconsider',
  },
  {
    // One counter accepted what another had turned away: the applicant holds two receipts.
    late: ['liandong.case.accepted.v1'],
    because: ['case-ended'],
    when: ({ status }) => status === 'rejected',
    opens: 'reconsider',
  },
  {
    late: ['liandong.case.rejected.v1'],
    because: ['wrong-status', 'case-ended'],
    when: ({ acceptedAt }) => acceptedAt !== undefined,
    opens: 'reconsider',
  },
  { late: [determination, external], because: ['step-answered'], opens: 'reconcile' },
  { late: [opinion], because: ['step-answered'], opens: 'lateOpinion' },
  {
    late: [opinion, determination, external],
    because: ['case-ended', 'step-passed-over', 'step-moved', ...unfounded],
    opens: 'lateOpinion',
  },
];

export const obligationFrom = (
  matter: Matter,
  fact: CaseFact,
  hash: EventHash,
  { code }: CaseRefusal,
): Obligation | undefined => {
  const race = races.find(
    ({ late, because, when }) =>
      late.includes(fact.type) && because.includes(code) && (when?.(matter) ?? true),
  );
  const step = 'step' in fact.data ? fact.data.step : undefined;
  return race && { kind: race.opens, cause: hash, step, noted: undefined };
};
