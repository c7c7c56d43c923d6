import {
  formatAddCheckpoint,
  nodesInTiles,
  type NoteSignature,
  parseNote,
  proveConsistency,
  readAnswer,
  splitViewPath,
  type Suite,
  verifyNote,
  type VKey,
} from '@liandong/ledger';
import type { LedgerBook, SignedLedgerHead } from '../ports/ledger-book.ts';
import type { WitnessClient } from '../ports/witness-client.ts';
import type { Refusing } from './alarm.ts';
import type { Witnessing } from './check-policy.ts';
import { shownBy } from './shown-head.ts';
import { splitViewBetween } from './split-view-between.ts';

/** One signature of a witness under one head, verified. */
export type Cosigned = { readonly size: number; readonly time: number; readonly signature: NoteSignature };

/** What came of one submission. */
export type Submitted =
  | { readonly kind: 'cosigned'; readonly cosigned: Cosigned }
  | { readonly kind: 'other-size'; readonly size: number }
  /** More than was offered, and no head under the log's own key to show for it. */
  | { readonly kind: 'claimed'; readonly size: number }
  | { readonly kind: 'fork'; readonly evidence?: Uint8Array; readonly known?: number }
  | { readonly kind: 'refused'; readonly reason: Refusing }
  | { readonly kind: 'failed'; readonly reason: string };

export type SubmitDeps = {
  readonly suite: Suite;
  readonly book: Pick<LedgerBook, 'tile'>;
  readonly logKeys: readonly VKey[];
};

/** Offers a head to a witness that holds `old`. Never throws: a witness that is down is no fault of the log's. */
export const submit = async (
  deps: SubmitDeps,
  { key }: Witnessing,
  client: WitnessClient,
  head: SignedLedgerHead,
  old: number,
  signal: AbortSignal,
): Promise<Submitted> => {
  const { suite, book } = deps;
  try {
    const nodes = nodesInTiles(suite.sha256, book.tile, head.size);
    const proof = await proveConsistency(suite.sha256, nodes, old, head.size);
    if (proof === undefined) return { kind: 'failed', reason: `no proof from ${old} to ${head.size}` };
    const answer = readAnswer(
      await client.addCheckpoint(formatAddCheckpoint({ old, proof, note: head.note }), signal),
    );
    switch (answer.kind) {
      case 'cosigned':
        return cosignedBy(suite, key, head, answer.signatures);
      case 'other-size':
        return answer.size <= head.size
          ? answer
          : await substantiate(deps, client, head, answer.size, signal);
      case 'fork':
        return await investigate(deps, client, head, signal);
      case 'unknown-log':
      case 'not-trusted':
        return { kind: 'refused', reason: answer.kind };
      case 'failed':
        return { kind: 'failed', reason: `answered ${answer.status}` };
    }
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
};

/** Lines of keys that are not known are passed over; a bad one of the witness's own is not. */
const cosignedBy = (
  suite: Suite,
  key: VKey,
  head: SignedLedgerHead,
  signatures: readonly NoteSignature[],
): Submitted => {
  const verified = verifyNote(suite, { text: textOf(head), signatures }, [key]);
  const time = verified.ok ? verified.value[0]?.time : undefined;
  const signature = signatures.find(({ name, keyId }) => name === key.name && keyId === key.keyId);
  return time === undefined || signature === undefined
    ? { kind: 'refused', reason: 'bad-cosignature' }
    : { kind: 'cosigned', cosigned: { size: head.size, time, signature } };
};

export const textOf = ({ note }: SignedLedgerHead): string => {
  const parsed = parseNote(note);
  if (!parsed.ok) throw new Error('the signed head is no note');
  return parsed.value.text;
};

/**
 * Asks the witness for the head it holds against this one. If the log's own key stands
 * under it and the log's own tiles lead elsewhere, that is evidence; else it is a claim.
 */
const investigate = async (
  { suite, book, logKeys }: SubmitDeps,
  client: WitnessClient,
  head: SignedLedgerHead,
  signal: AbortSignal,
): Promise<Submitted> => {
  const { sha256 } = suite;
  const theirs = await shownBy(suite, logKeys, client, head, signal);
  if (theirs === undefined) return { kind: 'fork' };
  const { note: shown, size: known } = theirs;
  const nodes = nodesInTiles(sha256, book.tile, head.size);
  const path = known <= head.size ? await splitViewPath(sha256, nodes, known, head.size) : undefined;
  const evidence = path && splitViewBetween(suite, logKeys, shown, head.note, path);
  return { kind: 'fork', known, ...(evidence && { evidence }) };
};

/** A size counts by the head that is shown for it. */
const substantiate = async (
  { suite, logKeys }: SubmitDeps,
  client: WitnessClient,
  head: SignedLedgerHead,
  claimed: number,
  signal: AbortSignal,
): Promise<Submitted> => {
  const shown = await shownBy(suite, logKeys, client, head, signal);
  return shown !== undefined && shown.size > head.size
    ? { kind: 'other-size', size: shown.size }
    : { kind: 'claimed', size: claimed };
};
