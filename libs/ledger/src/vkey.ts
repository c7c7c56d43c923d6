import { ok, refuse, type Result, type Sha256, toHex, utf8 } from '@liandong/kernel';
import { fromBase64, toBase64 } from './base64.ts';
import { isKeyName, malformed, type Malformed } from './text.ts';

/** Whether an Ed25519 signature (RFC 8032) over a message is by a key. Never throws. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** Signs a message with one Ed25519 key. */
export type SignEd25519 = (message: Uint8Array) => Uint8Array;

/** The functions the arithmetic stands on; who runs it brings them. */
export type Suite = { readonly sha256: Sha256; readonly verifyEd25519: VerifyEd25519 };

const types = { 0x01: 'ed25519', 0x04: 'cosignature', 0xff: 'private' } as const;

/**
 * What a key signs: notes (`ed25519`), or what a witness has seen (`cosignature`). Of a
 * `private` type or an `unknown` one no signature is ever verified, and none does harm.
 */
export type KeyType = (typeof types)[keyof typeof types] | 'unknown';
export type SigningType = 'ed25519' | 'cosignature';

/** The public half of a key, with the name it signs under. */
export type VKey = {
  readonly name: string;
  /** 8 lower-case hex digits. */
  readonly keyId: string;
  readonly type: KeyType;
  /** What follows the type byte. */
  readonly publicKey: Uint8Array;
};

const typeByte = { ed25519: 0x01, cosignature: 0x04 } as const;
const ed25519KeyBytes = 32;

export const keyIdOf = (sha256: Sha256, name: string, type: SigningType, publicKey: Uint8Array): string =>
  toHex(sha256(utf8(`${name}\n`), Uint8Array.of(typeByte[type]), publicKey).subarray(0, 4));

/** Throws on a name or a key no note can bear. */
export const makeVKey = (sha256: Sha256, name: string, type: SigningType, publicKey: Uint8Array): VKey => {
  if (!isKeyName(name)) throw new RangeError('a key name has no space and no plus');
  if (publicKey.length !== ed25519KeyBytes) throw new RangeError('an Ed25519 key has 32 bytes');
  return { name, type, publicKey, keyId: keyIdOf(sha256, name, type, publicKey) };
};

/** `name+hex8+base64(type || key)`, for the types this library signs with. */
export const formatVKey = ({ name, keyId, type, publicKey }: VKey & { readonly type: SigningType }): string =>
  `${name}+${keyId}+${toBase64(Uint8Array.of(typeByte[type], ...publicKey))}`;

export const parseVKey = (sha256: Sha256, text: string): Result<VKey, Malformed> => {
  const [, name = '', keyId = '', base64 = ''] = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(text) ?? [];
  if (!isKeyName(name)) return malformed('vkey', 1, 'key-name');
  if (!/^[0-9a-f]{8}$/.test(keyId)) return malformed('vkey', 1, 'key-id');
  const bytes = fromBase64(base64);
  const first = bytes?.[0];
  if (bytes === undefined || first === undefined) return malformed('vkey', 1, 'base64');
  const publicKey = bytes.subarray(1);
  const type = typeOf(first);
  if (type === 'private' || type === 'unknown') return ok<VKey>({ name, keyId, type, publicKey });
  if (publicKey.length !== ed25519KeyBytes) return malformed('vkey', 1, 'key-length');
  if (keyId !== keyIdOf(sha256, name, type, publicKey)) return malformed('vkey', 1, 'key-id');
  return ok<VKey>({ name, keyId, type, publicKey });
};

const typeOf = (byte: number): KeyType =>
  byte === 0x01 || byte === 0x04 || byte === 0xff ? types[byte] : 'unknown';

/** The key as one of a type, or a refusal. */
export const ofType = <Type extends SigningType>(
  key: VKey,
  type: Type,
): Result<VKey & { readonly type: Type }, Malformed> =>
  key.type === type
    ? ok({ ...key, type })
    : refuse<Malformed>({ code: 'malformed', form: 'vkey', line: 1, rule: 'key-type' });
