/**
 * A list that grows at its end without copying what it holds: an append touches one
 * short chunk, so ten thousand appends stay cheap. Plain data, equal if built equally.
 */
export type Log<Entry> = {
  readonly length: number;
  readonly full: readonly (readonly Entry[])[];
  readonly last: readonly Entry[];
};

const chunk = 128;

export const emptyLog: Log<never> = { length: 0, full: [], last: [] };

export const logged = <Entry>({ length, full, last }: Log<Entry>, entry: Entry): Log<Entry> =>
  last.length < chunk
    ? { length: length + 1, full, last: [...last, entry] }
    : { length: length + 1, full: [...full, last], last: [entry] };

export const entriesOf = <Entry>({ full, last }: Log<Entry>): readonly Entry[] => [...full.flat(), ...last];
