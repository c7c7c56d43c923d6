const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const values = new Map([...digits].map((digit, value) => [digit, value]));

/** RFC 4648 §4, padded. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let n = 0; n < bytes.length; n += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(n, n + 3);
    const block = (a << 16) | (b << 8) | c;
    const given = Math.min(bytes.length - n, 3);
    for (let d = 0; d <= given; d++) text += digits.charAt((block >> (18 - 6 * d)) & 63);
    text += '='.repeat(3 - given);
  }
  return text;
};

/**
 * Only the one canonical spelling of some bytes is read: padded, and the unused bits
 * of the last digit are zero. So a text cannot be altered without altering its bytes.
 */
export const fromBase64 = (text: string): Uint8Array | undefined => {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  for (let n = 0; n < text.length; n += 4) {
    let block = 0;
    for (let d = 0; d < 4; d++) {
      const padded = n + d >= text.length - padding;
      const value = padded ? 0 : values.get(text.charAt(n + d));
      if (value === undefined) return undefined;
      block = (block << 6) | value;
    }
    for (let b = 16; b >= 0 && at < bytes.length; b -= 8) bytes[at++] = (block >> b) & 0xff;
  }
  const unused = [0, 0b11, 0b1111][padding] ?? 0;
  const last = values.get(text.charAt(text.length - padding - 1)) ?? 0;
  return (last & unused) === 0 ? bytes : undefined;
};
