/** Which of two entries comes first. */
export type Before<Entry> = (a: Entry, b: Entry) => boolean;

/**
 * Entries by key, the first one always at hand: an indexed binary heap. Setting and
 * deleting touch as many entries as the tree is deep, taking the first one too, and
 * looking at it touches none.
 */
export type OrderedIndex<Entry> = {
  readonly size: () => number;
  readonly first: () => Entry | undefined;
  /** Puts an entry in the place of the one with its key. */
  readonly set: (entry: Entry) => void;
  readonly delete: (key: string) => void;
};

export const orderedIndex = <Entry extends { readonly key: string }>(
  before: Before<Entry>,
): OrderedIndex<Entry> => {
  const heap: Entry[] = [];
  const places = new Map<string, number>();

  const put = (entry: Entry, at: number) => {
    heap[at] = entry;
    places.set(entry.key, at);
  };

  const rise = (entry: Entry, from: number) => {
    let at = from;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = heap[above];
      if (parent === undefined || !before(entry, parent)) break;
      put(parent, at);
      at = above;
    }
    put(entry, at);
  };

  const sink = (entry: Entry, from: number) => {
    let at = from;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const rightFirst = right !== undefined && before(right, left);
      const child = rightFirst ? right : left;
      if (!before(child, entry)) break;
      put(child, at);
      at = 2 * at + (rightFirst ? 2 : 1);
    }
    put(entry, at);
  };

  /** Finds the place of an entry that now stands at `at`. */
  const settle = (entry: Entry, at: number) => {
    const parent = heap[(at - 1) >>> 1];
    if (at > 0 && parent !== undefined && before(entry, parent)) rise(entry, at);
    else sink(entry, at);
  };

  return {
    size: () => heap.length,
    first: () => heap[0],
    set: (entry) => {
      const at = places.get(entry.key);
      if (at === undefined) rise(entry, heap.length);
      else settle(entry, at);
    },
    delete: (key) => {
      const at = places.get(key);
      if (at === undefined) return;
      places.delete(key);
      const last = heap.pop();
      if (last !== undefined && at < heap.length) settle(last, at);
    },
  };
};

/** A matter and the next instant at which it must be looked at, in milliseconds. */
export type Due = { readonly key: string; readonly at: number };

/** Equal instants by key, so that everybody takes them in one order. */
export const dueBefore: Before<Due> = (a, b) => a.at < b.at || (a.at === b.at && a.key < b.key);

/** Every open matter by when it is due next: those due are found without a look at the others. */
export type DueQueue = {
  readonly size: () => number;
  /** `undefined`: time alone brings nothing more for it. */
  readonly schedule: (key: string, at: number | undefined) => void;
  /** Takes out up to `limit` matters due by an instant, the earliest first. */
  readonly takeDue: (by: number, limit: number) => readonly Due[];
  /** When to look again. */
  readonly nextAt: () => number | undefined;
};

export const dueQueue = (index: OrderedIndex<Due> = orderedIndex(dueBefore)): DueQueue => ({
  size: index.size,
  schedule: (key, at) => {
    if (at === undefined) index.delete(key);
    else index.set({ key, at });
  },
  takeDue: (by, limit) => {
    const taken: Due[] = [];
    for (let due = index.first(); due !== undefined && due.at <= by && taken.length < limit;) {
      taken.push(due);
      index.delete(due.key);
      due = index.first();
    }
    return taken;
  },
  nextAt: () => index.first()?.at,
});
