import { type Author, refuse, type Result, type TierCode } from '@liandong/kernel';
import type { NamedHead } from '../ledger/facts.ts';
import { originOf } from '../ledger/open-epoch.ts';
import { instant } from '../ports/clock.ts';
import type { Heartbeat } from '../ports/link-transport.ts';
import type { Breach } from './breach.ts';
import type { ExchangeDeps } from './deps.ts';
import { type FeedTable, ownFeed } from './feed-table.ts';
import { type PeerAlarm, type PeerNews, peerWatch } from './peer-watch.ts';
import { shownCheckpoint, type ShownCheckpoint } from './shown-checkpoint.ts';
import type { LedgerVerifier } from './verify-proof.ts';
import type { WriteBehind } from './write-behind.ts';

/** What is made of other tiers' heartbeats, and of their absence. */
export type Listening = {
  /** Verifies the checkpoint of a heartbeat, and believes it. Whoever carries one looks as well. */
  readonly check: (beat: Heartbeat) => Result<ShownCheckpoint | undefined, Breach>;
  /** A heartbeat to this tier, and what its checkpoint proved. */
  readonly heard: (beat: Heartbeat, checkpoint: ShownCheckpoint | undefined) => Promise<void>;
  readonly received: (author: TierCode) => Promise<void>;
  /** A tier recorded heads of others' ledgers. */
  readonly named: (by: TierCode, heads: readonly NamedHead[]) => void;
  readonly tick: () => Promise<void>;
  readonly alarms: () => readonly PeerAlarm[];
  /** The size of the checkpoint a tier last showed. */
  readonly shownBy: (tier: TierCode) => number | undefined;
};

export const listening = (
  deps: Pick<ExchangeDeps, 'self' | 'tree' | 'epochOf' | 'book' | 'clock' | 'settings'>,
  feeds: FeedTable,
  verifier: Pick<LedgerVerifier, 'head' | 'held'>,
  behind: Pick<WriteBehind, 'believe'>,
): Listening => {
  const { self, tree, epochOf, book, clock } = deps;
  const shown = new Map<TierCode, ShownCheckpoint>();
  const named = new Map<string, number>();
  const believed = new Map<string, number>();

  const ledgerOf = (tier: TierCode): Author =>
    shown.get(tier)?.author ?? { network: self.network, tier, epoch: epochOf(tier) };

  const watch = peerWatch({
    ...deps,
    expected: tree.region(self.tier),
    received: (tier) => feeds.get(ownFeed(tier, self.tier)).head,
    known: (tier) => {
      const author = ledgerOf(tier);
      const held = verifier.held(author);
      return { size: Math.max(held?.size ?? 0, named.get(originOf(author)) ?? 0), asOf: held?.asOf };
    },
  });

  const tell = async (news: readonly PeerNews[]) => {
    for (const { tier, code, detail } of news)
      await book.report({ code, peer: tier, detail, at: instant(clock.now()) });
  };

  return {
    check: (beat) => {
      const checked = shownCheckpoint(self.network, verifier.head, beat);
      if (!checked.ok) {
        const { evidence: bytes, ...why } = checked.refusal;
        return refuse({ ...why, bytes: bytes ?? beat.checkpoint });
      }
      const head = checked.value?.head;
      if (head !== undefined && head.size > (believed.get(head.origin) ?? -1)) {
        believed.set(head.origin, head.size);
        behind.believe(head);
      }
      return checked;
    },
    heard: async ({ feed: { author: tier }, head }, checkpoint) => {
      if (checkpoint !== undefined) shown.set(tier, checkpoint);
      await tell(watch.heard(tier, { head, size: checkpoint?.head.size ?? 0 }));
    },
    received: async (author) => tell(watch.look(author)),
    named: (by, heads) => {
      for (const { origin, size } of heads)
        if (!origin.startsWith(`${self.network}/${by}/`))
          named.set(origin, Math.max(size, named.get(origin) ?? 0));
    },
    tick: async () => tell(watch.tick()),
    alarms: watch.alarms,
    shownBy: (tier) => shown.get(tier)?.head.size,
  };
};
