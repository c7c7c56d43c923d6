import { request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import { createHttpApp } from '../platform/http-app.ts';
import { authenticator, localKeys, remoteKeys } from './authenticate.ts';
import {
  developmentIssuer,
  type DevelopmentIssuer,
  isLoopback,
  type SamplePerson,
} from './development-issuer.ts';
import { DevelopmentIssuerModule } from './development-issuer.module.ts';

const county = '431021' as TierCode;
const clerk: SamplePerson = {
  id: 'clerk-431021',
  name: '李娟',
  tier: county,
  department: 'D1',
  roles: ['windowClerk'],
  window: 'W1',
};
const options = {
  demonstration: true,
  issuer: 'http://127.0.0.1:8430',
  audience: 'liandong',
  people: [clerk],
};

describe('the development issuer', () => {
  it('starts in no network but a demonstration', async () => {
    await expect(developmentIssuer({ ...options, demonstration: false })).rejects.toThrow(/demonstration/);
  });

  it('starts at no address but a loopback one', async () => {
    await expect(developmentIssuer({ ...options, issuer: 'http://10.0.0.5:8430' })).rejects.toThrow(
      /loopback/,
    );
    await expect(developmentIssuer({ ...options, issuer: 'https://login.example' })).rejects.toThrow(
      /loopback/,
    );
  });

  it('knows a loopback address from one that looks like it', () => {
    for (const host of ['localhost', '127.0.0.1', '::1', '[::1]', '::ffff:127.0.0.1', '127.8.9.1'])
      expect([host, isLoopback(host)]).toEqual([host, true]);
    for (const host of ['127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '::2', '0.0.0.0', ''])
      expect([host, isLoopback(host)]).toEqual([host, false]);
  });

  it('signs tokens that a service of that tier lets in, and that expire', async () => {
    const issuer = await developmentIssuer({ ...options, lifetimeSeconds: 60 });
    const token = await issuer.tokenFor(clerk.id);
    const rules = { tier: county, issuer: issuer.issuer, audience: 'liandong', keys: localKeys(issuer.jwks) };
    expect(await authenticator(rules)(`Bearer ${token}`)).toMatchObject({
      ok: true,
      value: { sub: clerk.id, roles: ['windowClerk'], window: 'W1' },
    });
    const later = { ...rules, now: () => new Date(Date.now() + 120_000) };
    expect(await authenticator(later)(`Bearer ${token}`)).toMatchObject({
      refusal: { reason: 'token-expired' },
    });
    expect(await issuer.tokenFor('nobody')).toBeUndefined();
  });
});

describe('the development issuer over HTTP', () => {
  let app: NestFastifyApplication;
  let url: string;
  let issuer: DevelopmentIssuer;

  beforeAll(async () => {
    issuer = await developmentIssuer(options);
    @Module({ imports: [DevelopmentIssuerModule.with(issuer)] })
    class IssuerApp {}
    app = await createHttpApp(IssuerApp);
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());

  it('gives tokens that verify against the keys it publishes', async () => {
    const response = await fetch(`${url}/token?person=${clerk.id}`, { method: 'POST' });
    const { access_token: token } = (await response.json()) as { access_token: string };
    const authenticate = authenticator({
      tier: county,
      issuer: issuer.issuer,
      audience: 'liandong',
      keys: remoteKeys(`${url}/jwks`),
    });
    expect(await authenticate(`Bearer ${token}`)).toMatchObject({ ok: true, value: { sub: clerk.id } });
  });

  it('never publishes its private key', async () => {
    const { keys } = (await (await fetch(`${url}/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {})).not.toContain('d');
  });

  it('says where to find what, and who there is', async () => {
    expect(await (await fetch(`${url}/.well-known/openid-configuration`)).json()).toMatchObject({
      issuer: issuer.issuer,
      jwks_uri: `${issuer.issuer}/jwks`,
    });
    expect(await (await fetch(`${url}/people`)).json()).toEqual({ items: [clerk] });
    expect((await fetch(`${url}/token?person=nobody`)).status).toBe(404);
    expect((await fetch(`${url}/token`)).status).toBe(422);
  });

  it('answers nobody who asks under another name than this machine’s', async () => {
    const { hostname, port } = new URL(url);
    const asking = request({
      hostname,
      port,
      path: `/token?person=${clerk.id}`,
      headers: { host: 'evil.example' },
    }).end();
    const [response] = (await once(asking, 'response')) as [import('node:http').IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(403);
  });
});
