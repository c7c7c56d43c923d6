/** The outcome of something that may be refused. Throwing is for bugs and broken IO. */
export type Result<Value, Refusal> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: Refusal };

export const ok = <const Value>(value: Value) => ({ ok: true, value }) as const;
export const refuse = <const Refusal>(refusal: Refusal) => ({ ok: false, refusal }) as const;
