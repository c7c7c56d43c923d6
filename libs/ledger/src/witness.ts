import { sameBytes, type Sha256 } from '@liandong/kernel';
import { parseCheckpoint } from './checkpoint.ts';
import { verifyConsistency } from './consistency.ts';
import { emptyRoot, type Hash } from './hash.ts';
import { parseNote } from './note.ts';
import { openHead } from './signed-head.ts';
import type { Suite, VKey } from './vkey.ts';
import { type AddCheckpoint, type HttpAnswer, parseAddCheckpoint, sizeContentType } from './witness-wire.ts';

/** The largest head of one log that a witness has cosigned. */
export type Witnessed = { readonly size: number; readonly root: Hash };

export const nothingWitnessed = (sha256: Sha256): Witnessed => ({ size: 0, root: emptyRoot(sha256) });

/** A submission that could be read. Which log it is about decides which state it is judged against. */
export type Submission = AddCheckpoint & { readonly origin: string };

/** What is refused before any state is looked at. */
export const readSubmission = (body: Uint8Array): Submission | HttpAnswer => {
  const request = parseAddCheckpoint(body);
  if (!request.ok) return badRequest(request.refusal.rule);
  const note = parseNote(request.value.note);
  if (!note.ok) return badRequest(note.refusal.rule);
  const checkpoint = parseCheckpoint(note.value.text);
  return checkpoint.ok
    ? { ...request.value, origin: checkpoint.value.origin }
    : badRequest(checkpoint.refusal.rule);
};

/**
 * `accepted` is not yet an answer: the new state must be stored, under the same lock the
 * old one was read under, before the text is cosigned and sent. `fork` is worth keeping:
 * the log's own signature stands under a head that does not continue what it signed before.
 */
export type Judgement =
  | { readonly verdict: 'accepted'; readonly state: Witnessed; readonly text: string }
  | { readonly verdict: 'refused'; readonly answer: HttpAnswer; readonly fork: boolean };

/** `logKeys` are the keys trusted for this very origin; none makes it an unknown log. */
export const judgeAddCheckpoint = (
  suite: Suite,
  logKeys: readonly VKey[],
  state: Witnessed,
  submission: Submission,
): Judgement => {
  const own = logKeys.filter(({ name, type }) => name === submission.origin && type === 'ed25519');
  if (own.length === 0) return refused(404, 'unknown log');
  const head = openHead(suite, submission.note, own);
  if (!head.ok) return refused(403, head.refusal.code);

  const { size, root } = head.value.checkpoint;
  const { old, proof } = submission;
  if (old > size) return refused(400, 'old size beyond the checkpoint');
  if (old !== state.size)
    return {
      verdict: 'refused',
      fork: false,
      answer: { status: 409, contentType: sizeContentType, body: `${state.size}\n` },
    };
  const consistent = verifyConsistency(suite.sha256, {
    smaller: state.size,
    larger: size,
    smallerRoot: state.root,
    largerRoot: root,
    proof,
  });
  if (!consistent.ok) {
    const fork = size === state.size && !sameBytes(root, state.root);
    return refused(422, fork ? 'same size, another root' : 'bad consistency proof', true);
  }
  return { verdict: 'accepted', state: { size, root }, text: head.value.note.text };
};

const refused = (status: number, reason: string, fork = false): Judgement => ({
  verdict: 'refused',
  fork,
  answer: plain(status, reason),
});

const badRequest = (reason: string): HttpAnswer => plain(400, reason);

const plain = (status: number, reason: string): HttpAnswer => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body: `${reason}\n`,
});
