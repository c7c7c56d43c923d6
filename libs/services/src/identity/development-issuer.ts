import { randomUUID } from 'node:crypto';
import type { TierCode } from '@liandong/kernel';
import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { Caller, PersonRole } from './caller.ts';

/** Someone who exists in a demonstration network only. */
export type SamplePerson = Omit<Caller, 'sub' | 'roles' | 'tier'> & {
  readonly id: string;
  readonly tier: TierCode;
  readonly name: string;
  readonly roles: readonly PersonRole[];
};

export type DevelopmentIssuer = {
  readonly issuer: string;
  readonly audience: string;
  readonly jwks: JSONWebKeySet;
  readonly people: readonly SamplePerson[];
  /** A signed access token for a sample person, or `undefined` if there is none of that id. */
  readonly tokenFor: (personId: string) => Promise<string | undefined>;
  readonly lifetimeSeconds: number;
};

export type DevelopmentIssuerOptions = {
  /** Must be true: outside a demonstration network nobody hands out tokens for the asking. */
  readonly demonstration: boolean;
  /** Where the issuer is reached; a loopback address. */
  readonly issuer: string;
  readonly audience: string;
  readonly people: readonly SamplePerson[];
  readonly now?: () => Date;
  readonly lifetimeSeconds?: number;
};

/**
 * A stand-in for an OpenID provider, with one key that lives as long as the process.
 * Throws unless the network is a demonstration and the address is this machine's own.
 */
export const developmentIssuer = async ({
  demonstration,
  issuer,
  audience,
  people,
  now = () => new Date(),
  lifetimeSeconds = 8 * 3600,
}: DevelopmentIssuerOptions): Promise<DevelopmentIssuer> => {
  if (!demonstration) throw new Error('The development issuer runs in demonstration networks only.');
  if (!isLoopback(new URL(issuer).hostname))
    throw new Error(`The development issuer must be at a loopback address, not ${issuer}.`);

  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' };
  const byId = new Map(people.map((person) => [person.id, person]));

  return {
    issuer,
    audience,
    people,
    lifetimeSeconds,
    jwks: { keys: [jwk] },
    tokenFor: async (personId) => {
      const person = byId.get(personId);
      if (person === undefined) return undefined;
      const { id, ...claims } = person;
      const issued = Math.floor(now().getTime() / 1000);
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
        .setSubject(id)
        .setIssuer(issuer)
        .setAudience(audience)
        .setJti(randomUUID())
        .setIssuedAt(issued)
        .setExpirationTime(issued + lifetimeSeconds)
        .sign(privateKey);
    },
  };
};

/** The host names and addresses that never leave this machine. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' ||
  host === '::1' ||
  host === '[::1]' ||
  /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
