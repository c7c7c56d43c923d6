import {
  authorOf,
  type Envelope,
  eventHash,
  ok,
  refuse,
  type Result,
  sourceOf,
  verifyEnvelope,
} from '@liandong/kernel';
import type { LinkEntry } from '../ports/link-book.ts';
import type { Block, BlockEntry } from '../ports/link-transport.ts';
import { isKnownContext } from './seal-check.ts';
import { proofAt } from './block-proofs.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { ledgerOf, type ProvenHead, type VerifyProof } from './verify-proof.ts';

/** What an entry says: an event, or bytes the author sealed but no reader of this release may take for one. */
export type Reading =
  | { readonly kind: 'event'; readonly envelope: Envelope }
  | { readonly kind: 'unreadable'; readonly reason: string };

export type VerifyDeps = Pick<ExchangeDeps, 'self' | 'epochOf' | 'sealCheck' | 'sha256' | 'checkSchema'> & {
  readonly verifyProof: VerifyProof;
};

export type VerifiedEntry = {
  readonly entry: LinkEntry;
  readonly envelope: ReturnType<typeof verifyEnvelope>;
  /** The head its proof led to. */
  readonly head: ProvenHead;
};

/**
 * Checks that the entry is its author's word, said for good: the hash, the seal, whose
 * event it is, and its place in the author's ledger. A forwarder checks the same as the
 * destination, and alters nothing.
 */
export const verifyEntry = (
  { self, epochOf, sealCheck, sha256, verifyProof }: Omit<VerifyDeps, 'checkSchema'>,
  block: Block,
  number: number,
  { seq, bytes, seal: sealIndex }: BlockEntry,
): Result<VerifiedEntry, Breach> => {
  const hash = eventHash(sha256, bytes);
  const seal = block.seals[sealIndex];
  const about = { number, hash, bytes };
  if (seal === undefined)
    return refuse({ code: 'not-in-the-seal', detail: 'the block names no such seal', ...about });

  const envelope = verifyEnvelope(sha256, bytes);
  const claimed = envelope.ok ? authorOf(envelope.value.source) : undefined;
  const { author } = block.feed;
  if (claimed !== undefined && (claimed.tier !== author || claimed.network !== self.network))
    return refuse({
      code: 'author-mismatch',
      detail: `the feed is ${author}'s, the event ${claimed.tier}'s`,
      ...about,
    });

  // Bytes that are no event still need their author's seal.
  const source = envelope.ok
    ? envelope.value.source
    : sourceOf({ network: self.network, tier: author, epoch: epochOf(author) });
  const type = envelope.ok ? envelope.value.type : undefined;
  const proof = proofAt(block.proofs, number - block.first);
  const provenIn = ledgerOf(source, proof);
  const ledger = provenIn && sourceOf(provenIn);
  const sealed = sealCheck.check({ source, hash, type, seal, seq, ledger });
  if (!sealed.ok)
    return refuse({ code: sealed.refusal.code, detail: `entry ${number} of ${author}`, ...about });
  const proven = verifyProof({ source, hash, seq, proof });
  if (!proven.ok) {
    const { code, detail, split, evidence = bytes } = proven.refusal;
    return refuse({ code, detail, split, number, hash, bytes: evidence });
  }
  if (envelope.ok) sealCheck.learn(seq, envelope.value, ledger);
  return ok({ entry: { number, seq, hash, bytes, seal, proof }, envelope, head: proven.value });
};

/** Reads what was verified. What is not understood yet is an event all the same. */
export const readingOf = (
  { checkSchema }: Pick<VerifyDeps, 'checkSchema'>,
  envelope: VerifiedEntry['envelope'],
): Reading => {
  if (!envelope.ok) {
    const { code, field, rule } = envelope.refusal;
    return unreadable(`${code} ${field} ${rule}`);
  }
  const { type, data } = envelope.value;
  if (!isKnownContext(type)) return unreadable('context-unknown');
  try {
    const checked = checkSchema(type, data);
    if (checked.ok) return { kind: 'event', envelope: envelope.value };
    const { code, field, rule } = checked.refusal;
    return unreadable(`${code} ${field} ${rule}`);
  } catch {
    return unreadable('schema-check-failed');
  }
};

/** Names of fields come from the sender: what is shown and stored of them is bounded and printable. */
const unreadable = (reason: string): Reading => ({
  kind: 'unreadable',
  reason: reason
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, '?')
    .replaceAll('  ', ' ')
    .slice(0, 300),
});
