/** An event as KurrentDB holds it. Its position is the byte at which its record begins, as in the server's own log. */
export type LoggedEvent = {
  readonly position: bigint;
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
};

export type Proposed = Omit<LoggedEvent, 'position' | 'stream' | 'revision'>;

export type ExpectedRevision = bigint | 'no_stream' | 'any' | 'stream_exists';

export type Appended =
  | { readonly kind: 'success'; readonly current: bigint; readonly position: bigint }
  | { readonly kind: 'wrong-expected-version'; readonly current: bigint | undefined }
  | { readonly kind: 'stream-deleted' }
  | { readonly kind: 'too-large'; readonly most: number };

/** What a server of the line 23.10 or 24.6 takes in one append unless told otherwise. */
export const maxAppendSize = 1024 * 1024;

const recordOverhead = 96n;

/**
 * The log of a server with its rules for expected revisions. `recentIds` is what a node
 * remembers of the ids it wrote itself: with `any`, that is all its idempotency rests on.
 */
export const kurrentLog = () => {
  const events: LoggedEvent[] = [];
  const streams = new Map<string, LoggedEvent[]>();
  const deleted = new Set<string>();
  const watching = new Set<() => void>();
  // A server writes records of its own before the first event.
  let end = 4_096n;

  const write = (stream: string, proposed: readonly Proposed[]) => {
    const history = streams.get(stream) ?? [];
    if (proposed.length > 0) streams.set(stream, history);
    for (const event of proposed) {
      const logged = { ...event, stream, position: end, revision: BigInt(history.length) };
      events.push(logged);
      history.push(logged);
      end += recordOverhead + BigInt(event.data.length + event.metadata.length + event.type.length);
    }
    for (const wake of watching) wake();
  };

  const append = (
    stream: string,
    expected: ExpectedRevision,
    proposed: readonly Proposed[],
    recentIds: Set<string>,
  ): Appended => {
    const size = proposed.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
    if (size > maxAppendSize) return { kind: 'too-large', most: maxAppendSize };
    if (deleted.has(stream)) return { kind: 'stream-deleted' };
    const history = streams.get(stream) ?? [];
    const current = BigInt(history.length) - 1n;
    const done = (last: bigint): Appended => ({
      kind: 'success',
      current: last,
      position: streams.get(stream)?.[Number(last)]?.position ?? end,
    });
    const wrong: Appended = {
      kind: 'wrong-expected-version',
      current: current < 0n ? undefined : current,
    };
    const commit = () => {
      write(stream, proposed);
      for (const { id } of proposed) recentIds.add(`${stream} ${id}`);
      return done(current + BigInt(proposed.length));
    };

    if (expected === 'any' || expected === 'stream_exists') {
      if (expected === 'stream_exists' && current < 0n) return wrong;
      const known = proposed.filter(({ id }) => recentIds.has(`${stream} ${id}`)).length;
      if (known === proposed.length && known > 0) return done(current);
      return known > 0 ? wrong : commit();
    }
    const at = expected === 'no_stream' ? -1n : expected;
    if (at > current) return wrong;
    if (at === current) return commit();
    // Stale: nothing is written, and it is no mistake if exactly these events stand exactly there.
    const same = proposed.every(({ id }, n) => history[Number(at) + 1 + n]?.id === id);
    return same && proposed.length > 0 ? done(at + BigInt(proposed.length)) : wrong;
  };

  return {
    append,
    stream: (name: string): readonly LoggedEvent[] | undefined => streams.get(name),
    isDeleted: (name: string) => deleted.has(name),
    tombstone: (name: string) => void deleted.add(name),
    /** From a position on; `undefined` if no record begins there. */
    from: (position: bigint): readonly LoggedEvent[] | undefined => {
      if (position === end) return [];
      const at = firstAt(events, position);
      return events[at]?.position === position ? events.slice(at) : undefined;
    },
    whole: (): readonly LoggedEvent[] => events,
    end: () => end,
    watch: (wake: () => void) => {
      watching.add(wake);
      return () => void watching.delete(wake);
    },
  };
};

export type KurrentLog = ReturnType<typeof kurrentLog>;

const firstAt = (events: readonly LoggedEvent[], position: bigint): number => {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((events[middle]?.position ?? 0n) < position) low = middle + 1;
    else high = middle;
  }
  return low;
};
