import { type Author, ok, refuse, type Result, type TierCode } from '@liandong/kernel';
import { parseNote } from '@liandong/ledger';
import type { Heartbeat } from '../ports/link-transport.ts';
import type { ProofBreach, ProvenHead, VerifyHead } from './verify-proof.ts';

/** What a heartbeat's checkpoint proves: the head, and the author in the epoch of that ledger. */
export type ShownCheckpoint = { readonly author: Author; readonly head: ProvenHead };

/**
 * The checkpoint of a heartbeat, verified; `undefined` where there is none. A ledger that is
 * frozen may grow, and its heartbeats say so: it is not believed, and no news.
 */
export const shownCheckpoint = (
  network: string,
  verify: VerifyHead,
  { feed, checkpoint }: Heartbeat,
): Result<ShownCheckpoint | undefined, ProofBreach> => {
  if (checkpoint === undefined) return ok(undefined);
  const author = authorIn(network, feed.author, checkpoint);
  if (author === undefined)
    return refuse({
      code: 'head-not-believed',
      detail: `${feed.author} shows what is no head of a ledger`,
    });
  const head = verify(author, checkpoint);
  if (head.ok) return ok({ author, head: head.value });
  const { code, split } = head.refusal;
  return code === 'split-view' && split === undefined ? ok(undefined) : head;
};

/** The tier in the epoch that the head itself names: which epochs count, the trust root says. */
const authorIn = (network: string, tier: TierCode, note: Uint8Array): Author | undefined => {
  const parsed = parseNote(note);
  const [, epoch] = (parsed.ok ? /^[^\n]*\/(0|[1-9]\d{0,8})\n/.exec(parsed.value.text) : undefined) ?? [];
  return epoch === undefined ? undefined : { network, tier, epoch: Number(epoch) };
};
