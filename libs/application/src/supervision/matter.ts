import { caseDecider, type CaseState } from '@liandong/domain/case';
import {
  type CardFact,
  follow,
  nothingSupervised,
  type Seen,
  type Supervised,
  type SupervisedFact,
} from '@liandong/domain/supervision';
import {
  authorOf,
  decodeEvent,
  emptyOrder,
  type Envelope,
  type EventHash,
  extend,
  foldIncrementally,
  isCaseStream,
  type Placed,
  type Sha256,
  type StreamName,
} from '@liandong/kernel';
import { entryOf, type FactOf, happened, type Known } from '../cases/case-book.ts';
import type { Recorded } from '../ports/event-store.ts';
import { supervisedFact, unitOf } from './seen-case.ts';

/** A matter under supervision as a set of events makes it, and the newest of those events. */
export type Matter = { readonly supervised: Supervised; readonly frontier: readonly EventHash[] };

/** One matter, kept up to date event by event. It has one owner, which feeds it what the store holds. */
export type MatterBook = {
  /** Takes what the store recorded after `revision()`, in its order. */
  readonly take: (recorded: readonly Recorded[]) => void;
  readonly revision: () => number;
  readonly matter: () => Matter;
};

export type MatterDeps = {
  readonly sha256: Sha256;
  readonly caseFactOf: FactOf;
  readonly cardFactOf: (envelope: Envelope) => CardFact | undefined;
};

/** Cases are supervised, and warnings, which are to be answered. */
export const matterBook = (stream: StreamName, deps: MatterDeps): MatterBook =>
  isCaseStream(stream) ? supervisedCase(deps) : supervisedWarning(deps);

type Told = { readonly case: CaseState; readonly supervised: Supervised };

const supervisedCase = ({ caseFactOf }: MatterDeps): MatterBook => {
  const known = new Map<EventHash, Known>();
  const fold = foldIncrementally<Told>(
    { case: caseDecider.initial, supervised: nothingSupervised },
    (told, placed) => oneMore(told, placed, known.get(placed.entry.hash)),
  );
  let order = emptyOrder();
  let supervised = nothingSupervised;
  let revision = 0;
  return {
    revision: () => revision,
    matter: () => ({ supervised, frontier: order.heads }),
    take: (recorded) => {
      const entries = recorded.flatMap(({ hash, bytes }) => {
        const envelope = decodeEvent(bytes);
        const fact = caseFactOf(envelope);
        known.set(hash, { envelope, fact });
        return entryOf(hash, envelope, fact);
      });
      const extended = extend(order, entries);
      order = extended.order;
      ({ supervised } = fold(order.placed, extended.firstChanged));
      revision = recorded.at(-1)?.revision ?? revision;
    },
  };
};

const oneMore = (told: Told, placed: Placed, known: Known | undefined): Told => {
  const after = caseDecider.evolve(told.case, happened(placed, known));
  const { hash, tier } = placed.entry;
  if (known?.fact === undefined) return { ...told, case: after };
  const said = { fact: known.fact, tier, before: told.case, after };
  const fact = supervisedFact(said);
  if (fact === undefined) return { ...told, case: after };
  const withoutEffect = after.withoutEffect.length > told.case.withoutEffect.length;
  const unit = unitOf(said);
  const { window } = known.fact.data.by;
  const at = { ...(unit && { unit }), ...(window !== undefined && { window }) };
  const seen = { ...seenIn(known.envelope, hash, fact), ...at, withoutEffect };
  return { case: after, supervised: follow(told.supervised, seen) };
};

/** The stream of a card has one author, and so one order: that of its events. */
const supervisedWarning = ({ cardFactOf }: MatterDeps): MatterBook => {
  let supervised = nothingSupervised;
  let issued: EventHash | undefined;
  let frontier: readonly EventHash[] = [];
  let revision = 0;
  let raised: Extract<CardFact, { readonly type: 'liandong.card.raised.v1' }>['data'] | undefined;

  const take = ({ hash, bytes }: Recorded) => {
    const envelope = decodeEvent(bytes);
    const said = cardFactOf(envelope);
    frontier = [hash];
    if (said === undefined) return;
    if (said.type === 'liandong.card.raised.v1') raised ??= said.data;
    if (said.type === 'liandong.card.issued.v1') issued ??= hash;
    const fact = ofWarning(said, raised, issued);
    if (fact !== undefined) supervised = follow(supervised, seenIn(envelope, hash, fact));
  };
  return {
    revision: () => revision,
    matter: () => ({ supervised, frontier }),
    take: (recorded) => {
      for (const one of recorded) take(one);
      revision = recorded.at(-1)?.revision ?? revision;
    },
  };
};

/**
 * A warning is answered by its unit; one that no longer stands needs no answer. A warning
 * that the answer to another is due asks for that answer and for none of its own.
 */
const ofWarning = (
  { type }: CardFact,
  raised: Extract<CardFact, { readonly type: 'liandong.card.raised.v1' }>['data'] | undefined,
  issued: EventHash | undefined,
): SupervisedFact | undefined => {
  if (raised?.colour !== 'warning' || !isCaseStream(raised.matter)) return undefined;
  switch (type) {
    case 'liandong.card.issued.v1': {
      const { unit, step } = raised.accountable;
      return { name: 'warned', data: { unit, ...(step !== undefined && { step }) } };
    }
    case 'liandong.card.replied.v1':
    case 'liandong.card.appealAccepted.v1':
    case 'liandong.card.cancelled.v1':
      return issued === undefined ? undefined : { name: 'warningReplied', data: { warning: issued } };
    case 'liandong.card.raised.v1':
    case 'liandong.card.appealed.v1':
    case 'liandong.card.appealRejected.v1':
    case 'liandong.card.urged.v1':
    case 'liandong.card.corrected.v1':
      return undefined;
  }
};

const seenIn = (envelope: Envelope, hash: EventHash, fact: SupervisedFact): Seen => {
  const { authid, time, recordedtime, source } = envelope;
  const tier = authorOf(source)?.tier;
  if (tier === undefined) throw new Error(`${hash} was stored with a source that names no tier: ${source}`);
  return { fact, hash, tier, authid, at: time, recordedAt: recordedtime, withoutEffect: false };
};
