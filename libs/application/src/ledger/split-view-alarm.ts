import type { Author } from '@liandong/kernel';
import type { Policy, Suite } from '@liandong/ledger';
import type { SplitViewAlarm } from '../exchange/ledger-links.ts';
import type { SplitViews } from '../ports/split-views.ts';
import { originHash } from '../witness/origin-hash.ts';
import { splitViewSeen } from '../witness/split-view-seen.ts';
import { type LedgerJournal, ledgerSystem } from './ledger-journal.ts';

/** Keeps the evidence beside the ledger, and names it in the ledger for everybody above and below. */
export const splitViewAlarm = ({
  self,
  suite,
  policies,
  evidence: kept,
  journal,
}: {
  readonly self: Author;
  readonly suite: Suite;
  /** Of every ledger of the network, by its origin. */
  readonly policies: ReadonlyMap<string, Policy>;
  readonly evidence: SplitViews;
  readonly journal: LedgerJournal;
}): SplitViewAlarm => ({
  frozen: async () => {
    const found = await Promise.all(
      [...policies.keys()].map(async (origin) =>
        (await kept.find(originHash(suite.sha256, origin))) === undefined ? [] : [origin],
      ),
    );
    return new Set(found.flat());
  },
  seen: async ({ origin, evidence, frozenAt, from }) => {
    const logKeys = (policies.get(origin)?.logs ?? []).map(({ key }) => key);
    const fact = splitViewSeen(suite, logKeys, evidence, { frozenAt, seenBy: from });
    if (fact === undefined) return;
    await kept.keep(originHash(suite.sha256, origin), evidence);
    const recorded = await journal.record(ledgerSystem(self, `split-view-${fact.data.evidence}`), fact);
    if (!recorded.ok) throw new Error(`a split view could not be recorded: ${recorded.refusal.code}`);
  },
});
