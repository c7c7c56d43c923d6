export type PageRequest = {
  readonly limit: number;
  /** The `next` of the page before; absent for the first. */
  readonly after?: string;
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  /** Where the next page begins; absent if there is none. Only the views that gave it can read it. */
  readonly next?: string;
};

/** A place in an ordered list, as text and back. The parts are those the list is ordered by. */
export const placeText = (...parts: readonly string[]): string => JSON.stringify(parts);

/** `undefined` if the text is no place in a list ordered by that many parts. */
export const placeParts = (text: string, count: number): readonly string[] | undefined => {
  try {
    const parts: unknown = JSON.parse(text);
    return Array.isArray(parts) && parts.length === count && parts.every((one) => typeof one === 'string')
      ? parts
      : undefined;
  } catch {
    return undefined;
  }
};

/** Cuts a page out of one row more than it may have: the surplus row tells that there is a next one. */
export const pageOf = <Row>(rows: readonly Row[], limit: number, place: (row: Row) => string): Page<Row> => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return last !== undefined && rows.length > limit ? { rows: page, next: place(last) } : { rows: page };
};
