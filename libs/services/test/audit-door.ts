import { type Client, credentials, loadPackageDefinition, Metadata } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type { AuditDesk } from '@liandong/application';
import { protoDir } from '@liandong/contracts';
import { refuse, type TierCode } from '@liandong/kernel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { auditDocument, auditGrpc, AuditModule } from '../src/audit/index.ts';
import { authenticator, developmentIssuer, localKeys } from '../src/identity/index.ts';
import { createHttpApp, serveDocument } from '../src/platform/index.ts';

export const [city, county, sibling, township] = [
  '431000',
  '431021',
  '431022',
  '431021106',
] as TierCode[] as [TierCode, TierCode, TierCode, TierCode];

const nothing = async () => refuse({ code: 'nothing-anchored' } as const);
const closed: AuditDesk = {
  ...{ replay: nothing, entries: nothing, export: nothing, verify: nothing, dossier: nothing },
};

/** The auditors' door of a county over a desk that a test made, and people of every tier. */
export const openAuditDoor = async (desk: Partial<AuditDesk>) => {
  const roles = ['auditor', 'supervisor', 'operator'] as const;
  const tiers = [city, county, sibling, township];
  const issuer = await developmentIssuer({
    demonstration: true,
    issuer: 'http://127.0.0.1:1',
    audience: 'liandong',
    people: tiers.flatMap((tier) =>
      roles.map((role) => ({
        ...{ id: `${role}-${tier}`, name: role, tier, department: 'D', roles: [role] },
      })),
    ),
  });
  const { audience, jwks } = issuer;
  const folder = mkdtempSync(path.join(tmpdir(), 'audit-door-'));
  const address = `unix:${folder}/grpc`;
  const app = await createHttpApp(
    AuditModule.with({
      desk: { ...closed, ...desk },
      authenticate: authenticator({
        ...{ tier: county, superiors: [city], issuer: issuer.issuer, audience, keys: localKeys(jwks) },
      }),
      readiness: [],
    }),
  );
  serveDocument(app, auditDocument(county));
  app.connectMicroservice(auditGrpc({ url: address }), { inheritAppConfig: true });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const http = await app.getUrl();
  const loaded = loadPackageDefinition(
    loadSync('liandong/audit/v1/audit.proto', {
      ...{ includeDirs: [protoDir], longs: Number, enums: String, defaults: true, oneofs: true },
    }),
  ) as unknown as {
    liandong: {
      audit: { v1: { ReplayService: new (at: string, how: object, options: object) => Client } };
    };
  };
  const client = new loaded.liandong.audit.v1.ReplayService(address, credentials.createInsecure(), {});

  const token = async (person: string) => (await issuer.tokenFor(person)) ?? '';
  return {
    http,
    get: async (where: string, person?: string) =>
      fetch(`${http}${where}`, {
        headers: person === undefined ? {} : { authorization: `Bearer ${await token(person)}` },
      }),
    /** A streaming call, which is not read before it is listened to. */
    call: async (method: string, request: object, person: string) => {
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${await token(person)}`);
      const methods = client as unknown as Record<
        string,
        (
          request: object,
          metadata: Metadata,
          options: object,
        ) => import('@grpc/grpc-js').ClientReadableStream<unknown>
      >;
      return methods[method]!(request, metadata, { deadline: Date.now() + 600_000 });
    },
    close: async () => {
      client.close();
      await app.close();
      rmSync(folder, { recursive: true });
    },
  };
};
