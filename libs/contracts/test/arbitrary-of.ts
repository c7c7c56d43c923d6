import fc from 'fast-check';
import { z } from 'zod';

/** Random values that a schema accepts: every optional member now there, now not. */
export const arbitraryOf = (schema: z.core.$ZodType): fc.Arbitrary<unknown> => {
  if (schema instanceof z.ZodObject) {
    const members = Object.entries(schema.shape);
    const required = members.filter(([, member]) => !(member instanceof z.ZodExactOptional));
    return fc.record(Object.fromEntries(members.map(([name, member]) => [name, arbitraryOf(member)])), {
      requiredKeys: required.map(([name]) => name),
    });
  }
  if (schema instanceof z.ZodExactOptional) return arbitraryOf(schema.unwrap());
  if (schema instanceof z.ZodNullable) return fc.option(arbitraryOf(schema.unwrap()), { nil: null });
  if (schema instanceof z.ZodUnion) return fc.oneof(...schema.options.map((one) => arbitraryOf(one)));
  if (schema instanceof z.ZodArray) return arrayOf(schema);
  if (schema instanceof z.ZodRecord)
    return fc.dictionary(arbitraryOf(schema.keyType) as fc.Arbitrary<string>, arbitraryOf(schema.valueType), {
      maxKeys: 4,
    });
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodLiteral) return fc.constantFrom(...schema.values);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) return numberOf(schema);
  if (schema instanceof z.ZodISODateTime) return dates.map((date) => date.toISOString());
  if (schema instanceof z.ZodISODate) return dates.map((date) => date.toISOString().slice(0, 10));
  if (schema instanceof z.ZodString) return textOf(schema);
  throw new TypeError(`no arbitrary for a schema of type ${schema._zod.def.type}`);
};

const dates = fc.date({
  min: new Date('1990-01-01T00:00:00Z'),
  max: new Date('2090-01-01T00:00:00Z'),
  noInvalidDate: true,
});

const arrayOf = (schema: z.ZodArray) => {
  const arrays = fc.uniqueArray(arbitraryOf(schema.element), {
    minLength: schema.safeParse([]).success ? 0 : 1,
    maxLength: 3,
    selector: (one) => JSON.stringify(one),
  });
  // Digests must be sorted; no other array minds.
  return arrays.map((all) => (all.every((one) => typeof one === 'string') ? all.toSorted() : all));
};

const numberOf = (schema: z.ZodNumber) =>
  fc.integer({ min: schema.minValue ?? 0, max: Math.min(schema.maxValue ?? 1_000_000, 2 ** 31 - 1) });

const textOf = (schema: z.ZodString) => {
  const { pattern } = z.toJSONSchema(schema);
  const text =
    pattern === undefined || pattern.includes('\\p{')
      ? fc.oneof(
          fc.string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: 20 }),
          fc.constantFrom('431000', '郴州市发展和改革委员会', 'a-b_c:1'),
        )
      : fc.stringMatching(new RegExp(pattern));
  return text.filter((one) => schema.safeParse(one).success);
};
