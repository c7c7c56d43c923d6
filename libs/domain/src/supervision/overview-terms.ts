import type { RulePack } from './rule-pack.ts';

/** How many facts, each entered more than so many hours late, within how long, are entered in bulk. */
export type BulkTerms = { readonly hours: number; readonly facts: number; readonly withinMinutes: number };

/**
 * What the overview measures by where the rule pack says nothing: named, versioned, and
 * told with every answer. Other numbers are another version.
 */
export const overviewTerms = {
  id: 'overview',
  version: 1,
  /** Working days before a limit for which no rule has a warning. */
  dueSoonDays: 2,
  bulk: { hours: 24, facts: 3, withinMinutes: 60 },
} as const satisfies {
  readonly id: string;
  readonly version: number;
  readonly dueSoonDays: number;
  readonly bulk: BulkTerms;
};

export const overviewTermsPin = `${overviewTerms.id}@${overviewTerms.version}`;

/** The pack says how late is too late, and how often; no pack says within how long. */
export const bulkTermsOf = (pack: RulePack | undefined): BulkTerms => {
  const { bulk } = overviewTerms;
  for (const rule of pack?.findingRules ?? [])
    if (rule.check === 'backDatedEntry') return { ...bulk, hours: rule.hours, facts: rule.facts };
  return bulk;
};
