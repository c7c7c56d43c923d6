import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrateViews, postgresParking, viewsDataSource } from '@liandong/adapters/postgres-views';
import { demoTier } from '@liandong/adapters/reference';
import type { NewEvent, Parking } from '@liandong/application';
import { eventHash, type StreamName, type TierCode } from '@liandong/kernel';
import { sha256 } from '@liandong/adapters/crypto';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  DevelopmentIssuerModule,
} from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import { testEvent, withPostgres } from '@liandong/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningApproval, startApproval } from './approval.ts';
import { foundNetwork } from './found-network.ts';
import { foundDemonstrationTier } from './found-tier.ts';
import { witnessesAt } from './found-witnesses.ts';
import { authoringOf, openAccess } from './tier.ts';

const city = '431000' as TierCode;
const postgres = withPostgres();
const poison = `case-${'e'.repeat(32)}` as StreamName;

/** An event whose bytes no build can read: it can be stored, and never be interpreted. */
const unreadable = (): NewEvent => {
  const { envelope } = testEvent({ stream: poison, type: 'liandong.case.opened.v1' });
  const bytes = new TextEncoder().encode('{"specversion":');
  return { envelope, bytes, hash: eventHash(sha256, bytes) };
};

describe('the counter of a tier, with a case that it cannot interpret', () => {
  let folder: string;
  let issuer: DevelopmentIssuer;
  let issuing: NestFastifyApplication;
  let service: RunningApproval;
  let parking: Parking;
  let close: () => Promise<void>;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'assembled-'));
    chmodSync(folder, 0o711);
    issuer = await developmentIssuer({
      demonstration: true,
      issuer: 'http://127.0.0.1:1',
      audience: 'liandong',
      people: demoTier('test.example', city)?.people ?? [],
    });
    issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
    await issuing.listen(0, '127.0.0.1');
    const { port } = issuing.getHttpServer().address() as AddressInfo;
    const plan = { network: 'test.example', tiers: [{ tier: city, name: '郴州市' }] };
    const witnesses = witnessesAt('http://127.0.0.1:1', folder, plan);
    const [config] = await foundNetwork(folder, postgres.server, { ...plan, witnesses });
    if (config === undefined) throw new Error('the tier was not founded');
    const access = openAccess(config, 'approval', 2);
    await access.store.append(poison, 0, [unreadable()]);
    await foundDemonstrationTier(access.store, authoringOf(config, access), true);
    await access.close();
    const source = await viewsDataSource({
      url: readFileSync(config.databaseUrlFiles.approval ?? '', 'utf8').trim(),
    }).initialize();
    await migrateViews(source);
    parking = postgresParking(source);
    close = () => source.destroy();
    service = await startApproval({
      ...config,
      identity: {
        issuer: issuer.issuer,
        audience: issuer.audience,
        jwksUrl: `http://127.0.0.1:${port}/jwks`,
      },
    });
  }, 60_000);
  afterAll(async () => {
    await service.close();
    await close();
    await issuing.close();
    rmSync(folder, { recursive: true });
  });

  const ask = async (role: string, where: string, body?: object) => {
    const person = issuer.people.find(({ roles }) => (roles as readonly string[]).includes(role));
    const response = await fetch(`${service.http}${where}`, {
      headers: {
        authorization: `Bearer ${await issuer.tokenFor(person?.id ?? '')}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    expect(response.status).toBe(200);
    return ((await response.json()) as { readonly items: readonly Record<string, unknown>[] }).items;
  };
  /** What `look` finds once it finds anything. */
  const seen = async <Found>(look: () => Promise<Found | undefined>): Promise<Found> => {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await pause(20);
    }
  };

  it('parks it for those who read it, and projects everything after it', async () => {
    const items = await seen(async () => {
      const found = await ask('auditor', '/v1/items');
      return found.length > 0 ? found : undefined;
    });
    expect(items.map(({ tier }) => tier)).toContain(city);
    const parked = await seen(async () => {
      const found = await ask('auditor', '/v1/parked');
      return found.length > 2 ? found : undefined;
    });
    expect(parked.map(({ handler, stream, attempts }) => [handler, stream, attempts]).sort()).toEqual([
      ['calendar', poison, 1],
      ['coordinator', poison, 1],
      ['views', poison, 1],
    ]);
    for (const { reason } of parked) expect(reason).toMatch(/\S/);
  });

  it('tries it again when the operator says so, and keeps what still fails', async () => {
    const tried = await ask('operator', '/v1/parked/redrive', { stream: poison });
    expect(tried.map(({ handler, state }) => [handler, state]).sort()).toEqual([
      ['calendar', 'parked'],
      ['coordinator', 'parked'],
      ['views', 'parked'],
    ]);
    expect((await ask('auditor', '/v1/parked?handler=views')).map(({ attempts }) => attempts)).toEqual([2]);
  });

  it('lets go what can be handled now', async () => {
    const sound = (n: number) => `case-${n.toString().repeat(32)}` as StreamName;
    const failure = { through: 1n as never, reason: 'a fault of yesterday', at: '2026-03-02T02:00:00.000Z' };
    await parking.park('coordinator', { stream: sound(1), ...failure });
    await parking.park('deadlines', { stream: sound(2), ...failure });
    for (const n of [1, 2])
      expect(await ask('operator', '/v1/parked/redrive', { stream: sound(n) })).toMatchObject([
        { stream: sound(n), state: 'released' },
      ]);
    expect((await ask('auditor', '/v1/parked')).map(({ stream }) => stream)).toEqual([
      poison,
      poison,
      poison,
    ]);
  });
});
