import {
  decodeEvent,
  type Envelope,
  type EventHash,
  isCaseStream,
  parentsOf,
  type Source,
} from '@liandong/kernel';
import type { Recorded } from '../ports/event-store.ts';

type Node = {
  readonly id: string;
  readonly source: Source;
  readonly height: number;
  readonly sequence: number;
  readonly parents: readonly EventHash[];
};

/** The stored events of one stream by hash, and by author and number. Owned by one importer at a time. */
export type StreamGraph = {
  revision: number;
  readonly nodes: Map<EventHash, Node>;
  readonly chain: Map<string, EventHash>;
};

export const emptyGraph = (): StreamGraph => ({ revision: 0, nodes: new Map(), chain: new Map() });

const chainKey = (source: Source, sequence: number) => `${source} ${sequence}`;

export const addToGraph = (graph: StreamGraph, hash: EventHash, envelope: Envelope): void => {
  const { id, source } = envelope;
  const sequence = Number(envelope.sequence);
  graph.nodes.set(hash, {
    id,
    source,
    sequence,
    height: Number(envelope.height),
    parents: parentsOf(envelope),
  });
  graph.chain.set(chainKey(source, sequence), hash);
};

export const addRecorded = (graph: StreamGraph, recorded: readonly Recorded[]): void => {
  for (const { hash, bytes, revision } of recorded) {
    addToGraph(graph, hash, decodeEvent(bytes));
    graph.revision = revision;
  }
};

export type PlacementReason =
  | 'not-an-opening'
  | 'second-opening'
  | 'wrong-height'
  | 'identity-conflict'
  | 'self-fork'
  | 'hidden-predecessor';

/** Whether an event may join its stream now: the stored part of a stream is always causally closed. */
export type Placement =
  | { readonly kind: 'ready' | 'stored' }
  | { readonly kind: 'waiting'; readonly missing: readonly EventHash[] }
  | { readonly kind: 'refused'; readonly reason: PlacementReason };

const refused = (reason: PlacementReason): Placement => ({ kind: 'refused', reason });

const opens = ({ type }: Envelope) => /^liandong\.case\.opened\.v\d+$/.test(type);

export const placementOf = (graph: StreamGraph, hash: EventHash, envelope: Envelope): Placement => {
  if (graph.nodes.has(hash)) return { kind: 'stored' };
  const parents = parentsOf(envelope);
  if (isCaseStream(envelope.subject)) {
    if (parents.length === 0 && !opens(envelope)) return refused('not-an-opening');
    if (parents.length > 0 && opens(envelope)) return refused('second-opening');
  }

  const missing = parents.filter((parent) => !graph.nodes.has(parent));
  if (missing.length > 0) return { kind: 'waiting', missing };

  const height = 1 + Math.max(0, ...parents.map((parent) => graph.nodes.get(parent)?.height ?? 0));
  if (Number(envelope.height) !== height) return refused('wrong-height');

  const sequence = Number(envelope.sequence);
  const rival = graph.chain.get(chainKey(envelope.source, sequence));
  if (rival !== undefined)
    return refused(graph.nodes.get(rival)?.id === envelope.id ? 'identity-conflict' : 'self-fork');
  if (sequence === 1) return { kind: 'ready' };
  const previous = graph.chain.get(chainKey(envelope.source, sequence - 1));
  return previous !== undefined && descendsFrom(graph, parents, previous)
    ? { kind: 'ready' }
    : refused('hidden-predecessor');
};

/** Heights fall from child to parent, so the walk stops at the ancestor's height. */
const descendsFrom = (graph: StreamGraph, from: readonly EventHash[], ancestor: EventHash): boolean => {
  const floor = graph.nodes.get(ancestor)?.height ?? 0;
  const seen = new Set<EventHash>();
  const open = [...from];
  for (let hash = open.pop(); hash !== undefined; hash = open.pop()) {
    if (hash === ancestor) return true;
    const node = graph.nodes.get(hash);
    if (seen.has(hash) || node === undefined || node.height <= floor) continue;
    seen.add(hash);
    open.push(...node.parents);
  }
  return false;
};
