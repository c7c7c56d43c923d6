import { type AnchorAlarm, instant, type LedgerAlarm, type ScrubFinding } from '@liandong/application';
import type { OwnLog } from './own-log.ts';

export type LedgerReports = {
  readonly keeping: (alarm: LedgerAlarm) => void;
  readonly anchoring: (alarm: AnchorAlarm) => void;
  readonly scrub: (finding: ScrubFinding) => void;
};

const longestDetail = 1_000;

/** What the ledger's parts have to say, as incidents of the tier's own. */
export const ledgerReports = ({
  access: { author, clock },
  linkBook,
}: Pick<OwnLog, 'access' | 'linkBook'>): LedgerReports => {
  const report = (code: string, about: object, bytes?: Uint8Array): void => {
    const detail = JSON.stringify(about, speakable).slice(0, longestDetail);
    const at = instant(clock.now());
    // Where the database fails the exchange ends by itself; an alarm must not be what ends it.
    void linkBook
      .report({ code, peer: author.tier, detail, at, ...(bytes && { bytes }) })
      .catch(() => undefined);
  };
  return {
    keeping: ({ code, ...about }) => report(`ledger-${code}`, about),
    anchoring: ({ kind, ...about }) => {
      const bytes = 'evidence' in about ? about.evidence : undefined;
      report(`ledger-${kind}`, { ...about, evidence: undefined }, bytes);
    },
    scrub: ({ code, ...where }) => report(`scrub-${code}`, where),
  };
};

/** A place in the store is a number that JSON has no word for. */
const speakable = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
