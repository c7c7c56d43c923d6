import { describe, expect, it } from '@jest/globals';
import type { Fact } from '@liandong/kernel';
import { count, data, optional } from './parts.ts';
import { schemasOf } from './schemas-of.ts';

type Counted = Fact<'liandong.test.counted.v1', { readonly n: number }>;
type Cleared = Fact<'liandong.test.cleared.v1', { readonly at?: number }>;

const counted = data({ n: count });
const cleared = data({ at: optional(count) });

const schemas = schemasOf<Counted | Cleared>();

describe('the schemas of a context', () => {
  it('compile only with one exact schema for each fact', () => {
    const right = schemas({ 'liandong.test.counted.v1': counted, 'liandong.test.cleared.v1': cleared });
    // @ts-expect-error a fact without a schema
    schemas({ 'liandong.test.counted.v1': counted });
    schemas({
      // @ts-expect-error a member that the fact lacks, although optional
      'liandong.test.counted.v1': data({ n: count, surplus: optional(count) }),
      'liandong.test.cleared.v1': cleared,
    });
    schemas({
      'liandong.test.counted.v1': counted,
      // @ts-expect-error an optional member of the fact left out
      'liandong.test.cleared.v1': data({}),
    });
    schemas({
      'liandong.test.counted.v1': counted,
      'liandong.test.cleared.v1': cleared,
      // @ts-expect-error a schema without a fact
      'liandong.test.vanished.v1': cleared,
    });
    expect(Object.keys(right)).toHaveLength(2);
  });
});
