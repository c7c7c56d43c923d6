import { openHead, type Suite, type VKey } from '@liandong/ledger';
import type { SignedLedgerHead } from '../ports/ledger-book.ts';
import type { WitnessClient } from '../ports/witness-client.ts';
import { originHash } from './origin-hash.ts';

/** The head of the log that a witness shows; nothing unless the log's own key signed it. */
export const shownBy = async (
  suite: Suite,
  logKeys: readonly VKey[],
  client: WitnessClient,
  last: SignedLedgerHead,
  signal: AbortSignal,
): Promise<{ readonly size: number; readonly note: Uint8Array } | undefined> => {
  const own = openHead(suite, last.note, logKeys);
  if (!own.ok) return undefined;
  const { origin } = own.value.checkpoint;
  const note = await client.checkpoint(originHash(suite.sha256, origin), signal).catch(() => undefined);
  const shown = note && openHead(suite, note, logKeys);
  return note !== undefined && shown?.ok && shown.value.checkpoint.origin === origin
    ? { size: shown.value.checkpoint.size, note }
    : undefined;
};
