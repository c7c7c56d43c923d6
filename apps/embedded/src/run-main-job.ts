import { shippedItems } from '@liandong/adapters/reference';
import { type WorkingTime, workingDay as fullDay } from '@liandong/domain/calendar';
import type { Result, TierCode } from '@liandong/kernel';
import type { Answer, Counter } from './counter.ts';
import { until } from './counter.ts';
import { type Act, type CardAct, type Cast, jointApproval, type Pass, type Step } from './main-job.ts';
import { isOneRegister, type Known } from './known.ts';
import type { Narrator, ShownCard } from './narrator.ts';

export type Stage = {
  readonly cast: Cast;
  readonly counter: Counter;
  readonly narrator: Narrator;
  /** Brings the demonstration's clock to an instant, if it is not there yet. */
  readonly bringTo: (instant: number) => void;
  readonly now: () => number;
  readonly workingTime: WorkingTime;
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
  await beginInTheMorning(stage);
  for (const [n, step] of steps.entries()) {
    stage.stopping.throwIfAborted();
    narrator.step(n + 1, steps.length, step, stage.today());
    switch (step.does) {
      case 'pass':
        await pass(stage, step, caseId);
        break;
      case 'card':
        narrator.card(await onCard(stage, step, caseId));
        break;
      case 'act':
        caseId = await act(stage, step, caseId);
        known = await agreement(stage, caseId);
        narrator.agreed(known);
        break;
    }
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
const procedureOf = async (stage: Stage, tier: TierCode, caseId = ''): Promise<string | undefined> =>
  (await lastOf(stage, tier, 'procedureStarted', caseId))?.hash;

type Shown = { readonly type: string; readonly hash: string; readonly time: string };

const lastOf = async ({ counter }: Stage, tier: TierCode, name: string, caseId: string) => {
  const { body } = await counter.get(tier, `auditor-${tier}`, `/v1/cases/${caseId}/events`);
  return (body['items'] as readonly Shown[]).findLast(({ type }) => type === `liandong.case.${name}.v1`);
};

// Time

const minute = 60_000;

/** A case that is not there yet begins at ten in the morning of a working day, so that every run has the same limits. */
const beginInTheMorning = async ({ cast, counter, now, workingTime, bringTo }: Stage): Promise<void> => {
  const { body } = await counter.get(cast.county, `auditor-${cast.county}`, '/v1/cases?limit=1');
  if ((body['items'] as readonly unknown[]).length > 0) return;
  const present = now();
  for (let day = startOfDay(workingTime.dateOf(present)); ; day += fullDay) {
    const ten = day + 600 * minute;
    if (ten < present || must(workingTime.between(day, day + fullDay)) === 0) continue;
    bringTo(ten);
    return;
  }
};

const startOfDay = (date: string): number => Date.parse(`${date}T00:00:00+08:00`);

/** Minutes more than the days, so that whatever they bring has come about. */
const pass = async (stage: Stage, { workingDays, since }: Pass, caseId = ''): Promise<void> => {
  const from = await lastOf(stage, stage.cast.city, since, caseId);
  if (from === undefined) throw new Error(`nothing passes since ${since}: it has not happened`);
  stage.bringTo(must(stage.workingTime.after(Date.parse(from.time), workingDays * fullDay)) + 5 * minute);
};

const must = <Value>(counted: Result<Value, unknown>): Value => {
  if (counted.ok) return counted.value;
  throw new Error(`the demonstration's calendar cannot count: ${JSON.stringify(counted.refusal)}`);
};

// Cards

/** Waits for the card, does what is to be done about it, and shows how it stands then. */
const onCard = async (stage: Stage, step: CardAct, caseId = ''): Promise<ShownCard> => {
  const { tier, person, rule, key, command, body } = step;
  const { supervision } = stage.counter;
  const card = await until(
    `a card by the rule ${rule} at ${tier}`,
    async () => {
      const page = await supervision.get(tier, person, `/v1/cards?matter=${caseId}`);
      return (page.body['items'] as readonly ShownCard[]).find((each) => each.rule === rule);
    },
    (found) => found !== undefined,
  );
  const path = `/v1/cards/${card?.card ?? ''}`;
  const answer = await supervision.post(tier, person, `${path}/commands/${command}`, `main-job-${key}`, body);
  if (answer.status >= 300) throw refusedBy(person, command, answer);
  const now = await supervision.get(tier, person, path);
  return now.body as ShownCard;
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
export const adoptCatalogue = async ({
  cast,
  counter,
  narrator,
  stopping,
}: Pick<Stage, 'cast' | 'counter' | 'narrator' | 'stopping'>): Promise<void> => {
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

/** Waits until the city's working days have come down the links: without them no limit can be told. */
export const workingDaysArrive = async ({
  cast,
  counter,
}: Pick<Stage, 'cast' | 'counter'>): Promise<void> => {
  const known = async (tier: TierCode) => {
    const { body } = await counter.supervision.get(tier, `supervisor-${tier}`, '/v1/calendar');
    return body['calendar'];
  };
  const published = await known(cast.city);
  for (const tier of [cast.county, cast.township])
    await until(
      `the working days at ${tier}`,
      () => known(tier),
      (calendar) => calendar === published,
    );
};

const refusedBy = (person: string, command: string, { status, body }: Answer): Error =>
  new Error(`${command} by ${person} was refused with ${status}: ${JSON.stringify(body)}`);

export type { Step };
