import { type CaseFact, caseDecider, type CaseState, type Happened, spineOf } from '@liandong/domain/case';
import { erasedType } from '@liandong/domain/privacy';
import {
  type Author,
  authorOf,
  caseDigest,
  decodeEvent,
  emptyOrder,
  type Entry,
  type Envelope,
  type EventHash,
  extend,
  firstTerm,
  foldIncrementally,
  type Ordering,
  parentsOf,
  type Placed,
  type Sha256,
  type StreamName,
  termOf,
} from '@liandong/kernel';
import type { Recorded } from '../ports/event-store.ts';
import type { CaseFile, FiledEvent } from './case-file.ts';

/** Reads a fact out of an envelope; `undefined` for a type or version this build does not know. */
export type FactOf = (envelope: Envelope) => CaseFact | undefined;

/**
 * One case, kept up to date event by event: its order, its state after every place,
 * what each event says. It has one owner, which feeds it what the store holds.
 */
export type CaseBook = {
  readonly caseId: StreamName;
  /** Takes what the store recorded after `revision()`, in its order. */
  readonly take: (recorded: readonly Recorded[]) => void;
  readonly revision: () => number;
  readonly state: () => CaseState;
  readonly order: () => Ordering;
  /** The events of one author, oldest first. */
  readonly saidBy: (author: Pick<Author, 'tier' | 'epoch'>) => readonly EventHash[];
  readonly file: () => CaseFile;
};

/** An event, and what it says. */
export type Known = { readonly envelope: Envelope; readonly fact: CaseFact | undefined };

export const caseBook = (caseId: StreamName, factOf: FactOf, sha256: Sha256): CaseBook => {
  const known = new Map<EventHash, Known>();
  const fold = foldIncrementally<CaseState>(caseDecider.initial, (state, placed) =>
    caseDecider.evolve(state, happened(placed, known.get(placed.entry.hash))),
  );
  let order = emptyOrder();
  let state = caseDecider.initial;
  let revision = 0;

  return {
    caseId,
    revision: () => revision,
    state: () => state,
    order: () => order,
    saidBy: ({ tier, epoch }) => {
      const { authors, chains } = order.graph;
      const author = authors.get(`${tier}/${epoch}`);
      return author === undefined ? [] : (chains[author] ?? []).map(({ entry }) => entry.hash);
    },
    take: (recorded) => {
      const entries = recorded.flatMap(({ hash, bytes }): Entry[] => {
        const envelope = decodeEvent(bytes);
        const fact = factOf(envelope);
        known.set(hash, { envelope, fact });
        return entryOf(hash, envelope, fact);
      });
      const extended = extend(order, entries);
      order = extended.order;
      state = fold(order.placed, extended.firstChanged);
      revision = recorded.at(-1)?.revision ?? revision;
    },
    file: () => ({
      caseId,
      state,
      events: order.placed.flatMap((placed, at) => filed(placed, at < order.registered, known)),
      registered: order.registered,
      digest: caseDigest(sha256, order),
      term: order.current?.term ?? firstTerm,
      lead: order.current?.lead,
      revision,
    }),
  };
};

/** An event as the register order needs it; none for an event whose author cannot be told. */
export const entryOf = (hash: EventHash, envelope: Envelope, fact: CaseFact | undefined): Entry[] => {
  const author = authorOf(envelope.source);
  if (author === undefined) return [];
  const spine = fact && spineOf(fact, author.tier);
  return [
    {
      hash,
      tier: author.tier,
      epoch: author.epoch,
      sequence: Number(envelope.sequence),
      parents: parentsOf(envelope),
      height: Number(envelope.height),
      term: termOf(envelope),
      ...(spine !== undefined && { spine }),
    },
  ];
};

export const happened = ({ entry, leadThen, superseded }: Placed, known: Known | undefined): Happened => ({
  fact: known?.fact,
  beside: known?.envelope.type === erasedType,
  hash: entry.hash,
  tier: entry.tier,
  authid: known?.envelope.authid ?? '',
  at: known?.envelope.time ?? '',
  leadThen,
  superseded,
});

const filed = (
  { entry, superseded }: Placed,
  registered: boolean,
  known: ReadonlyMap<EventHash, Known>,
): FiledEvent[] => {
  const event = known.get(entry.hash);
  return event === undefined ? [] : [{ hash: entry.hash, ...event, registered, superseded }];
};
