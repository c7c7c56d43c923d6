import { concat, utf8 } from '@liandong/kernel';
import { parseCheckpoint } from './checkpoint.ts';
import { isSize } from './hash.ts';
import type { NoteSignature } from './note-signature.ts';
import type { SignEd25519, VKey } from './vkey.ts';

/**
 * What a witness signs: at this time this is the largest consistent tree it has seen for
 * this origin. Undefined if the text is no checkpoint: a witness speaks of nothing else.
 */
export const cosignedText = (checkpoint: string, time: number): Uint8Array | undefined =>
  parseCheckpoint(checkpoint).ok ? utf8(`cosignature/v1\ntime ${time}\n${checkpoint}`) : undefined;

/** Throws on a text that is no checkpoint and on a time that is no POSIX second. */
export const cosign = (
  { name, keyId }: VKey & { readonly type: 'cosignature' },
  sign: SignEd25519,
  checkpoint: string,
  time: number,
): NoteSignature => {
  const message = cosignedText(checkpoint, time);
  if (message === undefined || !isSize(time))
    throw new RangeError('only a checkpoint is cosigned, at a second');
  return { name, keyId, signature: concat(writeTime(time), sign(message)) };
};

const writeTime = (time: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time));
  return bytes;
};

/** Undefined for a second beyond 2^53. */
export const readTime = (bytes: Uint8Array): number | undefined => {
  const time = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0));
  return isSize(time) ? time : undefined;
};
