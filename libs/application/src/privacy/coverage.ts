import type { Tombstone } from '../ports/disclosures.ts';
import { type Trace, traceFinder } from './remnants.ts';
import type { Sha256 } from '@liandong/kernel';

/** Where a tier's data lies: its store, what is made of it, and what was copied from it. */
export const copyKinds = ['store', 'ledger', 'view', 'link', 'table', 'export', 'backup'] as const;
export type CopyKind = (typeof copyKinds)[number];

/** One row or one stretch of a file, and where exactly; or what could not be read there. */
export type Piece =
  { readonly place: string; readonly text: string } | { readonly place: string; readonly unreadable: string };

export type Copy = {
  readonly kind: CopyKind;
  readonly name: string;
  readonly pieces: () => AsyncIterable<Piece>;
};

export type Remnant = Trace & { readonly kind: CopyKind; readonly place: string };

export type Coverage = {
  /** Whether everything could be read and nothing erased was found. */
  readonly ok: boolean;
  readonly erased: number;
  readonly copies: readonly { readonly kind: CopyKind; readonly name: string; readonly pieces: number }[];
  readonly remnants: readonly Remnant[];
  /** What was not searched proves nothing. */
  readonly unreadable: readonly {
    readonly kind: CopyKind;
    readonly place: string;
    readonly reason: string;
  }[];
};

/**
 * Searches every copy for what was erased, and for `texts` that the person asking names.
 * Never ends early: an operator has to learn of every place.
 */
export const coverageOf = async (
  {
    sha256,
    tombstones,
    texts = [],
  }: {
    readonly sha256: Sha256;
    readonly tombstones: readonly Tombstone[];
    readonly texts?: readonly string[];
  },
  copies: readonly Copy[],
): Promise<Coverage> => {
  const find = traceFinder(sha256, tombstones, texts);
  const searched: { kind: CopyKind; name: string; pieces: number }[] = [];
  const remnants = new Map<string, Remnant>();
  const unreadable: { kind: CopyKind; place: string; reason: string }[] = [];
  for (const { kind, name, pieces } of copies) {
    let count = 0;
    try {
      for await (const piece of pieces()) {
        count++;
        const { place } = piece;
        if ('unreadable' in piece) unreadable.push({ kind, place, reason: piece.unreadable });
        else
          for (const trace of find(piece.text))
            remnants.set(`${place} ${JSON.stringify(trace)}`, { kind, place, ...trace });
      }
    } catch (error) {
      unreadable.push({ kind, place: name, reason: error instanceof Error ? error.message : String(error) });
    }
    searched.push({ kind, name, pieces: count });
  }
  return {
    ok: remnants.size === 0 && unreadable.length === 0,
    erased: tombstones.length,
    copies: searched,
    remnants: [...remnants.values()],
    unreadable,
  };
};
