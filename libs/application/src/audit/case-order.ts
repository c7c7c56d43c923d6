import { compareTexts, type EventHash, type Sha256, type StreamName, undeliverable } from '@liandong/kernel';
import { caseBook, type FactOf } from '../cases/case-book.ts';
import type { Recorded } from '../ports/event-store.ts';
import type { HeldEvent, IndexLine } from './folder.ts';

export const isCase = (stream: StreamName): boolean => stream.startsWith('case-');

export const bySequence = (a: HeldEvent, b: HeldEvent): number =>
  compareTexts(a.source, b.source) || a.sequence - b.sequence;

/** The register of a case, its tail, and what waits, from a set of events alone. */
export const registerOf = (
  stream: StreamName,
  events: readonly Recorded[],
  factOf: FactOf,
  sha256: Sha256,
): { readonly order: readonly EventHash[]; readonly register: NonNullable<IndexLine['register']> } => {
  const book = caseBook(stream, factOf, sha256);
  book.take(events);
  const { registered, digest } = book.file();
  const waiting = undeliverable(book.order()).map(({ hash }) => hash);
  return {
    order: [...book.order().placed.map(({ entry }) => entry.hash), ...waiting.sort(compareTexts)],
    register: { count: registered, digest },
  };
};
