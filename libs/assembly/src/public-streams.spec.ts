import { demoTier, shippedItems } from '@liandong/adapters/reference';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scoreStream, standardScheme } from '@liandong/domain/assessment';
import { sha256 } from '@liandong/adapters/crypto';
import { localDate } from '@liandong/domain/calendar';
import { uniformityStream } from '@liandong/domain/catalogue';
import { decodeEvent, type StreamName, type TierCode } from '@liandong/kernel';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { city, county, networkName, tiers, withAssembledNetwork } from '../test/network.ts';
import { type Running, startApproval } from './approval.ts';
import { simulatedClock } from './clock.ts';
import { foundSupervisionOf } from './found-supervision.ts';
import { foundDemonstrationTier } from './found-tier.ts';
import { startSupervision } from './supervision.ts';
import { authoringOf, openAccess } from './tier.ts';

const tested = withAssembledNetwork();
const days = 86_400_000;
/** The county's forestry decides it alone; the city has published its standard twice. */
const felling = shippedItems.find(({ publications }) =>
  publications.some(({ version }) => version.name.zh === '林木采伐许可'),
)!;

let issuer: DevelopmentIssuer;
let issuing: NestFastifyApplication;
beforeAll(async () => {
  issuer = await developmentIssuer({
    ...{ demonstration: true, issuer: 'http://127.0.0.1:1', audience: 'liandong' },
    people: tiers.flatMap((tier) => demoTier(networkName, tier)?.people ?? []),
  });
  issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
  await issuing.listen(0, '127.0.0.1');
});
afterAll(() => issuing.close());

type Door = <Answer>(role: string, route: string, body?: object) => Promise<Answer>;

/** One tier's doors, as its people go through them. */
const doorOf =
  (tier: TierCode, { http }: Pick<Running, 'http'>): Door =>
  async <Answer>(role: string, route: string, body?: object) => {
    const token = await issuer.tokenFor(role.replace('@', tier));
    const headers = {
      ...{ authorization: `Bearer ${token ?? ''}`, 'content-type': 'application/json' },
      'idempotency-key': `"${randomUUID()}"`,
    };
    const answer = await fetch(`${http}/v1/${route}`, {
      headers,
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    const said = (await answer.json()) as Answer;
    if (!answer.ok) throw new Error(`${route} ${answer.status} ${JSON.stringify(said)}`);
    return said;
  };

const until = async <Seen>(look: () => Promise<Seen>, done: (seen: Seen) => boolean): Promise<Seen> => {
  for (let n = 0; ; n++) {
    const seen = await look();
    if (done(seen)) return seen;
    if (n === 600) throw new Error(`never came about: ${JSON.stringify(seen)}`);
    await pause(50);
  }
};

type Uniformity = {
  readonly drifting: readonly { readonly item: string; readonly tier: TierCode; readonly event?: string }[];
};
type Assessments = { readonly items: readonly { readonly assessment: StreamName }[] };
type Whole = { readonly score: { readonly tenths: number }; readonly events: readonly string[] };

it('tells the tiers above and below that a county drifts, that it no longer does, and how its people scored', async () => {
  const { port } = issuing.getHttpServer().address() as AddressInfo;
  const jwksUrl = `http://127.0.0.1:${port}/jwks`;
  const net = await tested.open(() => ({
    identity: { issuer: issuer.issuer, audience: issuer.audience, jwksUrl },
  }));
  const clock = simulatedClock(path.join(tested.folder, 'clock'));
  const configOf = (tier: TierCode) => ({ ...net.configs.get(tier)!, listen: {} });
  for (const tier of tiers) {
    const access = openAccess(configOf(tier), 'approval', 1);
    await foundDemonstrationTier(access.store, authoringOf(configOf(tier), access), tier === city);
    await access.close();
    await foundSupervisionOf(configOf(tier), tier === city);
  }
  await net.drained();
  const running: Running[] = [];
  const doorsOf = async (start: (config: ReturnType<typeof configOf>) => Promise<Running>) => {
    const doors = new Map<TierCode, Door>();
    for (const tier of tiers) {
      const service = await start(configOf(tier));
      running.push(service);
      doors.set(tier, doorOf(tier, service));
    }
    return { at: (tier: TierCode) => doors.get(tier)!, all: [...doors.values()] };
  };
  /** What one stream of its author holds at each tier, once all have it. */
  const everywhere = (stream: StreamName, events: number) =>
    until(
      () =>
        Promise.all(
          tiers.map(async (tier) =>
            (await net.store(tier).read(stream)).map(({ type, hash }) => [type, hash]),
          ),
        ),
      (held) => held.every((of) => of.length === events),
    );
  try {
    // Drift
    const counters = await doorsOf(startApproval);
    const drifting = () =>
      Promise.all(counters.all.map((door) => door<Uniformity>('supervisor-@', `uniformity?tier=${county}`)));
    const adopt = (version: number, effectiveFrom: string) =>
      counters.at(county)('catalogueManager-@', `items/${felling.code}/adoptions`, {
        ...{ standard: { tier: city, version }, effectiveFrom },
      });
    await adopt(1, '2026-01-01');
    const seen = await until(drifting, (all) => all.every((one) => one.drifting[0]?.event !== undefined));
    const stream = uniformityStream(city, felling.code, county);
    const [said] = await everywhere(stream, 1);
    expect(said?.[0]?.[0]).toBe('liandong.item.driftFound.v1');
    for (const { drifting: rows } of seen)
      expect(rows).toMatchObject([{ item: felling.code, tier: county, event: said?.[0]?.[1] }]);

    await adopt(2, '2026-02-01');
    await until(drifting, (all) => all.every((one) => one.drifting.length === 0));
    const ended = await everywhere(stream, 2);
    expect(ended.map((of) => of.map(([type]) => type))).toEqual(
      tiers.map(() => ['liandong.item.driftFound.v1', 'liandong.item.driftEnded.v1']),
    );

    // Assessment: a county's window that says nothing within the five days is scored for it.
    const materials = felling.publications.at(-1)!.version.materials;
    const { caseId: opened } = await counters.at(county)<{ caseId: StreamName }>(
      'windowClerk-@-02',
      'cases',
      {
        ...{ item: felling.code, applicant: { kind: '1', creditworthy: true } },
        supplied: materials.map(({ code: material }) => ({ material, documents: ['a'.repeat(64)] })),
      },
    );
    clock.advance(35 * days);
    const [accepted] = await until(
      async () =>
        (await net.store(county).read(opened)).filter(({ type }) => type === 'liandong.case.accepted.v1'),
      (facts) => facts.length > 0,
    );
    const period = (localDate(decodeEvent(accepted!.bytes).time) ?? '').slice(0, 7).replace('-', '');
    clock.advance(35 * days);
    const supervisions = await doorsOf(startSupervision);
    const supervisor = supervisions.at(county);
    await supervisor('supervisor-@', 'assessment-schemes', {
      ...{ scheme: standardScheme, effectiveFrom: '2026-01-01' },
    });
    await supervisor('supervisor-@', 'assessments', { period });
    const score = scoreStream(sha256, county, period, { kind: 'tier', tier: county });
    await everywhere(score, 1);
    const lists = await until(
      () =>
        Promise.all(
          supervisions.all.map((door) => door<Assessments>('supervisor-@', `assessments?tier=${county}`)),
        ),
      (all) => all.every(({ items }) => items.length === all[1]?.items.length && items.length > 0),
    );
    for (const { items } of lists) {
      expect(items).toEqual(lists[1]?.items);
      expect(items.map(({ assessment }) => assessment)).toContain(score);
    }
    const whole = await Promise.all(
      supervisions.all.map((door) => door<Whole>('supervisor-@', `assessments/${score}`)),
    );
    expect(new Set(whole.map(({ score: { tenths }, events }) => `${tenths} ${events.join()}`)).size).toBe(1);
    await net.drained();
    for (const tier of tiers) expect(await net.statusOf(tier)).toMatchObject({ parked: 0, waiting: 0 });
  } finally {
    for (const service of running) await service.close();
  }
}, 300_000);
