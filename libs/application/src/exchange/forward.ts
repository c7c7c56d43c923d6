import { ok, type Result } from '@liandong/kernel';
import type { BelievedHead, LinkEntry } from '../ports/link-book.ts';
import type { Block } from '../ports/link-transport.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import type { FeedTable } from './feed-table.ts';
import type { Taken } from './receive.ts';
import { type VerifyDeps, verifyEntry } from './verify-entry.ts';
import { largestOf } from './verify-proof.ts';

/** Takes a block on its way to another tier: verified as far as anyone between can, kept verbatim. */
export const forwarder =
  (deps: Omit<VerifyDeps, 'checkSchema'> & Pick<ExchangeDeps, 'book'>, feeds: FeedTable) =>
  async (block: Block): Promise<Result<Taken, Breach>> => {
    const { feed } = block;
    const { head } = feeds.get(feed);
    if (block.first > head + 1) throw new RangeError(`block begins at ${block.first}, expected ${head + 1}`);
    const fresh: LinkEntry[] = [];
    const heads: BelievedHead[] = [];
    for (const [n, each] of block.entries.slice(Math.max(0, head - block.first + 1)).entries()) {
      const verified = verifyEntry(deps, block, Math.max(head + 1, block.first) + n, each);
      if (!verified.ok) return verified;
      fresh.push(verified.value.entry);
      heads.push(verified.value.head);
    }
    if (fresh.length > 0) {
      await deps.book.forward(feed, fresh, largestOf(heads));
      feeds.set(feed, { head: head + fresh.length });
    }
    return ok({ through: head + fresh.length, receipts: [] });
  };
