import { createServer } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TierCode } from '@liandong/kernel';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT, UnsecuredJWT } from 'jose';
import { type Authenticate, authenticator, localKeys, remoteKeys } from './authenticate.ts';

const issuer = 'https://login.example';
const audience = 'liandong';
const county = '431021' as TierCode;
const now = new Date('2026-03-02T09:00:00Z');
const claims = {
  tier: county,
  department: 'D1',
  roles: ['windowClerk', 'system', 'unknown-role'],
  window: 'W1',
  name: '李娟',
};

type Key = {
  alg: string;
  kid: string;
  privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  jwk: Record<string, unknown>;
};
const newKey = async (alg: string, kid: string): Promise<Key> => {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
};

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);
const token = (key: Key, changed: Record<string, unknown> = {}, header: Record<string, unknown> = {}) =>
  new SignJWT({ iss: issuer, aud: audience, sub: 'clerk-1', exp: seconds(now) + 60, ...claims, ...changed })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
    .sign(key.privateKey);

let ed: Key;
let rsa: Key;
let es: Key;
let es384: Key;
let stranger: Key;
let authenticate: Authenticate;

beforeAll(async () => {
  [ed, rsa, es, es384, stranger] = await Promise.all([
    newKey('EdDSA', 'ed'),
    newKey('RS256', 'rsa'),
    newKey('ES256', 'es'),
    newKey('ES384', 'es384'),
    newKey('EdDSA', 'ed'),
  ]);
  const keys = localKeys({ keys: [ed.jwk, rsa.jwk, es.jwk, es384.jwk] });
  authenticate = authenticator({ tier: county, issuer, audience, keys, now: () => now });
});

const refusedFor = async (authorization: unknown) => {
  const outcome = await authenticate(authorization);
  return outcome.ok ? 'let in' : 'reason' in outcome.refusal ? outcome.refusal.reason : outcome.refusal.code;
};

describe('a bearer token', () => {
  it('says who calls, and holds only roles that exist here and a person can have', async () => {
    for (const key of [ed, rsa, es])
      expect(await authenticate(`Bearer ${await token(key)}`)).toEqual({
        ok: true,
        value: {
          sub: 'clerk-1',
          tier: county,
          department: 'D1',
          roles: ['windowClerk'],
          window: 'W1',
          name: '李娟',
        },
      });
  });

  it.each([
    ['is missing', undefined, 'token-missing'],
    ['is not a bearer token', 'Basic dTpw', 'token-malformed'],
    ['is given twice', ['Bearer a.b.c', 'Bearer a.b.c'], 'token-malformed'],
    ['is noise', 'Bearer a.b.c', 'token-malformed'],
    ['is endless', `Bearer ${'a'.repeat(9000)}.b.c`, 'token-malformed'],
  ])('is refused if it %s', async (_, header, reason) => {
    expect(await refusedFor(header)).toBe(reason);
  });

  it('is refused without a signature (alg none)', async () => {
    const unsigned = new UnsecuredJWT({ sub: 'clerk-1', ...claims })
      .setIssuer(issuer)
      .setAudience(audience)
      .setExpirationTime(seconds(now) + 60)
      .encode();
    expect(await refusedFor(`Bearer ${unsigned}`)).toBe('token-malformed');
    expect(await refusedFor(`Bearer ${unsigned}c2ln`)).toBe('algorithm-not-allowed');
  });

  it('is refused if signed with a public key as a shared secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(ed.jwk));
    const forged = await new SignJWT({
      iss: issuer,
      aud: audience,
      sub: 'x',
      exp: seconds(now) + 60,
      ...claims,
    })
      .setProtectedHeader({ alg: 'HS256', kid: 'ed' })
      .sign(secret);
    expect(await refusedFor(`Bearer ${forged}`)).toBe('algorithm-not-allowed');
  });

  it('is refused if signed with an algorithm that is not pinned, even by a published key', async () => {
    expect(await refusedFor(`Bearer ${await token(es384)}`)).toBe('algorithm-not-allowed');
  });

  it.each<[string, () => Promise<string>, string]>([
    ['another key signed it', () => token(stranger), 'signature-wrong'],
    ['its key is unknown', () => token(ed, {}, { kid: 'other' }), 'key-unknown'],
    ['another issuer made it', () => token(ed, { iss: 'https://evil.example' }), 'claim-iss'],
    ['it is meant for another service', () => token(ed, { aud: 'mail' }), 'claim-aud'],
    ['it never expires', () => token(ed, { exp: undefined }), 'claim-exp'],
    ['it names nobody', () => token(ed, { sub: undefined }), 'claim-sub'],
    ['it expired', () => token(ed, { exp: seconds(now) - 31 }), 'token-expired'],
    ['it is not valid yet', () => token(ed, { nbf: seconds(now) + 31 }), 'claim-nbf'],
    [
      'it names a follower of the tier',
      () => token(ed, { sub: 'system:431021:coordinator' }),
      'claims-incomplete',
    ],
    ['it names no tier', () => token(ed, { tier: undefined }), 'claims-incomplete'],
    ['its tier is no division code', () => token(ed, { tier: '43' }), 'claims-incomplete'],
    ['its roles are no list', () => token(ed, { roles: 'operator' }), 'claims-incomplete'],
    ['it belongs to another tier', () => token(ed, { tier: '431000' }), 'other-tier'],
  ])('is refused if %s', async (_, make, reason) => {
    expect(await refusedFor(`Bearer ${await make()}`)).toBe(reason);
  });

  it('is let in within the clock tolerance', async () => {
    expect(await refusedFor(`Bearer ${await token(ed, { exp: seconds(now) - 29 })}`)).toBe('let in');
  });

  it('is refused if a single character of it is changed', async () => {
    const good = await token(ed);
    const [head = '', body = '', signature = ''] = good.split('.');
    const changed = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
    const raised = Buffer.from(JSON.stringify({ ...changed, roles: ['operator'] })).toString('base64url');
    expect(await refusedFor(`Bearer ${head}.${raised}.${signature}`)).toBe('signature-wrong');
  });
});

describe('keys published by a provider', () => {
  let published: JSONWebKeySet;
  let fetches = 0;
  let up = true;
  const server = createServer((_, response) => {
    fetches += 1;
    if (up) response.setHeader('content-type', 'application/json').end(JSON.stringify(published));
    else response.writeHead(500).end();
  });
  let jwksUri: string;

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    jwksUri = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/jwks`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('are fetched once and kept, and fetched again when a new key signs', async () => {
    published = { keys: [ed.jwk] };
    const from = authenticator({
      tier: county,
      issuer,
      audience,
      keys: remoteKeys(jwksUri, { cooldownMs: 0 }),
      now: () => now,
    });
    for (let n = 0; n < 3; n++) expect((await from(`Bearer ${await token(ed)}`)).ok).toBe(true);
    expect(fetches).toBe(1);

    published = { keys: [es.jwk] };
    expect((await from(`Bearer ${await token(es)}`)).ok).toBe(true);
    expect(fetches).toBe(2);
    expect(await from(`Bearer ${await token(ed)}`)).toMatchObject({ refusal: { reason: 'key-unknown' } });
  });

  it('that cannot be had are not the caller’s fault', async () => {
    up = false;
    const from = authenticator({ tier: county, issuer, audience, keys: remoteKeys(jwksUri), now: () => now });
    expect(await from(`Bearer ${await token(ed)}`)).toEqual({
      ok: false,
      refusal: { code: 'not-ready', failing: ['identity-provider'] },
    });
    up = true;
  });
});
