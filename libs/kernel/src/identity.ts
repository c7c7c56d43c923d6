import type { Sha256 } from './bytes.ts';
import { toHex, utf8 } from './bytes.ts';
import type { Source, StreamName, TierCode } from './names.ts';

/**
 * The id of the nth event of a command, as a UUIDv8 (RFC 9562 §5.8): a command that
 * is sent again with its key finds its own events instead of making new ones.
 * Parts are length-prefixed, so no two triples share an id.
 */
export const eventId = (
  sha256: Sha256,
  principal: string,
  idempotencyKey: string,
  ordinal: number,
): string => {
  const digest = sha256(
    utf8(`${principal.length}:${principal}${idempotencyKey.length}:${idempotencyKey}${ordinal}`),
  );
  const hex = toHex(digest);
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) & 3);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** The stream of the case that this event opens. Nobody can open a second case under the same name. */
export const caseStream = (sha256: Sha256, source: Source, openingId: string): StreamName =>
  `case-${toHex(sha256(utf8(source + openingId))).slice(0, 32)}` as StreamName;

export const isCaseStream = (stream: string): boolean => stream.startsWith('case-');

/** A stream that one tier alone writes: an item, a calendar, a department. */
export const ownStream = (kind: string, tier: TierCode, local: string): StreamName =>
  `${kind}-${tier}.${local}` as StreamName;

/** The tier that alone may write a stream other than a case, or `undefined` if the name has no such form. */
export const streamOwner = (stream: string): TierCode | undefined =>
  /^[a-z]+-(\d{6}|\d{9})\.[^-]+$/.exec(stream)?.[1] as TierCode | undefined;
