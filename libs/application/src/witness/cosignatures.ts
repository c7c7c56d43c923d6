import {
  formatNote,
  hasWitnessed,
  openByPolicy,
  parseNote,
  type Policy,
  type SignedHead,
  type Suite,
} from '@liandong/ledger';
import type { SignedLedgerHead } from '../ports/ledger-book.ts';
import type { Cosigned } from './submit.ts';

/** A head with the cosignatures that came in for it; once more is known of a head, `note` differs. */
export type Witnessed = { readonly note: Uint8Array; readonly head: SignedHead };

/**
 * Puts the witnesses' lines under a head. Undefined until they make the quorum. Verified
 * once more as any reader will: what is kept as anchored is what the policy accepts.
 */
export const withCosignatures = (
  suite: Suite,
  policy: Policy,
  head: SignedLedgerHead,
  cosigned: readonly Cosigned[],
): Witnessed | undefined => {
  const parsed = parseNote(head.note);
  if (!parsed.ok || policy.quorum === undefined) return undefined;
  const lines = cosigned.filter(({ size }) => size === head.size).map(({ signature }) => signature);
  const { text, signatures } = parsed.value;
  const note = formatNote({ text, signatures: [...signatures, ...lines] });
  const opened = openByPolicy(suite, note, policy);
  return opened.ok && hasWitnessed(policy.quorum, opened.value.verified)
    ? { note, head: opened.value }
    : undefined;
};
