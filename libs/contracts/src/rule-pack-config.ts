import { type Convention, conventions, type RulePack, shippedPacks } from '@liandong/domain/supervision';
import { z } from 'zod';
import { rule } from './config-problems.ts';
import { localDate } from './schemas/parts.ts';

/**
 * What the tier's supervision adopts at its first start. Once rules are adopted the events say
 * what is in force, and other rules are adopted by an act of their own.
 */
export type RulePackConfig = {
  /** `id@version` of a pack that ships. */
  readonly pack: string;
  /** How the days of a card are counted. */
  readonly convention: Convention;
  /** yyyy-mm-dd in Asia/Shanghai; the day of the adoption unless given. */
  readonly effectiveFrom?: string | undefined;
};

const packs: ReadonlyMap<string, RulePack> = new Map(
  Object.values(shippedPacks).map((pack) => [`${pack.id}@${pack.version}`, pack]),
);
const names = [...packs.keys()];

export const rulePackShape = z.strictObject({
  pack: z.enum(names, {
    error: rule(
      `随本版本提供的规则包之一，请写 ${names.join('、')}`,
      `a rule pack that ships with this release, with its version: write ${names.join(' or ')}`,
    ),
  }),
  convention: z.enum(conventions),
  effectiveFrom: localDate.optional(),
});

/** The pack that a checked configuration names. */
export const packNamed = (name: string): RulePack => {
  const pack = packs.get(name);
  if (pack === undefined) throw new Error(`no rule pack ${name} ships with this release`);
  return pack;
};
