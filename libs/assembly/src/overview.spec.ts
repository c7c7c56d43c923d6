import { demoTier, shippedItems } from '@liandong/adapters/reference';
import { sha256 } from '@liandong/adapters/crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openPool } from '@liandong/adapters/postgres';
import { ownStreamHandler, type Replayed } from '@liandong/application';
import { decodeItemFact } from '@liandong/contracts';
import { itemDecider, itemStream } from '@liandong/domain/catalogue';
import { decodeEvent, type TierCode } from '@liandong/kernel';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { city, county, networkName, tiers, township, withAssembledNetwork } from '../test/network.ts';
import { startApproval } from './approval.ts';
import { startAudit } from './audit.ts';
import { simulatedClock } from './clock.ts';
import { foundSupervision } from './found-supervision.ts';
import { foundDemonstrationTier } from './found-tier.ts';
import { startSupervision } from './supervision.ts';
import { authoringOf, openAccess } from './tier.ts';

const tested = withAssembledNetwork();
/** A rural dwelling: the township takes it in, decides it and answers for every limit of it. */
const homestead = shippedItems.find(({ publications }) =>
  publications.some(({ version }) => version.name.zh === '农村村民住宅用地审批'),
);
const days = 86_400_000;

let issuer: DevelopmentIssuer;
let issuing: NestFastifyApplication;
beforeAll(async () => {
  issuer = await developmentIssuer({
    ...{ demonstration: true, issuer: 'http://127.0.0.1:1', audience: 'liandong' },
    people: [city, township].flatMap((tier) => demoTier(networkName, tier)?.people ?? []),
  });
  issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
  await issuing.listen(0, '127.0.0.1');
});
afterAll(() => issuing.close());

const headersOf = async (person: string) => ({
  authorization: `Bearer ${(await issuer.tokenFor(person)) ?? ''}`,
});

type Lines = {
  readonly items: readonly { readonly tier: TierCode; readonly counts: Record<string, number> }[];
};

/** What a tier says of the township's work. */
const countsAt = async (url: string, person: string): Promise<Record<string, number> | undefined> => {
  const answer = await fetch(`${url}/v1/overview/tier?under=${township}`, {
    headers: await headersOf(person),
  });
  return ((await answer.json()) as Lines).items[0]?.counts;
};

it('lets a city see the numbers of a township move, as the township does, over their links', async () => {
  const { port } = issuing.getHttpServer().address() as AddressInfo;
  const identity = {
    ...{ issuer: issuer.issuer, audience: issuer.audience, jwksUrl: `http://127.0.0.1:${port}/jwks` },
  };
  const net = await tested.open(() => ({ identity }));
  const configOf = (tier: TierCode) => net.configs.get(tier)!;
  for (const tier of tiers) {
    const access = openAccess(configOf(tier), 'approval', 1);
    await foundDemonstrationTier(access.store, authoringOf(configOf(tier), access), tier === city);
    await access.close();
  }
  await net.drained();
  const watching = await Promise.all(
    [city, township].map(async (tier) => {
      const supervision = await startSupervision({ ...configOf(tier), listen: {} });
      await foundSupervision(supervision.access, tier === city);
      return supervision;
    }),
  );
  const approval = await startApproval({ ...configOf(township), listen: {} });
  const [above, below] = watching as [(typeof watching)[0], (typeof watching)[0]];
  try {
    const atCity = () => countsAt(above.http, `supervisor-${city}`);
    const both = async () => [await atCity(), await countsAt(below.http, `supervisor-${township}`)];
    expect((await atCity())?.['open']).toBe(0);

    await adopt(configOf(township));
    const opening = {
      ...{ item: homestead?.code, applicant: { kind: '1', creditworthy: true } },
      supplied: standard().materials.map(({ code: material }) => ({ material, documents: ['a'.repeat(64)] })),
    };
    const opened = await fetch(`${approval.http}/v1/cases`, {
      ...{ method: 'POST', body: JSON.stringify(opening) },
      headers: {
        ...(await headersOf(`windowClerk-${township}-01`)),
        ...{ 'content-type': 'application/json', 'idempotency-key': '"open"' },
      },
    });
    const answer = { status: opened.status, body: (await opened.json()) as object };
    expect(answer).toMatchObject({ status: 201 });
    await approval.close();

    const until = async (figure: string) => {
      for (let n = 0; n < 1_200; n++) {
        const [seen, own] = await both();
        if (seen?.[figure] === 1 && own?.[figure] === 1) return;
        await pause(50);
      }
      expect([figure, await both()]).toEqual([figure, 'one']);
    };
    await until('open');
    simulatedClock(path.join(tested.folder, 'clock')).advance(70 * days);
    await until('late');
    const [seen, own] = await both();
    expect(seen).toEqual(own);
    const [first] = (await rowsAt(above.http, 'late')).items;
    expect(first).toMatchObject({ tier: township, counted: { element: 'correctionNotice' } });
    const events = await fetch(`${above.http}/v1/matters/${String(first?.stream)}/events`, {
      headers: await headersOf(`supervisor-${city}`),
    });
    expect(((await events.json()) as { items: { hash: string }[] }).items.map(({ hash }) => hash)).toContain(
      first?.event,
    );
    for (const tier of [city, township]) await replaysFor(configOf(tier));
  } finally {
    for (const supervision of watching) await supervision.close();
  }
}, 300_000);

/** Its auditor makes it again, and is told of the number that somebody changed in the database. */
const replaysFor = async (config: Parameters<typeof startAudit>[0]): Promise<void> => {
  const audit = await startAudit({ ...config, listen: {} });
  const pool = openPool(readFileSync(config.databaseUrlFiles.supervision!, 'utf8').trim(), { max: 1 });
  const replayed = async () => {
    const answer = await fetch(`${audit.http}/v1/audit/replay?projection=overview`, {
      headers: await headersOf(`auditor-${config.tier}`),
    });
    const lines = (await answer.text()).trimEnd().split('\n');
    return (JSON.parse(lines.at(-2) ?? '{}') as { readonly found: Replayed }).found;
  };
  try {
    let found = await replayed();
    // Cards are still being raised, and arrive.
    for (let n = 0; n < 600 && found.compared?.divergence !== undefined; n++) {
      await pause(50);
      found = await replayed();
    }
    const late = { tier: township, figures: { counts: { late: 1 } } };
    expect(found.compared).toEqual({ rows: expect.any(Number) as unknown });
    expect(found.overview?.find((each) => each.tier === township)).toMatchObject(late);
    await pool.query(
      'UPDATE supervision.overview_tally SET count = count + 1 WHERE tallied LIKE \'%"late"%\'',
    );
    expect((await replayed()).compared?.divergence).toMatchObject({ projection: 'overview', field: 'count' });
  } finally {
    await pool.end();
    await audit.close();
  }
};

const rowsAt = async (url: string, figure: string) => {
  const answer = await fetch(`${url}/v1/overview-rows/${figure}?under=${township}`, {
    headers: await headersOf(`supervisor-${city}`),
  });
  return (await answer.json()) as { items: { readonly stream: string; readonly event: string }[] };
};

const standard = () => homestead!.publications.at(-1)!.version;

/** The township takes over the standard that came down its link. */
const adopt = async (config: Parameters<typeof openAccess>[0]): Promise<void> => {
  const access = openAccess(config, 'approval', 1);
  const items = ownStreamHandler(
    access.store,
    authoringOf(config, access),
    itemDecider(sha256),
    ({ bytes }) => decodeItemFact(decodeEvent(bytes)),
  );
  const adopted = await items({
    ...{ principal: 'catalogue', authtype: 'user', idempotencyKey: 'adopt' },
    stream: itemStream(township, standard().code),
    command: {
      ...{ type: 'adoptItem', tier: township, superiors: [county, city], effectiveFrom: '2026-01-01' },
      standard: { tier: city, version: standard() },
    },
  });
  expect(adopted).toMatchObject({ ok: true });
  await access.close();
};
