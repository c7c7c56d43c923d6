import type { TierCode } from '@liandong/kernel';
import { until } from './counter.ts';
import type { Network } from './network.ts';
import { isOneRegister, type Known } from './known.ts';
import type { Stage } from './run-main-job.ts';

/** The last line of a demonstration. */
export type Summary = {
  readonly cases: number;
  /** Events in the store of each tier: its own and those it received. */
  readonly events: Readonly<Record<TierCode, number>>;
  readonly caseDigest: Readonly<Record<TierCode, string>>;
  readonly equal: boolean;
};

/** Waits until every link says that it has delivered all there is, then compares the register of the case. */
export const judge = async (
  caseId: string,
  { cast, counter }: Stage,
  { addresses, eventsHeld }: Network,
): Promise<Summary> => {
  await until(
    'drained links at every tier',
    () => Promise.all(addresses.map(({ tier }) => counter.links(tier, `operator-${tier}`))),
    (reports) => reports.every(({ drained }) => drained),
  );
  const known = await Promise.all(
    Object.values(cast).map(async (tier) => {
      const { body } = await counter.get(tier, `auditor-${tier}`, `/v1/cases/${caseId}`);
      return [tier, body as Known] as const;
    }),
  );
  const { body } = await counter.get(cast.city, `auditor-${cast.city}`, '/v1/cases?limit=200');
  const events = await Promise.all(
    addresses.map(async ({ tier }) => [tier, await eventsHeld(tier)] as const),
  );
  return {
    cases: (body['items'] as readonly unknown[]).length,
    events: Object.fromEntries(events),
    caseDigest: Object.fromEntries(known.map(([tier, { digest }]) => [tier, digest])),
    equal: isOneRegister(known.map(([, file]) => file)),
  };
};
