/** SHA-256 over the concatenation of the parts. The caller brings it, so the same code runs in Node and in a browser. */
export type Sha256 = (...parts: readonly Uint8Array[]) => Uint8Array;

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** Throws a TypeError on bytes that are not UTF-8. */
export const fromUtf8 = (bytes: Uint8Array): string => strictDecoder.decode(bytes);

const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export const toHex = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += hexDigits[byte];
  return text;
};

/** The value of each lower-case hex digit by its character code; -1 for every other character. */
const hexValues = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code)),
);

/** Throws on anything but an even number of lower-case hex digits. */
export const fromHex = (hex: string): Uint8Array => {
  const bytes = new Uint8Array(hex.length >>> 1);
  let malformed = hex.length % 2;
  for (let n = 0; n < bytes.length; n++) {
    const byte =
      ((hexValues[hex.charCodeAt(2 * n)] ?? -1) << 4) | (hexValues[hex.charCodeAt(2 * n + 1)] ?? -1);
    malformed |= byte >>> 31;
    bytes[n] = byte;
  }
  if (malformed !== 0) throw new RangeError('not lower-case hex');
  return bytes;
};

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** RFC 4648 §5, without padding. */
export const toBase64url = (bytes: Uint8Array): string => {
  let text = '';
  for (let n = 0; n < bytes.length; n += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(n, n + 3);
    const block = (a << 16) | (b << 8) | c;
    const digits = Math.min(bytes.length - n, 3) + 1;
    for (let d = 0; d < digits; d++) text += base64url.charAt((block >> (18 - 6 * d)) & 63);
  }
  return text;
};

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, n) => byte === b[n]);
