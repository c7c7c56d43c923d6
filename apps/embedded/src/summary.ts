import type { CardCount } from '@liandong/domain/supervision';
import type { TierCode } from '@liandong/kernel';
import { isDeepStrictEqual } from 'node:util';
import { until } from './counter.ts';
import type { Network } from './network.ts';
import { isOneRegister, type Known } from './known.ts';
import type { Stage } from './run-main-job.ts';

/** The last line of a demonstration. */
export type Summary = {
  readonly cases: number;
  /** Events in the store of each tier: its own and those it received. */
  readonly events: Readonly<Record<TierCode, number>>;
  /** Where tiers publish their events: how many of them a consumer of each tier's topic has read. */
  readonly published?: Readonly<Record<TierCode, number>>;
  readonly caseDigest: Readonly<Record<TierCode, string>>;
  /** As the city knows them, its own and those of the tiers below it. */
  readonly cards: CardCount;
  readonly equal: boolean;
};

/** Waits until every link says that it has delivered all there is, then compares the register of the case. */
export const judge = async (
  caseId: string,
  { cast, counter }: Stage,
  { addresses, eventsHeld, eventsPublished }: Network,
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
  const { issued, withdrawn, standing } = await cardsAtTop(cast.city, counter, Object.values(cast));
  const events = await Promise.all(
    addresses.map(async ({ tier }) => [tier, await eventsHeld(tier)] as const),
  );
  const published =
    eventsPublished &&
    (await Promise.all(addresses.map(async ({ tier }) => [tier, await eventsPublished(tier)] as const)));
  return {
    cases: (body['items'] as readonly unknown[]).length,
    events: Object.fromEntries(events),
    ...(published && { published: Object.fromEntries(published) }),
    caseDigest: Object.fromEntries(known.map(([tier, { digest }]) => [tier, digest])),
    cards: { issued, withdrawn, standing },
    equal: isOneRegister(known.map(([, file]) => file)),
  };
};

type Counted = CardCount & { readonly issuer: string };

/** Waits until the city counts what each tier counts of its own. */
const cardsAtTop = async (
  city: TierCode,
  { supervision }: Stage['counter'],
  tiers: readonly TierCode[],
): Promise<CardCount> => {
  const countsAt = async (tier: TierCode) => {
    const { body } = await supervision.get(tier, `supervisor-${tier}`, '/v1/cards/statistics');
    return body['items'] as readonly Counted[];
  };
  const { all } = await until(
    'the cards of every tier at the city',
    async () => {
      const own = await Promise.all(
        tiers.map(async (tier) => (await countsAt(tier)).filter(({ issuer }) => issuer === tier)),
      );
      return { own: total(own.flat()), all: total(await countsAt(city)) };
    },
    ({ own, all: known }) => isDeepStrictEqual(own, known),
  );
  return all;
};

const total = (counts: readonly CardCount[]): CardCount => {
  const sum = (of: keyof CardCount) => counts.reduce((before, each) => before + each[of], 0);
  return { issued: sum('issued'), withdrawn: sum('withdrawn'), standing: sum('standing') };
};
