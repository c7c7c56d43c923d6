/** `google.protobuf.Struct` and its parts as the proto loader hands them over. */
export type Struct = { readonly fields?: Readonly<Record<string, StructValue>> };
export type StructValue = {
  readonly nullValue?: unknown;
  readonly numberValue?: number;
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly structValue?: Struct;
  readonly listValue?: { readonly values?: readonly StructValue[] };
};

type Json = null | number | string | boolean | readonly Json[] | { readonly [name: string]: Json };

/** The value of a struct as JSON has it. Throws a RangeError on nesting deeper than `depth`. */
export const fromStruct = (struct: Struct | null | undefined, depth: number): Record<string, Json> => {
  if (depth < 0) throw new RangeError('nested too deeply');
  return Object.fromEntries(
    Object.entries(struct?.fields ?? {}).map(([name, value]) => [name, fromValue(value, depth - 1)]),
  );
};

const fromValue = (value: StructValue, depth: number): Json => {
  if (value.structValue !== undefined) return fromStruct(value.structValue, depth);
  if (value.listValue !== undefined) {
    if (depth < 0) throw new RangeError('nested too deeply');
    return (value.listValue.values ?? []).map((each) => fromValue(each, depth - 1));
  }
  return value.stringValue ?? value.numberValue ?? value.boolValue ?? null;
};

/** JSON as a struct; a member that is `undefined` is left out. */
export const toStruct = (json: object): Struct => ({
  fields: Object.fromEntries(
    Object.entries(json)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, toValue(value)]),
  ),
});

const toValue = (value: unknown): StructValue => {
  if (value === null || value === undefined) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value)) return { listValue: { values: value.map(toValue) } };
  return { structValue: toStruct(value) };
};
