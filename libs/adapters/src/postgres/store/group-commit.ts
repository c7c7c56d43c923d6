import type { AppendRefusal, NewEvent, Recorded } from '@liandong/application';
import type { Result, StreamName } from '@liandong/kernel';

/** A call of `append` that waits for its answer. */
export type Call = {
  readonly stream: StreamName;
  readonly seen: number;
  readonly events: readonly NewEvent[];
  readonly resolve: (outcome: Result<readonly Recorded[], AppendRefusal>) => void;
  readonly reject: (reason: unknown) => void;
};

export type BatchLimits = { readonly events: number; readonly bytes: number };

/**
 * Lets calls made at about the same time share one commit: while a batch commits, the next
 * one gathers. A batch holds at most one call per stream and no identity twice, so each of
 * its calls can be judged by itself; what does not go together waits for the next batch.
 */
export const groupCommit = (
  /** Answers every call of the batch; never throws. */
  commit: (batch: readonly Call[]) => Promise<void>,
  limits: BatchLimits,
): ((call: Call) => void) => {
  let waiting: Call[] = [];
  let busy = false;

  const run = async () => {
    busy = true;
    // A turn of the event loop lets every caller that was just answered join the next batch.
    for (await nextTurn(); waiting.length > 0; await nextTurn()) {
      const { batch, rest } = nextBatch(waiting, limits);
      waiting = rest;
      await commit(batch);
    }
    busy = false;
  };

  return (call) => {
    waiting.push(call);
    if (!busy) void run();
  };
};

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

export const nextBatch = (
  waiting: readonly Call[],
  limits: BatchLimits,
): { readonly batch: readonly Call[]; readonly rest: Call[] } => {
  const batch: Call[] = [];
  const rest: Call[] = [];
  const streams = new Set<StreamName>();
  const identities = new Set<string>();
  let events = 0;
  let bytes = 0;
  for (const [n, call] of waiting.entries()) {
    events += call.events.length;
    bytes += call.events.reduce((sum, event) => sum + event.bytes.length, 0);
    if (batch.length > 0 && (events > limits.events || bytes > limits.bytes))
      return { batch, rest: rest.concat(waiting.slice(n)) };
    const own = call.events.map(identityOf);
    if (streams.has(call.stream) || own.some((identity) => identities.has(identity))) rest.push(call);
    else {
      batch.push(call);
      for (const identity of own) identities.add(identity);
    }
    // A later call on the stream must not overtake one that waits.
    streams.add(call.stream);
  }
  return { batch, rest };
};

export const identityOf = ({ envelope: { source, id } }: NewEvent): string => `${source} ${id}`;
