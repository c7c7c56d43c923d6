import fc from 'fast-check';
import type { Entry, Spine } from '../src/entry.ts';
import type { TierCode } from '../src/names.ts';
import { emptyOrder, extend } from '../src/extend-order.ts';
import { frontierFor } from '../src/order-frontier.ts';
import { type Ordering, registerOrder } from '../src/register-order.ts';
import type { Mandate, Term } from '../src/term.ts';
import { city, county, hashOf, mandate, neighbour, superiors, township } from './story.ts';

/**
 * Random histories of one case: three or four tiers that act while cut off from one
 * another, lose messages, get them twice and in any order, crash, come back from a
 * backup under a new epoch, hand the lead on, take it over, and lie.
 */
export type History = {
  /** All events ever written, in the order of writing; frozen. */
  readonly entries: readonly Entry[];
  /** What each tier held in the end, in the order it came. */
  readonly held: readonly Held[];
};

export type Held = { readonly tier: TierCode; readonly epoch: number; readonly entries: readonly Entry[] };

const tiers = [city, county, township, neighbour] as const;

const honest = ['fact', 'act', 'transfer', 'takeOver'] as const;
const dishonest = [
  'hideHeads',
  'hideOwn',
  'repeatNumber',
  'lieTerm',
  'lieMandate',
  'lieHeight',
  'openAgain',
  'orphan',
] as const;
const carriage = ['deliver', 'crash', 'restore'] as const;
type Deed = (typeof honest)[number] | (typeof dishonest)[number] | (typeof carriage)[number];

type Action = {
  readonly deed: Deed;
  readonly who: number;
  readonly to: number;
  /** Chooses parents, parts of a delivery, terms. */
  readonly dice: number;
};

const weights: Readonly<Record<Deed, number>> = {
  fact: 4,
  act: 6,
  transfer: 3,
  takeOver: 3,
  hideHeads: 2,
  hideOwn: 1,
  repeatNumber: 1,
  lieTerm: 1,
  lieMandate: 1,
  lieHeight: 1,
  openAgain: 1,
  orphan: 1,
  deliver: 10,
  crash: 1,
  restore: 2,
};

export type Wildness = { readonly forks?: boolean; readonly maxLength?: number };

const chainBreaking: readonly Deed[] = [
  'hideOwn',
  'repeatNumber',
  'lieHeight',
  'openAgain',
  'orphan',
  'restore',
];

/** `forks: false` leaves out what breaks an author's own chain of events. */
export const histories = ({ forks = true, maxLength = 40 }: Wildness = {}): fc.Arbitrary<History> => {
  const deeds = [...honest, ...dishonest, ...carriage].filter(
    (deed) => forks || !chainBreaking.includes(deed),
  );
  const action: fc.Arbitrary<Action> = fc.record({
    deed: fc.oneof(...deeds.map((deed) => ({ weight: weights[deed], arbitrary: fc.constant(deed) }))),
    who: fc.nat(3),
    to: fc.nat(3),
    dice: fc.nat(2 ** 16),
  });
  return fc
    .tuple(
      fc.integer({ min: 3, max: 4 }),
      fc.constantFrom(0, 1, 2, 2, 3, 3),
      fc.array(action, { minLength: 12, maxLength, size: 'max' }),
    )
    .map(([size, lead, actions]) => play(tiers.slice(0, size), lead % size, actions));
};

type Replica = { readonly tier: TierCode; epoch: number; held: Entry[]; order: Ordering };

const play = (names: readonly TierCode[], lead: number, actions: readonly Action[]): History => {
  const entries: Entry[] = [];
  const replicas = names.map((tier): Replica => ({ tier, epoch: 0, held: [], order: emptyOrder() }));
  const at = (n: number): Replica => replicas[n % replicas.length]!;
  const write = (replica: Replica, entry: Omit<Entry, 'hash'>) => {
    const whole = frozen({ ...entry, hash: hashOf(`event ${entries.length}`) });
    entries.push(whole);
    take(replica, [whole]);
  };

  const opening: Spine = { kind: 'opened', lead: mandate(names[lead]!), superiors };
  write(at(lead + 1), { ...blank(at(lead + 1)), spine: opening });
  for (const replica of replicas) if (actions.length % 5 > 0) take(replica, entries);
  for (const action of actions) {
    const replica = at(action.deed === 'takeOver' && action.dice % 4 > 0 ? action.who % 2 : action.who);
    if (action.deed === 'deliver') take(replica, carried(at(action.to).held, action.dice));
    else if (action.deed === 'crash') replica.order = registerOrder(replica.held);
    else if (action.deed === 'restore') restore(replica, action.dice);
    else if (action.deed === 'openAgain') write(replica, { ...blank(replica), spine: opening });
    else if (action.deed === 'orphan') write(replica, blank(replica));
    else if (replica.order.current) write(replica, deedOf(replica, action, at(action.to).tier));
  }
  return { entries, held: replicas.map(({ tier, epoch, held }) => ({ tier, epoch, entries: held })) };
};

const take = (replica: Replica, entries: readonly Entry[]) => {
  const hashes = new Set(replica.held.map(({ hash }) => hash));
  for (const entry of entries) if (!hashes.has(entry.hash)) replica.held.push(entry);
  replica.order = extend(replica.order, entries).order;
};

/** Some of what the sender holds, some of it twice, in some order. */
const carried = (held: readonly Entry[], dice: number): readonly Entry[] => {
  const some = dice % 3 === 0 ? held : held.filter((_, n) => (dice >> (n % 16)) & 1);
  const twice = [...some, ...some.slice(0, dice % 4)];
  return dice % 2 === 0 ? twice : twice.toReversed();
};

/** A tier comes back from a backup: it forgets what came last and writes under a new epoch. */
const restore = (replica: Replica, dice: number) => {
  replica.epoch += 1;
  replica.held = replica.held.slice(0, Math.max(1, replica.held.length - (dice % 6)));
  replica.order = registerOrder(replica.held);
};

const blank = ({ tier, epoch }: Replica): Omit<Entry, 'hash'> => ({
  tier,
  epoch,
  sequence: 1,
  parents: [],
  height: 1,
  term: { takeovers: 0, transfers: 0 },
});

const deedOf = (replica: Replica, { deed, dice }: Action, other: TierCode): Omit<Entry, 'hash'> => {
  const { tier, epoch, order } = replica;
  const { leadership, ...place } = frontierFor(order, tier, epoch);
  const term: Term = leadership?.term ?? { takeovers: 0, transfers: 0 };
  const own: Mandate = leadership?.lead.tier === tier ? leadership.lead : mandate(tier);
  const entry = { tier, epoch, ...place, term };
  const act: Spine = { kind: 'act', mandate: own };
  const spine = leadership?.lead.tier === tier || dice % 5 === 0 ? { spine: act } : {};
  switch (deed) {
    case 'act':
      return { ...entry, ...spine };
    case 'transfer': {
      const to = mandate(other, dice % 2 === 0 ? 'planning' : 'water');
      return { ...entry, spine: { kind: 'transferred', mandate: own, to } };
    }
    case 'takeOver':
      return {
        ...entry,
        term: { takeovers: term.takeovers + 1, transfers: 0 },
        spine: { kind: 'takenOver', mandate: mandate(tier) },
      };
    case 'hideHeads':
      return hidingHeads(replica, dice);
    case 'hideOwn':
      return { ...entry, ...attachedTo(order, dice), spine: act };
    case 'repeatNumber':
      return { ...entry, sequence: Math.max(1, entry.sequence - 1), ...attachedTo(order, dice), ...spine };
    case 'lieTerm':
      return dice % 3 === 0
        ? { ...entry, spine: { kind: 'takenOver', mandate: own }, term: skipped(term) }
        : { ...entry, spine: act, term: dice % 3 === 1 ? raised(term) : { takeovers: 0, transfers: 0 } };
    case 'lieMandate':
      return {
        ...entry,
        spine: {
          kind: 'act',
          mandate: leadership && dice % 2 ? leadership.lead : mandate(dice % 4 ? tier : other, 'fire'),
        },
      };
    case 'lieHeight':
      return { ...entry, height: entry.height + (dice % 3) - 1, ...spine };
    case 'fact':
    case 'openAgain':
    case 'orphan':
    case 'deliver':
    case 'crash':
    case 'restore':
      return entry;
  }
};

const raised = ({ takeovers, transfers }: Term): Term => ({ takeovers, transfers: transfers + 1 });

const skipped = ({ takeovers }: Term): Term => ({ takeovers: takeovers + 2, transfers: 0 });

/** An act that names only its author's previous event: true to what was known then, blind to all since. */
const hidingHeads = ({ tier, epoch, order }: Replica, dice: number): Omit<Entry, 'hash'> => {
  const { graph, placed } = order;
  const mine = placed.filter(({ entry }) => entry.tier === tier && entry.epoch === epoch);
  const previous = mine.at(-1) ?? placed[0]!;
  const known = graph.delivered.get(previous.entry.hash)?.after;
  const term = known?.term ?? { takeovers: 0, transfers: 0 };
  const own = known?.lead.tier === tier ? known.lead : mandate(tier);
  const handsOn = dice % 4 === 0 && known?.lead.tier === tier;
  const takes = dice % 4 === 1;
  return {
    tier,
    epoch,
    sequence: 1 + mine.length,
    parents: [previous.entry.hash],
    height: 1 + previous.entry.height,
    term: takes ? { takeovers: term.takeovers + 1, transfers: 0 } : term,
    spine: handsOn
      ? { kind: 'transferred', mandate: own, to: mandate(county, 'water') }
      : { kind: takes ? 'takenOver' : 'act', mandate: own },
  };
};

/** Attaches to any one event it holds instead of the heads. */
const attachedTo = ({ placed }: Ordering, dice: number): Pick<Entry, 'parents' | 'height'> => {
  const { entry } = placed[dice % placed.length]!;
  return { parents: [entry.hash], height: entry.height + 1 };
};

const frozen = (entry: Entry): Entry => {
  const freeze = (value: unknown) => {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  };
  freeze(entry);
  return entry;
};

/** The same entries in an order that a number decides. */
export const mixed = <Item>(items: readonly Item[], seed: number): Item[] => {
  const result = [...items];
  let state = seed | 1;
  for (let n = result.length - 1; n > 0; n--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (n + 1));
    [result[n], result[other]] = [result[other]!, result[n]!];
  }
  return result;
};
