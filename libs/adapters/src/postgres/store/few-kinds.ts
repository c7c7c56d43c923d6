import { type Query, recordedColumns } from './rows.ts';

/** Almost every event is of one of these kinds of streams. */
const bulky = ['case', 'card'];

/** Picks the rest. A reader says it in the index's own words, or the planner does not know that it helps. */
const isOfFew = bulky.map((kind) => `stream NOT LIKE '${kind}-%'`).join(' AND ');

/**
 * Where a book of departments, items or scores finds its few events among all the others. What is
 * bulky is not in it, so an append pays nothing for it.
 */
export const fewKinds = `
CREATE INDEX event_few_kinds ON store.event (position) WHERE ${isOfFew};
`;

const statement = (name: string, besides: string): Query => ({
  name,
  text: `SELECT ${recordedColumns} FROM store.event e
    WHERE e.position > $1 AND e.stream ^@ ANY ($3::text[])${besides} ORDER BY e.position LIMIT $2`,
});

const ofAny = statement('store-kinds', '');
const ofFew = statement('store-few-kinds', ` AND ${isOfFew}`);

export const kindsAfter = (kinds: readonly string[]): Query =>
  kinds.some((kind) => bulky.includes(kind)) ? ofAny : ofFew;
