import type { TierCode } from './names.ts';

/** A lead's mandate in a case, numbered. A transfer opens (n, m+1), a takeover (n+1, 0). */
export type Term = { readonly takeovers: number; readonly transfers: number };

export const firstTerm: Term = { takeovers: 0, transfers: 0 };

export const compareTerms = (a: Term, b: Term): number =>
  a.takeovers - b.takeovers || a.transfers - b.transfers;

/** The department of a tier that may act as lead. */
export type Mandate = { readonly tier: TierCode; readonly department: string };

export const sameMandate = (a: Mandate, b: Mandate): boolean =>
  a.tier === b.tier && a.department === b.department;
