import type { Envelope } from '@liandong/kernel';
import { judgeEventTime, type TimeFlag } from '../ledger/time-window.ts';
import { instant } from '../ports/clock.ts';
import type { LinkBook, LinkEntry, TimeMark } from '../ports/link-book.ts';
import type { LedgerLinks } from './ledger-links.ts';
import type { VerifiedEntry } from './verify-entry.ts';

/** An event whose time lies outside its window. */
export type Flagged = {
  readonly entry: LinkEntry;
  readonly envelope: Envelope;
  readonly flag: Exclude<TimeFlag, { readonly flag: 'unsuspicious' }>;
};

/** The author's own clock marks its ledger at most this often. */
const thinMs = 60_000;

/**
 * Holds the times of a block's events against what their author's ledger proves: sealed after
 * the instants named before them, and before their head was cosigned. Nothing is refused for
 * its time; it is told.
 */
export const judgeTimes = async (
  book: Pick<LinkBook, 'marksBefore'>,
  { factOf, toleranceMs }: Pick<LedgerLinks, 'factOf' | 'toleranceMs'>,
  verified: readonly VerifiedEntry[],
): Promise<{ readonly flagged: readonly Flagged[]; readonly marks: readonly TimeMark[] }> => {
  const flagged: Flagged[] = [];
  const marks: TimeMark[] = [];
  const proven = verified.flatMap(({ entry, envelope, head }) =>
    envelope.ok ? [{ entry, envelope: envelope.value, head }] : [],
  );
  for (const [origin, entries] of Map.groupBy(proven, ({ head }) => head.origin)) {
    const inOrder = entries.toSorted((a, b) => a.entry.seq - b.entry.seq);
    const before = await book.marksBefore(
      origin,
      inOrder.map(({ entry: { seq } }) => seq),
    );
    let come = -Infinity;
    for (const [n, { entry, envelope, head }] of inOrder.entries()) {
      const stored = before[n];
      if (stored !== undefined) come = Math.max(come, Date.parse(stored.at));
      const window = {
        ...(come > -Infinity && { notBefore: new Date(come) }),
        ...(head.cosignedBy && { notAfter: head.cosignedBy }),
      };
      const flag = judgeEventTime(envelope, window, toleranceMs);
      if (flag.flag !== 'unsuspicious') flagged.push({ entry, envelope, flag });
      const named = instantsNamed(factOf, envelope);
      const claimed = flag.flag === 'unsuspicious' ? Date.parse(envelope.recordedtime) : -Infinity;
      const at = Math.max(claimed >= come + thinMs ? claimed : come, ...named);
      if (at > come) marks.push({ origin, seq: entry.seq, at: instant(new Date(at)) });
      come = at;
    }
  }
  return { flagged, marks };
};

const instantsNamed = (factOf: LedgerLinks['factOf'], envelope: Envelope): readonly number[] => {
  const fact = factOf(envelope);
  return fact?.type === 'liandong.ledger.anchored.v1'
    ? fact.data.checkpoints.map(({ time }) => Date.parse(time))
    : [];
};
