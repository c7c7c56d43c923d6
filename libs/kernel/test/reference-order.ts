import { compareKeys, type Entry, type Placed } from '../src/entry.ts';
import type { EventHash } from '../src/names.ts';
import { compareTerms, type Mandate, sameMandate, type Term } from '../src/term.ts';

type Hashes = ReadonlySet<EventHash>;
type Reign = { readonly term: Term; readonly lead: Mandate; readonly opener: Entry };

/**
 * The register order once more, straight from its definition: whole sets of
 * ancestors, everything asked of everything, nothing kept. Slow, and written to
 * share no idea with the real one but the key and the words.
 */
export const referenceOrder = (all: readonly Entry[]) => {
  const entries = new Map(all.map((entry) => [entry.hash, entry]));
  const { delivered, pasts } = deliverableOf(entries);
  const get = (hash: EventHash): Entry => delivered.get(hash)!;
  const pastOf = ({ hash }: Entry): Hashes => pasts.get(hash)!;

  const rank = (tier: Mandate['tier']) => {
    const opening = [...delivered.values()].find(({ parents }) => parents.length === 0)?.spine;
    return opening?.kind === 'opened' ? (opening.superiors[tier] ?? []) : [];
  };
  const best = (claims: readonly Reign[]) =>
    claims.toSorted(
      (a, b) => rank(a.lead.tier).length - rank(b.lead.tier).length || compareKeys(a.opener, b.opener),
    )[0];

  /** The reigns that lead to the present one for someone who has seen exactly these events. */
  const reignsIn = (seen: Hashes): readonly Reign[] => {
    const lawful = [...seen].map(get).filter(isLawful);
    const takeovers = lawful.filter(({ spine }) => spine?.kind === 'takenOver');
    const highest = Math.max(0, ...takeovers.map(({ term }) => term.takeovers));
    const claim = best(
      lawful.flatMap((opener): Reign[] => {
        const { spine, term } = opener;
        if (highest === 0) return spine?.kind === 'opened' ? [{ term, lead: spine.lead, opener }] : [];
        if (spine?.kind !== 'takenOver' || term.takeovers !== highest) return [];
        return [{ term, lead: spine.mandate, opener }];
      }),
    );
    if (claim === undefined) return [];
    const reigns = [...(highest === 0 ? [] : reignsBefore(claim.opener)), claim];
    for (let last: Reign | undefined = claim; last !== undefined;) {
      const { opener: lastOpener, term } = last;
      last = best(
        lawful.flatMap((opener): Reign[] => {
          const from = reignsBefore(opener).at(-1)?.opener.hash;
          if (opener.spine?.kind !== 'transferred' || from !== lastOpener.hash) return [];
          return [{ term: { ...term, transfers: term.transfers + 1 }, lead: opener.spine.to, opener }];
        }),
      );
      if (last) reigns.push(last);
    }
    return reigns;
  };

  const before = new Map<EventHash, readonly Reign[]>();
  const reignsBefore = (entry: Entry): readonly Reign[] => {
    const reigns = before.get(entry.hash) ?? reignsIn(pastOf(entry));
    before.set(entry.hash, reigns);
    return reigns;
  };

  const isLawful = (entry: Entry): boolean => {
    const { spine, term, tier } = entry;
    const known = reignsBefore(entry).at(-1);
    if (spine === undefined) return false;
    if (spine.kind === 'opened') return entry.parents.length === 0 && term.takeovers + term.transfers === 0;
    if (known === undefined || spine.mandate.tier !== tier) return false;
    if (spine.kind === 'takenOver')
      return (
        term.transfers === 0 &&
        term.takeovers === known.term.takeovers + 1 &&
        rank(known.lead.tier).includes(tier)
      );
    return compareTerms(term, known.term) === 0 && sameMandate(spine.mandate, known.lead);
  };

  const reigns = reignsIn(new Set(delivered.keys()));
  const firsts: Entry[] = [];
  const live = reigns
    .toReversed()
    .flatMap(({ opener }) => {
      const acts = [...delivered.values()].filter((entry) => {
        const { spine } = entry;
        if (!isLawful(entry)) return false;
        const home =
          spine?.kind === 'opened' || spine?.kind === 'takenOver'
            ? entry
            : reignsBefore(entry).at(-1)?.opener;
        const cameToNothing =
          spine?.kind === 'transferred' && !reigns.some((reign) => reign.opener.hash === entry.hash);
        return (
          home?.hash === opener.hash &&
          !cameToNothing &&
          firsts.every((first) => first.hash === entry.hash || pastOf(first).has(entry.hash))
        );
      });
      const first = acts.toSorted(compareKeys)[0];
      if (first) firsts.push(first);
      return acts;
    })
    .sort((a, b) => compareTerms(a.term, b.term) || compareKeys(a, b));

  const order: Entry[] = [];
  for (const spine of live) {
    order.push(
      ...[...pastOf(spine)]
        .map(get)
        .filter((entry) => !order.includes(entry))
        .sort(compareKeys),
    );
    order.push(spine);
  }
  const registered = order.length;
  order.push(...[...delivered.values()].filter((entry) => !order.includes(entry)).sort(compareKeys));
  return {
    placed: order.map((entry): Placed => ({
      entry,
      leadThen: reignsBefore(entry).at(-1)?.lead,
      superseded: entry.spine !== undefined && !live.includes(entry),
    })),
    registered,
    reigns,
    firsts,
    live,
    pastOf,
  };
};

/** Everything anchored, no seqs known, no root given. */
const deliverableOf = (entries: ReadonlyMap<EventHash, Entry>) => {
  const all = [...entries.values()];
  const root = all
    .filter(
      ({ spine, parents, height, sequence }) =>
        spine?.kind === 'opened' && parents.length + height + sequence === 2,
    )
    .sort((a, b) => compareKeys(a, b) || (a.hash < b.hash ? -1 : 1))[0];
  const sameAuthor = (a: Entry, b: Entry) => a.tier === b.tier && a.epoch === b.epoch;
  const stands = (entry: Entry) =>
    all.every(
      (other) => !sameAuthor(other, entry) || other.sequence !== entry.sequence || other.hash >= entry.hash,
    );
  const delivered = new Map<EventHash, Entry>();
  const pasts = new Map<EventHash, Hashes>();
  const isDeliverable = (entry: Entry): boolean => {
    const { parents, height, sequence } = entry;
    if (parents.length === 0 && entry !== root) return false;
    if (!stands(entry) || !parents.every((hash) => delivered.has(hash))) return false;
    if (height !== 1 + Math.max(0, ...parents.map((hash) => entries.get(hash)!.height))) return false;
    const past = new Set(parents.flatMap((hash) => [hash, ...pasts.get(hash)!]));
    pasts.set(entry.hash, past);
    const own = [...past].map((hash) => delivered.get(hash)!).filter((other) => sameAuthor(other, entry));
    return sequence === 1 || own.some((other) => other.sequence === sequence - 1);
  };
  for (let size = -1; size < delivered.size;) {
    size = delivered.size;
    for (const entry of all)
      if (!delivered.has(entry.hash) && isDeliverable(entry)) delivered.set(entry.hash, entry);
  }
  return { delivered: delivered as ReadonlyMap<EventHash, Entry>, pasts };
};
