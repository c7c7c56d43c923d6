/** The tier's clock. Real time, or in a demonstration network real time plus an offset. Domain code never reads it. */
export type Clock = { readonly now: () => Date };

/** An instant as events write it: RFC 3339, UTC, milliseconds. */
export const instant = (date: Date): string => date.toISOString();
