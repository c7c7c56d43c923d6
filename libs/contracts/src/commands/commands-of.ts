import type { z } from 'zod';
import type { SameType } from '../schemas/same-type.ts';

type Named = { readonly type: string };
type BodyOf<Command extends Named, Name> = Omit<Extract<Command, { readonly type: Name }>, 'type'>;

type Exact<Command extends Named, S> = {
  readonly [Name in keyof S]: Name extends Command['type']
    ? S[Name] extends z.ZodType<infer Output>
      ? SameType<Output, BodyOf<Command, Name>> extends true
        ? S[Name]
        : { readonly schemaSays: Output; readonly commandSays: BodyOf<Command, Name> }
      : never
    : never;
};

/**
 * The body a door takes for each command: the command without its name, which the path
 * or the method says, and without who gives it, which the credentials say. Does not
 * compile when a command has no schema or differs from it in any member.
 */
export const commandsOf =
  <Command extends Named>() =>
  <const S extends { readonly [Name in Command['type']]: z.ZodType }>(schemas: S & Exact<Command, S>): S =>
    schemas;
