import type { Author } from '@liandong/kernel';
import { toHex } from '@liandong/kernel';
import {
  hasWitnessed,
  type NoteSignature,
  openHead,
  parseNote,
  type Policy,
  formatNote,
  type SignedHead,
  type Suite,
} from '@liandong/ledger';
import type { EpochOpened } from './facts.ts';

/** A ledger's name: also the name of its log key and the first line of its checkpoints. */
export const originOf = ({ network, tier, epoch }: Author): string => `${network}/${tier}/${epoch}`;

/**
 * The largest head that a quorum has cosigned, out of the notes that witnesses show.
 * Each may bring its own signature only: those under one text count together.
 */
export const largestCosigned = (
  suite: Suite,
  policy: Policy,
  notes: readonly Uint8Array[],
): SignedHead | undefined => {
  const byText = new Map<string, NoteSignature[]>();
  for (const bytes of notes) {
    const note = parseNote(bytes);
    if (!note.ok) continue;
    byText.set(note.value.text, [...(byText.get(note.value.text) ?? []), ...note.value.signatures]);
  }
  const known = [...policy.logs, ...policy.witnesses].map(({ key }) => key);
  let largest: SignedHead | undefined;
  for (const [text, signatures] of byText) {
    const head = openHead(suite, formatNote({ text, signatures }), known);
    if (!head.ok) continue;
    const { checkpoint, verified } = head.value;
    if (policy.quorum !== undefined && !hasWitnessed(policy.quorum, verified)) continue;
    if (largest === undefined || checkpoint.size > largest.checkpoint.size) largest = head.value;
  }
  return largest;
};

/** What an operator's command records as the first event of the next ledger. */
export const epochOpening = (
  self: Author,
  {
    stored,
    known,
    cosigned,
    reason,
  }: {
    readonly stored: number;
    readonly known: number;
    readonly cosigned: SignedHead | undefined;
    readonly reason: string;
  },
): EpochOpened => ({
  type: 'liandong.ledger.epochOpened.v1',
  data: {
    epoch: self.epoch + 1,
    previous: {
      origin: originOf(self),
      epoch: self.epoch,
      stored,
      known,
      ...(cosigned && {
        cosigned: {
          origin: cosigned.checkpoint.origin,
          size: cosigned.checkpoint.size,
          root: toHex(cosigned.checkpoint.root),
        },
      }),
    },
    reason,
  },
});
