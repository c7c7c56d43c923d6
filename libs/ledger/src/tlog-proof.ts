import { concat, ok, type Result, utf8 } from '@liandong/kernel';
import { fromBase64, toBase64 } from './base64.ts';
import type { Hash } from './hash.ts';
import { type ProofRefusal, verifyInclusion } from './inclusion.ts';
import { maxNoteBytes } from './note.ts';
import { type Policy, type PolicyRefusal, openByPolicy } from './policy.ts';
import type { SignedHead } from './signed-head.ts';
import {
  linesOf,
  malformed,
  type Malformed,
  maxProofHashes,
  parseDecimal,
  parseHashes,
  readText,
} from './text.ts';
import type { Suite } from './vkey.ts';

/** A file that proves, offline, that an entry is in a log that enough witnesses have seen. */
export type TlogProof = {
  readonly index: number;
  readonly hashes: readonly Hash[];
  /** The checkpoint note with its cosignatures, as it was served. */
  readonly note: Uint8Array;
  /** Says nothing that is proven. */
  readonly extra?: Uint8Array;
};

const header = 'c2sp.org/tlog-proof@v1';

export const formatTlogProof = ({ index, hashes, note, extra }: TlogProof): Uint8Array =>
  concat(
    utf8(
      [
        header,
        ...(extra === undefined ? [] : [`extra ${toBase64(extra)}`]),
        `index ${index}`,
        ...hashes.map(toBase64),
        '\n',
      ].join('\n'),
    ),
    note,
  );

export const parseTlogProof = (bytes: Uint8Array): Result<TlogProof, Malformed> => {
  const whole = readText('proof', bytes, 2 * maxNoteBytes);
  if (!whole.ok) return whole;
  const blank = whole.value.indexOf('\n\n');
  if (blank < 0) return malformed('proof', linesOf(whole.value).length, 'blank-line-before-signatures');
  const [first, ...rest] = linesOf(whole.value.slice(0, blank + 1));
  if (first !== header) return malformed('proof', 1, 'header');

  const extraLine = rest[0]?.startsWith('extra ') ? rest.shift() : undefined;
  const extra = extraLine === undefined ? undefined : fromBase64(extraLine.slice('extra '.length));
  if (extraLine !== undefined && extra === undefined) return malformed('proof', 2, 'base64');

  const at = extraLine === undefined ? 2 : 3;
  const [indexLine = '', ...hashLines] = rest;
  const index = indexLine.startsWith('index ') ? parseDecimal(indexLine.slice('index '.length)) : undefined;
  if (index === undefined) return malformed('proof', at, 'index');
  if (hashLines.length > maxProofHashes)
    return malformed('proof', at + 1 + maxProofHashes, 'too-many-hashes');
  const hashes = parseHashes('proof', hashLines, at + 1);
  if (!hashes.ok) return hashes;
  const note = utf8(whole.value.slice(blank + 2));
  return ok<TlogProof>({ index, hashes: hashes.value, note, ...(extra === undefined ? {} : { extra }) });
};

/** Who may believe the policy may believe that this leaf is at this index of that log. */
export const verifyTlogProof = (
  suite: Suite,
  bytes: Uint8Array,
  leaf: Hash,
  policy: Policy,
): Result<
  { readonly index: number; readonly head: SignedHead },
  Malformed | PolicyRefusal | ProofRefusal
> => {
  const proof = parseTlogProof(bytes);
  if (!proof.ok) return proof;
  const head = openByPolicy(suite, proof.value.note, policy);
  if (!head.ok) return head;
  const { size, root } = head.value.checkpoint;
  const { index, hashes } = proof.value;
  const included = verifyInclusion(suite.sha256, { leaf, index, size, root, proof: hashes });
  return included.ok ? ok({ index, head: head.value }) : included;
};
