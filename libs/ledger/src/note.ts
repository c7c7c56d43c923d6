import { ok, refuse, type Result, utf8 } from '@liandong/kernel';
import { cosignedText, readTime } from './cosignature.ts';
import { formatSignature, type NoteSignature, parseSignature } from './note-signature.ts';
import { linesOf, type Malformed, malformed, readText } from './text.ts';
import type { SignEd25519, Suite, VKey } from './vkey.ts';

export const maxNoteBytes = 1_000_000;
const maxSignatures = 100;

/** A note as it is written: nothing in it is verified. */
export type Note = {
  /** Everything that is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
};

/** The bytes of a signed note. */
export const formatNote = ({ text, signatures }: Note): Uint8Array =>
  utf8(`${text}\n${signatures.map(formatSignature).join('')}`);

export const parseNote = (bytes: Uint8Array): Result<Note, Malformed> => {
  const whole = readText('note', bytes, maxNoteBytes);
  if (!whole.ok) return whole;
  const split = whole.value.lastIndexOf('\n\n');
  const text = whole.value.slice(0, split + 1);
  const above = linesOf(text).length;
  const lines = linesOf(whole.value.slice(split + 2));
  if (split < 0 || lines.length === 0) return malformed('note', above + 1, 'blank-line-before-signatures');
  if (lines.length > maxSignatures)
    return malformed('note', above + 2 + maxSignatures, 'too-many-signatures');
  const signatures: NoteSignature[] = [];
  for (const [n, line] of lines.entries()) {
    const signature = parseSignature(line);
    if (signature === undefined) return malformed('note', above + 2 + n, 'signature-line');
    signatures.push(signature);
  }
  return ok<Note>({ text, signatures });
};

/** A signature by a known key that was verified; `time` is a cosignature's, in POSIX seconds. */
export type Verified = { readonly key: VKey; readonly time?: number };

export type NoteRefusal =
  | Malformed
  | { readonly code: 'bad-signature'; readonly name: string; readonly keyId: string; readonly line: number }
  | { readonly code: 'no-known-signature' };

/**
 * Verifies a note against keys that are known. One signature under a known name and key
 * id that is not good spoils the note; those of keys not known are passed over.
 */
export const verifyNote = (
  suite: Suite,
  note: Note,
  known: readonly VKey[],
): Result<readonly Verified[], NoteRefusal> => {
  const verified: Verified[] = [];
  for (const [n, line] of note.signatures.entries())
    for (const key of known) {
      if (key.name !== line.name || key.keyId !== line.keyId) continue;
      if (key.type === 'private' || key.type === 'unknown') continue;
      const found = verifySignature(suite, note.text, key, line.signature);
      if (found === undefined)
        return refuse({
          code: 'bad-signature',
          name: line.name,
          keyId: line.keyId,
          line: linesOf(note.text).length + 2 + n,
        });
      verified.push(found);
    }
  return verified.length === 0 ? refuse({ code: 'no-known-signature' }) : ok(verified);
};

const ed25519Bytes = 64;
const timeBytes = 8;

const verifySignature = (
  { verifyEd25519 }: Suite,
  text: string,
  key: VKey,
  signature: Uint8Array,
): Verified | undefined => {
  if (key.type === 'ed25519')
    return signature.length === ed25519Bytes && verifyEd25519(key.publicKey, utf8(text), signature)
      ? { key }
      : undefined;
  if (signature.length !== timeBytes + ed25519Bytes) return undefined;
  const time = readTime(signature.subarray(0, timeBytes));
  if (time === undefined) return undefined;
  const message = cosignedText(text, time);
  return message !== undefined && verifyEd25519(key.publicKey, message, signature.subarray(timeBytes))
    ? { key, time }
    : undefined;
};

/** Signs a text, which ends in a newline, as a log does. */
export const signNote = (
  { name, keyId }: VKey & { readonly type: 'ed25519' },
  sign: SignEd25519,
  text: string,
): NoteSignature => ({ name, keyId, signature: sign(utf8(text)) });
