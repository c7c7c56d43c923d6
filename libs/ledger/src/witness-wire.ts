import { concat, ok, type Result, utf8 } from '@liandong/kernel';
import { toBase64 } from './base64.ts';
import type { Hash } from './hash.ts';
import { formatSignature, type NoteSignature, parseSignature } from './note-signature.ts';
import {
  linesOf,
  malformed,
  type Malformed,
  maxProofHashes,
  parseDecimal,
  parseHashes,
  readText,
} from './text.ts';

/** A submission to a witness: the size it last cosigned, the proof from there, the new head. */
export type AddCheckpoint = {
  readonly old: number;
  readonly proof: readonly Hash[];
  readonly note: Uint8Array;
};

/** The largest body a witness need read; others read no larger one. */
export const maxRequestBytes = 16_384;

/** Throws on what no witness would read: more than 63 hashes, or too long a note. */
export const formatAddCheckpoint = ({ old, proof, note }: AddCheckpoint): Uint8Array => {
  if (proof.length > maxProofHashes) throw new RangeError(`a proof has at most ${maxProofHashes} hashes`);
  const body = concat(utf8([`old ${old}`, ...proof.map(toBase64), '\n'].join('\n')), note);
  if (body.length > maxRequestBytes) throw new RangeError(`a request has at most ${maxRequestBytes} bytes`);
  return body;
};

export const parseAddCheckpoint = (body: Uint8Array): Result<AddCheckpoint, Malformed> => {
  const text = readText('request', body, maxRequestBytes);
  if (!text.ok) return text;
  const blank = text.value.indexOf('\n\n');
  const [first = '', ...hashLines] = linesOf(text.value.slice(0, blank + 1));
  const old = first.startsWith('old ') ? parseDecimal(first.slice('old '.length)) : undefined;
  if (blank < 0 || old === undefined) return malformed('request', 1, 'old-size');
  const proof = parseHashes('request', hashLines, 2);
  if (!proof.ok) return proof;
  return ok<AddCheckpoint>({ old, proof: proof.value, note: utf8(text.value.slice(blank + 2)) });
};

/** An HTTP answer, as far as this protocol speaks of it. */
export type HttpAnswer = {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string;
};

export const sizeContentType = 'text/x.tlog.size';

/** What a witness said. `fork` is an alarm, never a reason to try again. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly signatures: readonly NoteSignature[] }
  /** The witness holds another size than the one the proof began from. */
  | { readonly kind: 'other-size'; readonly size: number }
  /** It holds a tree that this head does not continue, or says so. */
  | { readonly kind: 'fork' }
  | { readonly kind: 'unknown-log' }
  | { readonly kind: 'not-trusted' }
  | { readonly kind: 'failed'; readonly status: number };

/**
 * Reads an answer as strictly as a request. A 409 that names no size is read as a fork:
 * there are witnesses that answer a fork of the same size with 409 and nothing.
 */
export const readAnswer = ({ status, contentType, body }: HttpAnswer): WitnessAnswer => {
  const [mediaType] = (contentType ?? '').split(';');
  const size =
    mediaType?.trim() === sizeContentType && body.endsWith('\n')
      ? parseDecimal(body.slice(0, -1))
      : undefined;
  if (status === 200) {
    const signatures = parseSignatureLines(body);
    return signatures === undefined ? { kind: 'failed', status } : { kind: 'cosigned', signatures };
  }
  if (status === 409) return size === undefined ? { kind: 'fork' } : { kind: 'other-size', size };
  if (status === 422) return { kind: 'fork' };
  if (status === 404) return { kind: 'unknown-log' };
  if (status === 403) return { kind: 'not-trusted' };
  return { kind: 'failed', status };
};

const parseSignatureLines = (body: string): readonly NoteSignature[] | undefined => {
  if (!body.endsWith('\n') || body.length > maxRequestBytes) return undefined;
  const signatures = linesOf(body).map(parseSignature);
  return signatures.every((signature) => signature !== undefined) ? signatures : undefined;
};

export const cosignedAnswer = (signatures: readonly NoteSignature[]): HttpAnswer => ({
  status: 200,
  contentType: 'text/plain; charset=utf-8',
  body: signatures.map(formatSignature).join(''),
});
