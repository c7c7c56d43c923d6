import { ok, refuse, type Result, type TierCode } from '@liandong/kernel';
import {
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  createLocalJWKSet,
  jwtVerify,
} from 'jose';
import type { DoorRefusal } from '../platform/door-refusal.ts';
import { type Caller, callerClaims } from './caller.ts';

/** Says who calls, from the value of an `Authorization` header. */
export type Authenticate = (authorization: unknown) => Promise<Result<Caller, DoorRefusal>>;

export type TokenRules = {
  /** The tier this service belongs to. A token of another tier opens nothing here. */
  readonly tier: TierCode;
  /** Tiers whose tokens open this service too: those above it, where they may look down. */
  readonly superiors?: readonly TierCode[];
  readonly issuer: string;
  readonly audience: string;
  readonly keys: JWTVerifyGetKey;
  /** Real time, also in a network whose own clock is simulated: tokens live in the real world. */
  readonly now?: () => Date;
  readonly clockToleranceSeconds?: number;
};

/** Signature algorithms that are accepted; above all never `none` or a shared secret. */
const algorithms = ['EdDSA', 'ES256', 'RS256'];

const bearer = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Verifies bearer tokens of one issuer for one tier. Every reason for "no" is told apart, none leaks a key or a claim. */
export const authenticator =
  ({
    tier,
    superiors = [],
    issuer,
    audience,
    keys,
    now = () => new Date(),
    clockToleranceSeconds = 30,
  }: TokenRules): Authenticate =>
  async (authorization) => {
    if (authorization === undefined) return unauthenticated('token-missing');
    const [, token] = typeof authorization === 'string' ? (bearer.exec(authorization) ?? []) : [];
    if (token === undefined || token.length > 8_192) return unauthenticated('token-malformed');

    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        clockTolerance: clockToleranceSeconds,
        currentDate: now(),
        requiredClaims: ['exp', 'sub'],
      });
      const claims = callerClaims.safeParse(payload);
      if (!claims.success) return unauthenticated('claims-incomplete');
      const caller = claims.data;
      return caller.tier === tier || superiors.includes(caller.tier)
        ? ok(caller)
        : refuse({ code: 'other-tier', tier, tokenTier: caller.tier });
    } catch (thrown) {
      return refusalFor(thrown);
    }
  };

/** The provider's published keys: kept, fetched again when they grow old or an unknown key signs. */
export const remoteKeys = (
  jwksUri: string,
  { cooldownMs = 30_000, maxAgeMs = 600_000 }: { cooldownMs?: number; maxAgeMs?: number } = {},
): JWTVerifyGetKey =>
  createRemoteJWKSet(new URL(jwksUri), {
    cooldownDuration: cooldownMs,
    cacheMaxAge: maxAgeMs,
    timeoutDuration: 5_000,
  });

export const localKeys = (jwks: JSONWebKeySet): JWTVerifyGetKey => createLocalJWKSet(jwks);

const unauthenticated = (reason: string) =>
  refuse({ code: 'unauthenticated', reason }) satisfies Result<never, DoorRefusal>;

const refusalFor = (thrown: unknown): Result<never, DoorRefusal> => {
  if (thrown instanceof errors.JWTExpired) return unauthenticated('token-expired');
  if (thrown instanceof errors.JWTClaimValidationFailed) return unauthenticated(`claim-${thrown.claim}`);
  if (thrown instanceof errors.JOSEAlgNotAllowed) return unauthenticated('algorithm-not-allowed');
  if (thrown instanceof errors.JWSSignatureVerificationFailed) return unauthenticated('signature-wrong');
  if (thrown instanceof errors.JWKSNoMatchingKey || thrown instanceof errors.JWKSMultipleMatchingKeys)
    return unauthenticated('key-unknown');
  if (
    thrown instanceof errors.JWTInvalid ||
    thrown instanceof errors.JWSInvalid ||
    thrown instanceof errors.JOSENotSupported
  )
    return unauthenticated('token-malformed');
  // What is left is the provider: its keys cannot be had. That is not the caller's fault.
  return refuse({ code: 'not-ready', failing: ['identity-provider'] });
};
