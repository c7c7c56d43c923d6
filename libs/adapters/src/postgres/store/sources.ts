import type { Source } from '@liandong/kernel';
import type pg from 'pg';
import { textRows } from './rows.ts';

/** Sources are few and long, so rows hold a number for each. Numbers never change: what was read once is known. */
export type Sources = {
  /** The numbers of these sources; a new one is numbered. */
  readonly numbers: (sources: Iterable<Source>) => Promise<ReadonlyMap<Source, number>>;
  /** The source behind every one of these numbers. */
  readonly names: (numbers: Iterable<string>) => Promise<ReadonlyMap<string, Source>>;
};

export const sourceNumbers = (pool: pg.Pool): Sources => {
  const numbers = new Map<Source, number>();
  const names = new Map<string, Source>();
  const learn = (no: string, source: Source) => {
    numbers.set(source, Number(no));
    names.set(no, source);
  };

  return {
    numbers: async (sources) => {
      for (const source of new Set(sources))
        if (!numbers.has(source)) {
          const [row] = await textRows<[string]>(pool, numberOf, [source]);
          if (row !== undefined) learn(row[0], source);
        }
      return numbers;
    },
    names: async (wanted) => {
      if ([...wanted].some((no) => !names.has(no)))
        for (const [no, source] of await textRows<[string, Source]>(pool, everySource, [])) learn(no, source);
      return names;
    },
  };
};

const numberOf = { name: 'store-source-no', text: 'SELECT store.source_no($1)' };
const everySource = { name: 'store-sources', text: 'SELECT no, source FROM store.source' };
