import { ok, refuse, type Result } from '@liandong/kernel';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { type Note, type NoteRefusal, parseNote, type Verified, verifyNote } from './note.ts';
import type { Suite, VKey } from './vkey.ts';

/** A checkpoint whose log signed it, with the signatures that were verified. */
export type SignedHead = {
  readonly checkpoint: Checkpoint;
  readonly note: Note;
  readonly verified: readonly Verified[];
};

export type HeadRefusal = NoteRefusal | { readonly code: 'not-signed-by-its-log'; readonly origin: string };

/**
 * Opens a checkpoint note. Its origin must be the name of a known log key that signed it:
 * a key of another log, or of a witness, makes nothing a head of this log.
 */
export const openHead = (
  suite: Suite,
  bytes: Uint8Array,
  known: readonly VKey[],
): Result<SignedHead, HeadRefusal> => {
  const note = parseNote(bytes);
  if (!note.ok) return note;
  const checkpoint = parseCheckpoint(note.value.text);
  if (!checkpoint.ok) return checkpoint;
  const verified = verifyNote(suite, note.value, known);
  if (!verified.ok) return verified;
  const { origin } = checkpoint.value;
  return verified.value.some(({ key }) => key.type === 'ed25519' && key.name === origin)
    ? ok<SignedHead>({ checkpoint: checkpoint.value, note: note.value, verified: verified.value })
    : refuse({ code: 'not-signed-by-its-log', origin });
};
