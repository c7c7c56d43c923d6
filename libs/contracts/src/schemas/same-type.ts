/** A type without `readonly`, so that only names, optionality and values are compared; a member that can hold nothing is none. */
type Plain<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly [infer One, ...infer Rest]
    ? [Plain<One>, ...Plain<Rest>]
    : T extends readonly (infer One)[]
      ? Plain<One>[]
      : { -readonly [Name in keyof T as [T[Name]] extends [never] ? never : Name]: Plain<T[Name]> };

type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/**
 * `true` only if both describe the same values, member for member. `satisfies` alone
 * lets a schema have an optional member that the type lacks.
 */
export type SameType<A, B> = Identical<Plain<A>, Plain<B>>;
