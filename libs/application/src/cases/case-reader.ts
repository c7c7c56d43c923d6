import { decodeEvent, type Sha256, type StreamName } from '@liandong/kernel';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import { type CaseBook, caseBook, type FactOf } from './case-book.ts';
import type { CaseFile } from './case-file.ts';

/** Reads cases out of the store; recent ones are kept and only extended by what is new. */
export type CaseReader = {
  /** The case with everything the store holds of it now; empty if it holds nothing. */
  readonly open: (caseId: StreamName) => Promise<CaseBook>;
  /** The case as it was last seen here, without asking the store; `undefined` if it is not kept. */
  readonly recall: (caseId: StreamName) => CaseBook | undefined;
  /** Takes what was just recorded, so that what is recalled is not behind one's own word. */
  readonly recorded: (caseId: StreamName, events: readonly Recorded[]) => void;
  readonly read: (caseId: StreamName) => Promise<CaseFile | undefined>;
  /** The case from the events its authors had recorded by a moment. */
  readonly replay: (caseId: StreamName, at: string) => Promise<CaseFile | undefined>;
};

/** A stale copy is harmless: the expected revision of the append it leads to is refused. */
const keptCases = 1_000;

export const caseReader = (store: Pick<EventStore, 'read'>, factOf: FactOf, sha256: Sha256): CaseReader => {
  const kept = new Map<StreamName, CaseBook>();

  const keep = (book: CaseBook) => {
    kept.delete(book.caseId);
    kept.set(book.caseId, book);
    const [oldest] = kept.keys();
    if (kept.size > keptCases && oldest !== undefined) kept.delete(oldest);
  };

  const open = async (caseId: StreamName): Promise<CaseBook> => {
    const book = kept.get(caseId) ?? caseBook(caseId, factOf, sha256);
    const from = book.revision();
    const news = await store.read(caseId, from);
    // Another read may have brought the book further meanwhile; what it took is not taken twice.
    book.take(news.filter(({ revision }) => revision > book.revision()));
    keep(book);
    return book;
  };

  return {
    open,
    recall: (caseId) => kept.get(caseId),
    recorded: (caseId, events) => {
      const book = kept.get(caseId) ?? caseBook(caseId, factOf, sha256);
      const news = events.filter(({ revision }) => revision > book.revision());
      if (news[0]?.revision !== book.revision() + 1) return;
      book.take(news);
      keep(book);
    },
    read: async (caseId) => {
      const book = await open(caseId);
      return book.revision() === 0 ? undefined : book.file();
    },
    replay: async (caseId, at) => {
      const past = (await store.read(caseId)).filter(({ bytes }) => decodeEvent(bytes).recordedtime <= at);
      if (past.length === 0) return undefined;
      const book = caseBook(caseId, factOf, sha256);
      book.take(past);
      return book.file();
    },
  };
};
