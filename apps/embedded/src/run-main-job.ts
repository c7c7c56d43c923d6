import { shippedItems } from '@liandong/adapters/reference';
import type { TierCode } from '@liandong/kernel';
import type { Answer, Counter } from './counter.ts';
import { until } from './counter.ts';
import { type Act, type Cast, jointApproval, type Step } from './main-job.ts';
import { isOneRegister, type Known } from './known.ts';
import type { Narrator } from './narrator.ts';

export type Stage = {
  readonly cast: Cast;
  readonly counter: Counter;
  readonly narrator: Narrator;
  /** Brings the demonstration's clock that many days ahead of real time, if it is not there yet. */
  readonly bringAhead: (days: number) => void;
  readonly today: () => string;
  /** Aborted when the network is about to stop: no further act is begun. */
  readonly stopping: AbortSignal;
};

export type Outcome = { readonly caseId: string; readonly known: ReadonlyMap<TierCode, Known> };

/**
 * Plays the joint approval, step by step, and after each step waits until every tier
 * holds the same events in the same order. Run again after it was broken off anywhere,
 * it repeats every act under its key, which records nothing twice, and days that have
 * passed do not pass again.
 */
export const runMainJob = async (stage: Stage): Promise<Outcome> => {
  const { cast, narrator } = stage;
  const steps = jointApproval(cast);
  let caseId: string | undefined;
  let known: ReadonlyMap<TierCode, Known> = new Map();
  let days = 0;
  for (const [n, step] of steps.entries()) {
    stage.stopping.throwIfAborted();
    narrator.step(n + 1, steps.length, step, stage.today());
    if (step.does === 'pass') {
      days += step.days;
      stage.bringAhead(days);
      continue;
    }
    caseId = await act(stage, step, caseId);
    known = await agreement(stage, caseId);
    narrator.agreed(known);
  }
  if (caseId === undefined) throw new Error('the joint approval opened no case');
  return { caseId, known };
};

const act = async (stage: Stage, step: Act, caseId: string | undefined): Promise<string> => {
  const { tier, person, key, command, body } = step;
  const asked =
    typeof body === 'function' ? body({ procedure: await procedureOf(stage, tier, caseId) }) : body;
  const path = caseId === undefined ? '/v1/cases' : `/v1/cases/${caseId}/commands/${command}`;
  const answer = await stage.counter.post(tier, person, path, `main-job-${key}`, asked);
  if (answer.status >= 300) throw refusedBy(person, command, answer);
  return String(answer.body['caseId']);
};

/** Found among the events, where it stays; the procedure itself may have ended in an earlier run. */
const procedureOf = async ({ counter }: Stage, tier: TierCode, caseId = ''): Promise<string | undefined> => {
  const { body } = await counter.get(tier, `auditor-${tier}`, `/v1/cases/${caseId}/events`);
  const events = body['items'] as readonly { readonly type: string; readonly hash: string }[];
  return events.find(({ type }) => type === 'liandong.case.procedureStarted.v1')?.hash;
};

/** Waits until every tier of the cast holds the same register and nothing waits to be filed. */
const agreement = ({ cast, counter }: Stage, caseId: string): Promise<ReadonlyMap<TierCode, Known>> =>
  until(
    'the same register at every tier',
    async () => {
      const known = await Promise.all(
        Object.values(cast).map(async (tier) => {
          const { status, body } = await counter.get(tier, `auditor-${tier}`, `/v1/cases/${caseId}`);
          return [tier, status === 200 ? (body as Known) : undefined] as const;
        }),
      );
      return new Map(known.flatMap(([tier, file]) => (file === undefined ? [] : [[tier, file] as const])));
    },
    (known) => known.size === Object.keys(cast).length && isOneRegister([...known.values()]),
  );

/** Takes over the regional standard at the lower tiers, once the city's catalogue has come down the links. */
export const adoptCatalogue = async ({ cast, counter, narrator, stopping }: Stage): Promise<void> => {
  const day = '2021-04-29';
  const current = shippedItems.flatMap(({ publications }) => {
    const version = publications.at(-1)?.version;
    return version?.status === 'inForce' && version.effectiveTo === undefined ? [version] : [];
  });
  for (const tier of [cast.county, cast.township]) {
    for (const { code, version, effectiveFrom } of current) {
      stopping.throwIfAborted();
      const standard = { tier: cast.city, version };
      const from = effectiveFrom > day ? effectiveFrom : day;
      await until(
        `item ${code} at ${tier}`,
        () =>
          counter.post(
            tier,
            `catalogueManager-${tier}`,
            `/v1/items/${code}/adoptions`,
            `adopt-${code}-${version}`,
            {
              standard,
              effectiveFrom: from,
            },
          ),
        ({ status, body }) => {
          if (status < 300) return true;
          if (status === 404) return false;
          throw new Error(`${tier} could not adopt ${code}: ${JSON.stringify(body)}`);
        },
      );
    }
    narrator.adopted(tier, current.length);
  }
};

const refusedBy = (person: string, command: string, { status, body }: Answer): Error =>
  new Error(`${command} by ${person} was refused with ${status}: ${JSON.stringify(body)}`);

export type { Step };
