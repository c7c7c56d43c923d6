import { describe, expect, it } from '@jest/globals';
import { openPool } from '@liandong/adapters/postgres';
import { developmentIssuer, DevelopmentIssuerModule } from '@liandong/services/identity';
import { createHttpApp } from '@liandong/services/platform';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { city, county, sharedCase, township, withAssembledNetwork } from '../test/network.ts';
import { startApproval } from './approval.ts';
import { startAudit } from './audit.ts';

const tested = withAssembledNetwork();

describe('the auditors’ door of a tier, over its real database', () => {
  it('streams an export that verifies, a verification and a replay, and lets superiors look down', async () => {
    const net = await tested.open();
    await sharedCase(net.store(county), county);
    await net.drained();
    const issuer = await developmentIssuer({
      demonstration: true,
      issuer: 'http://127.0.0.1:1',
      audience: 'liandong',
      people: [city, county, township].map((tier) => ({
        ...{ id: tier, name: tier, tier, department: 'D', roles: ['auditor'] as const },
      })),
    });
    const issuing = await createHttpApp(DevelopmentIssuerModule.with(issuer));
    await issuing.listen(0, '127.0.0.1');
    const { port } = issuing.getHttpServer().address() as AddressInfo;
    const config = {
      ...net.configs.get(county)!,
      identity: { ...issuer, jwksUrl: `http://127.0.0.1:${port}/jwks` },
    };
    const approval = await startApproval(config);
    const audit = await startAudit(config);
    const ask = async (where: string, person: string) => {
      const answer = await fetch(`${audit.http}/v1/audit/${where}`, {
        headers: { authorization: `Bearer ${await issuer.tokenFor(person)}` },
      });
      const lines = (await answer.text()).trimEnd().split('\n');
      return {
        status: answer.status,
        lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
      };
    };
    try {
      const exported = await ask('export', county);
      expect(exported.lines.at(-2)).toMatchObject({ kind: 'file', path: 'checkpoint', last: true });
      const size = Number(
        Buffer.from(exported.lines.at(-2)?.['content'] as string, 'base64')
          .toString()
          .split('\n')[1],
      );
      const verified = await ask('verification', city);
      expect(verified.lines.at(-2)).toMatchObject({
        report: { ok: true, exports: [{ origin: `test.example/${county}/1`, size, checked: size }] },
      });
      expect((await ask('entries', county)).lines).toHaveLength(size + 1);
      expect((await ask('replay', county)).lines.at(-2)).toMatchObject({
        kind: 'replayed',
        found: { tier: county, at: null },
      });
      expect((await ask('export', township)).status).toBe(403);
    } finally {
      await audit.close();
      await approval.close();
      await issuing.close();
    }
  }, 120_000);

  it('reads with a role that cannot write, and is not opened for a tier that nobody names', async () => {
    const net = await tested.open();
    const config = net.configs.get(county)!;
    const pool = openPool(readFileSync(config.databaseUrlFiles.audit!, 'utf8').trim(), { max: 1 });
    try {
      for (const statement of [
        'DELETE FROM store.event',
        'UPDATE ledger.entry SET seq = seq + 1',
        'CREATE TABLE store.mine (n integer)',
        'CREATE TEMPORARY TABLE mine (n integer)',
      ])
        await expect(pool.query(statement)).rejects.toThrow(/permission denied/);
    } finally {
      await pool.end();
    }
    const members = config.members.filter(({ tier }) => tier !== county);
    await expect(startAudit({ ...config, members })).rejects.toThrow('no policy for the ledger');
  }, 120_000);
});
