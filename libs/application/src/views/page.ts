export type PageRequest = {
  readonly limit: number;
  /** The `next` of the page before; absent for the first. After what no list gave out, there is nothing. */
  readonly after?: string;
};

export type Page<Row> = {
  readonly rows: readonly Row[];
  /** Where the next page begins; absent if there is none. Only the views that gave it can read it. */
  readonly next?: string;
};

/** A place in an ordered list, as text and back. The parts are those the list is ordered by. */
export const placeText = (...parts: readonly string[]): string => JSON.stringify(parts);

/** `undefined` if the text is no place in a list ordered by parts of these forms: nobody gave it out. */
export const placeParts = (
  text: string,
  ...forms: readonly ((part: string) => boolean)[]
): readonly string[] | undefined => {
  try {
    const parts: unknown = JSON.parse(text);
    return Array.isArray(parts) &&
      parts.length === forms.length &&
      parts.every((part, n) => typeof part === 'string' && forms[n]?.(part))
      ? (parts as string[])
      : undefined;
  } catch {
    return undefined;
  }
};

export const isInstant = (text: string): boolean => {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
};

export const isPlain = (text: string): boolean => /^[^\p{Cc}\p{Cs}]*$/u.test(text);

export const isCount = (text: string): boolean => /^\d{1,9}$/.test(text);

/** Cuts a page out of one row more than it may have: the surplus row tells that there is a next one. */
export const pageOf = <Row>(rows: readonly Row[], limit: number, place: (row: Row) => string): Page<Row> => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return last !== undefined && rows.length > limit ? { rows: page, next: place(last) } : { rows: page };
};

/** All rows of a list, page by page. */
export const everyRow = async <Row>(
  ask: (page: PageRequest) => Promise<Page<Row>>,
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  for (let after: string | undefined; ;) {
    const page = await ask({ limit: 200, ...(after !== undefined && { after }) });
    rows.push(...page.rows);
    if (page.next === undefined) return rows;
    after = page.next;
  }
};
