import type { NewEvent } from '@liandong/application';
import { closedLoop } from './closed-loop.ts';
import type { BenchTier } from './network.ts';
import { caseWriter, type Place, someDigests } from './sample-case.ts';

export const eventsPerCase = 10;

/** Cases of the county alone: what it says while nobody else speaks. */
export const casesOf = (place: Place, events: number): readonly (readonly NewEvent[])[] =>
  Array.from({ length: events / eventsPerCase }, () => {
    const writer = caseWriter(place.county);
    const [opening] = place.beginning;
    if (opening !== undefined) writer.say(...opening);
    for (let n = 1; n < eventsPerCase; n++) writer.say(place.county, place.landInspected(n, someDigests()));
    return writer.events;
  });

const shareOut = <Item>(items: readonly Item[], parts: number): readonly (readonly Item[])[] =>
  Array.from({ length: parts }, (_, part) => items.filter((_, n) => n % parts === part));

/** Appends whole cases, by 32 callers at once. */
export const sayAll = async (
  { store }: BenchTier,
  cases: readonly (readonly NewEvent[])[],
): Promise<void> => {
  await closedLoop(shareOut(cases, 32), async (all) => {
    const stream = all[0]?.envelope.subject;
    const outcome = stream && (await store.append(stream, 0, all));
    if (outcome?.ok !== true) throw new Error('the county’s own events were refused');
  });
};

const digestOf = async ({ pool }: BenchTier): Promise<string> => {
  const { rows } = await pool.query<{ digest: string }>(
    `SELECT count(*) || ' ' || encode(sha256(string_agg(hash || bytes, '' ORDER BY hash)), 'hex') AS digest FROM store.event`,
  );
  return rows[0]?.digest ?? '';
};

export const assertSameStore = async (one: BenchTier, other: BenchTier): Promise<void> => {
  if ((await digestOf(one)) !== (await digestOf(other))) throw new Error('the two stores differ');
};
