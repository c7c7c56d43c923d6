import { caseFactType, type CaseFactName } from '@liandong/domain/case';
import { decodeEvent, type Personal, type StreamName, type TierCode } from '@liandong/kernel';
import { type TestNetwork, testNetworkOf, type TestTier, testTierOf } from '@liandong/testing';
import { digestsIn, type Deed, type LinkFrame } from '../src/index.ts';
import {
  city,
  county,
  foundTier,
  must,
  openingOf,
  required,
  type SampleTier,
  sampleTier,
  staff,
  testClock,
  township,
} from './sample-network.ts';

export const guest = '431022' as TierCode;
const places = [
  { tier: city },
  { tier: county, parent: city },
  { tier: township, parent: county },
  { tier: guest, parent: city },
];

export const details = {
  applicantName: '桂阳某某有限公司',
  applicantIdentity: '91431021DEM0000001',
  applicantPhone: '0735-1234567',
  applicantAddress: '桂阳县示范路 8 号',
  matter: '年产五千吨加工厂房',
};

/** Counters and exchanges of four tiers in one process; what one writes down in a case, the others may come to hold. */
export type DisclosingNetwork = {
  readonly net: TestNetwork;
  readonly at: (tier: TierCode) => TestTier;
  /** Tiers that the trust root names no encryption key for. */
  readonly keyless: Set<TierCode>;
  /** Every letter and receipt that went over a line, with the lower tier of the line. */
  readonly seen: readonly { readonly line: TierCode; readonly frame: LinkFrame }[];
  /** Taken in at the county, led by the city: the applicant stands in the opening. */
  readonly open: (key: string) => Promise<StreamName>;
  readonly act: (
    tier: TierCode,
    role: Parameters<typeof staff>[1],
    number: string,
    caseId: StreamName,
    command: object,
    /** What to wait for: that everyone holds the events, unless a line is down. */
    until?: 'everywhere' | 'at once',
  ) => Promise<void>;
  /** The lead opens the review: from then on the organs of its steps have a part. */
  readonly review: (caseId: StreamName) => Promise<void>;
  /** The fields a tier holds of the events of one type. */
  readonly fieldsAt: (
    tier: TierCode,
    caseId: StreamName,
    fact?: CaseFactName,
  ) => Promise<Readonly<Record<string, Personal>>>;
  readonly digestsOf: (caseId: StreamName) => Promise<readonly string[]>;
  /** Until nothing is owed anywhere. */
  readonly delivered: () => Promise<void>;
};

export const disclosingNetwork = async (): Promise<DisclosingNetwork> => {
  const clock = testClock();
  const made = new Map(places.map(({ tier }) => [tier as TierCode, testTierOf(tier)]));
  const at = (tier: TierCode): TestTier => {
    const found = made.get(tier);
    if (found === undefined) throw new Error(`no tier ${tier}`);
    return found;
  };
  const counters = new Map<TierCode, SampleTier>();
  for (const { tier } of places) counters.set(tier, await sampleTier(tier, clock, at(tier).store));
  const counter = (tier: TierCode) => counters.get(tier) as SampleTier;
  for (const one of counters.values()) await foundTier(one);

  const keyless = new Set<TierCode>();
  const seen: { line: TierCode; frame: LinkFrame }[] = [];
  const net = await testNetworkOf(
    places.map((place) => ({ ...place, made: at(place.tier) })),
    { keyless },
  );
  for (const { tier } of places)
    net.mischief(tier, (frame) => {
      if (frame.kind === 'letter' || frame.kind === 'letterReceipt') seen.push({ line: tier, frame });
      return [frame];
    });
  await net.drained();

  const act: DisclosingNetwork['act'] = async (tier, role, number, caseId, command, until = 'everywhere') => {
    const idempotencyKey = `${JSON.stringify(command)} ${caseId}`;
    const deed = { ...staff(tier, role, number), caseId, idempotencyKey, command } as Deed;
    must(await counter(tier).desk.execute(deed));
    if (until === 'everywhere') await net.drained();
  };

  return {
    ...{ net, at, keyless, seen, act },
    open: async (key) => {
      const opening = { ...openingOf(required), details };
      const deed = { ...staff(county, 'windowClerk', '02'), idempotencyKey: key, command: opening } as const;
      const { caseId } = must(await counter(county).desk.execute(deed));
      await net.drained();
      return caseId;
    },
    review: async (caseId) => {
      await act(county, 'windowClerk', '02', caseId, { type: 'preAccept' });
      await act(city, 'leadCoordinator', '03', caseId, { type: 'accept' });
      await act(city, 'leadCoordinator', '03', caseId, { type: 'openStage', stage: 'site' });
    },
    fieldsAt: async (tier, caseId, fact = 'opened') => {
      const events = await at(tier).store.read(caseId);
      const digests = events
        .filter(({ type }) => type === caseFactType(fact))
        .flatMap(({ bytes }) => digestsIn(decodeEvent(bytes).data));
      const held = await at(tier).disclosures.held(digests);
      return Object.fromEntries(held.map(({ name, value }) => [name, value]));
    },
    digestsOf: async (caseId) =>
      (await at(county).store.read(caseId)).flatMap(({ bytes }) => digestsIn(decodeEvent(bytes).data)),
    delivered: () =>
      net.until(async () => {
        const all = await Promise.all(places.map(({ tier }) => net.status(tier)));
        return all.every(({ drained, owing, relayBehind }) => drained && owing === 0 && !relayBehind);
      }),
  };
};
