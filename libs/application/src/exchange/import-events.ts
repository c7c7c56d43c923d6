import { type Envelope, type EventHash, parentsOf, type StreamName } from '@liandong/kernel';
import type { LinkEntry } from '../ports/link-book.ts';
import type { ExchangeDeps } from './deps.ts';
import { inTurn } from './in-turn.ts';
import {
  addRecorded,
  addToGraph,
  emptyGraph,
  type PlacementReason,
  placementOf,
  type StreamGraph,
} from './stream-graph.ts';

export type Candidate = { readonly entry: LinkEntry; readonly envelope: Envelope };

/** What became of an event at the door of the store. */
export type Outcome =
  | { readonly kind: 'imported' }
  | { readonly kind: 'waiting'; readonly missing: readonly EventHash[] }
  | { readonly kind: 'parked'; readonly reason: PlacementReason | 'parent-of-another-stream' };

export type ImportEvents = (
  stream: StreamName,
  candidates: readonly Candidate[],
) => Promise<ReadonlyMap<EventHash, Outcome>>;

const cachedStreams = 2_048;

/**
 * Brings foreign events of one stream into the store, each once its parents are
 * there. Safe to repeat: the store knows an event by its identity. What is known of
 * the stream is trusted as long as it explains the events: the revision expected of
 * the store makes that harmless. Whoever else writes the stream meanwhile only costs
 * another look at it.
 */
export const importEvents = ({ store, book }: Pick<ExchangeDeps, 'store' | 'book'>): ImportEvents => {
  const graphs = new Map<StreamName, StreamGraph>();
  const oneAtATime = inTurn<StreamName>();

  const remember = (stream: StreamName, graph: StreamGraph) => {
    graphs.delete(stream);
    graphs.set(stream, graph);
    if (graphs.size > cachedStreams) {
      const [oldest] = graphs.keys();
      if (oldest !== undefined) graphs.delete(oldest);
    }
  };

  const look = async (stream: StreamName): Promise<StreamGraph> => {
    const graph = graphs.get(stream) ?? emptyGraph();
    addRecorded(graph, await store.read(stream, graph.revision));
    remember(stream, graph);
    return graph;
  };

  const attempt = async (
    stream: StreamName,
    candidates: readonly Candidate[],
    taken: ReadonlySet<EventHash>,
    looking: boolean,
  ): Promise<ReadonlyMap<EventHash, Outcome> | { readonly taken: EventHash } | 'again'> => {
    const known = looking ? undefined : explaining(graphs.get(stream) ?? emptyGraph(), candidates);
    const graph = known ?? (await look(stream));
    const outcomes = new Map<EventHash, Outcome>();
    const ready: Candidate[] = [];
    for (const candidate of candidates) {
      const { hash } = candidate.entry;
      if (outcomes.has(hash)) continue;
      if (taken.has(hash)) {
        outcomes.set(hash, { kind: 'parked', reason: 'identity-conflict' });
        continue;
      }
      const placement = placementOf(graph, hash, candidate.envelope);
      if (known !== undefined && (placement.kind === 'waiting' || placement.kind === 'refused')) {
        graphs.delete(stream);
        return 'again';
      }
      switch (placement.kind) {
        case 'stored':
          outcomes.set(hash, { kind: 'imported' });
          break;
        case 'ready':
          ready.push(candidate);
          addToGraph(graph, hash, candidate.envelope);
          outcomes.set(hash, { kind: 'imported' });
          break;
        case 'waiting':
          outcomes.set(hash, placement);
          break;
        case 'refused':
          outcomes.set(hash, { kind: 'parked', reason: placement.reason });
          break;
      }
    }
    if (ready.length === 0) return outcomes;

    graphs.delete(stream);
    const atOnce = ready.slice(0, fitting(ready));
    const appended = await store.append(
      stream,
      graph.revision,
      atOnce.map(({ entry: { hash, bytes, seal }, envelope }) => ({ envelope, bytes, hash, seal })),
    );
    if (appended.ok) {
      if (atOnce.length < ready.length) return 'again';
      const last = appended.value.at(-1)?.revision;
      if (last === graph.revision + ready.length) remember(stream, Object.assign(graph, { revision: last }));
      return outcomes;
    }
    switch (appended.refusal.code) {
      case 'stream-moved-on':
        return 'again';
      case 'identity-taken': {
        const { source, id, storedHash } = appended.refusal;
        const rival = ready.find(({ envelope }) => envelope.source === source && envelope.id === id);
        if (rival === undefined)
          throw new Error(`the store refused an identity it was not given: ${source} ${id}`);
        return storedHash === rival.entry.hash ? 'again' : { taken: rival.entry.hash };
      }
    }
  };

  const foreignParents = async (stream: StreamName, outcomes: ReadonlyMap<EventHash, Outcome>) => {
    const missing = [...outcomes.values()].flatMap((outcome) =>
      outcome.kind === 'waiting' ? outcome.missing : [],
    );
    if (missing.length === 0) return outcomes;
    const streams = await book.streamsOf(missing);
    const elsewhere = (hash: EventHash) => (streams.get(hash) ?? stream) !== stream;
    return new Map(
      [...outcomes].map(([hash, outcome]): [EventHash, Outcome] =>
        outcome.kind === 'waiting' && outcome.missing.some(elsewhere)
          ? [hash, { kind: 'parked', reason: 'parent-of-another-stream' }]
          : [hash, outcome],
      ),
    );
  };

  return (stream, candidates) =>
    oneAtATime(stream, async () => {
      const taken = new Set<EventHash>();
      for (let looking = false; ; looking = true) {
        const outcome = await attempt(stream, candidates, taken, looking);
        if (outcome === 'again') continue;
        if ('taken' in outcome) taken.add(outcome.taken);
        else return foreignParents(stream, outcome);
      }
    });
};

/** What one append holds at most, with room for what an engine keeps beside each event: some take a megabyte at once. */
const bytesAtOnce = 900_000;
const besideEach = 512;

/** How many of these go into one append: as many as fit, and at least one. */
const fitting = (ready: readonly Candidate[]): number => {
  let size = 0;
  const over = ready.findIndex(({ entry }) => (size += entry.bytes.length + besideEach) > bytesAtOnce);
  return over === -1 ? ready.length : Math.max(over, 1);
};

/** The graph as it is known, if every parent is in it or among the events: then nobody needs to look at the store. */
const explaining = (graph: StreamGraph, candidates: readonly Candidate[]): StreamGraph | undefined => {
  const coming = new Set(candidates.map(({ entry }) => entry.hash));
  const isKnown = (hash: EventHash) => graph.nodes.has(hash) || coming.has(hash);
  return candidates.every(({ envelope }) => parentsOf(envelope).every(isKnown)) ? graph : undefined;
};
