import type { Fact, WithDigests } from '@liandong/kernel';
import type { z } from 'zod';
import type { SameType } from './same-type.ts';

type DataOf<F extends Fact, Type> = Extract<F, { readonly type: Type }>['data'];

type Schemas<F extends Fact> = { readonly [Type in F['type']]: z.ZodType };

/** Names, member for member, each schema that says more or less than its fact. */
type Exact<F extends Fact, S> = {
  readonly [Type in keyof S]: Type extends F['type']
    ? S[Type] extends z.ZodType<infer Output>
      ? SameType<Output, WithDigests<DataOf<F, Type>>> extends true
        ? S[Type]
        : { readonly schemaSays: Output; readonly factSays: WithDigests<DataOf<F, Type>> }
      : never
    : never;
};

/**
 * One schema for each fact of a context, no more and no fewer. Does not compile when a
 * fact has none, or when a schema and its fact differ in any member, optional ones included.
 */
export const schemasOf =
  <F extends Fact>() =>
  <const S extends Schemas<F>>(schemas: S & Exact<F, S>): S =>
    schemas;
