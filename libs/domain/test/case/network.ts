import {
  caseDigest,
  type Entry,
  type EventHash,
  firstTerm,
  fold,
  frontierFor,
  type Ordering,
  type Placed,
  registerOrder,
  type Sha256,
  type TierCode,
  toHex,
} from '@liandong/kernel';
import { caseDecider, type CaseFact, type CaseState, type Happened, spineOf } from '../../src/case/index.ts';
import { decide } from './given.ts';
import { city, county, day, type Deed, township } from './sample.ts';

export type Event = {
  readonly entry: Entry;
  readonly fact: CaseFact;
  readonly at: string;
  readonly authid: string;
};

/** What one tier holds of a case. */
export type Replica = { readonly tier: TierCode; readonly events: ReadonlyMap<EventHash, Event> };

/** Three tiers, each with its own part of the history. */
export type Network = ReadonlyMap<TierCode, Replica>;

export const tiers = [city, county, township];

export const emptyNetwork: Network = new Map(tiers.map((tier) => [tier, { tier, events: new Map() }]));

export type View = { readonly order: Ordering; readonly state: CaseState; readonly digest: string };

const views = new WeakMap<Replica, View>();

/** A case as a replica knows it: its events in register order, folded. */
export const viewOf = (replica: Replica): View => {
  const view = views.get(replica) ?? viewed(replica);
  views.set(replica, view);
  return view;
};

const viewed = ({ events }: Replica): View => {
  const order = registerOrder([...events.values()].map(({ entry }) => entry));
  const state = fold(
    caseDecider,
    order.placed.map((placed) => happened(placed, events)),
  );
  return { order, state, digest: caseDigest(notASha, order) };
};

const happened = ({ entry, leadThen, superseded }: Placed, events: Replica['events']): Happened => {
  const event = events.get(entry.hash);
  const { fact, at = '', authid = '' } = event ?? {};
  return { fact, hash: entry.hash, tier: entry.tier, authid, at, leadThen, superseded };
};

/** The network once somebody did something at their own tier, or the same network if the door refused. */
export const act = (network: Network, deed: Deed): Network => {
  const replica = network.get(deed.by.tier);
  if (replica === undefined) return network;
  const { order, state } = viewOf(replica);
  const decision = decide(deed, state);
  const [draft] = decision.ok ? decision.value : [];
  if (draft === undefined) return network;
  const { personal: _apart, ...fact } = draft;
  const { tier } = replica;
  const { parents, height, sequence, leadership } = frontierFor(order, tier, 0);
  const spine = spineOf(fact, tier);
  const entry: Entry = {
    hash: toHex(mixed(`${tier}/${sequence}/${parents.join()}`)) as EventHash,
    ...{ tier, epoch: 0, sequence, parents, height, term: termFor(fact, leadership?.term ?? firstTerm) },
    ...(spine !== undefined && { spine }),
  };
  const event = { entry, fact, at: deed.at ?? day(0), authid: deed.by.authid };
  return new Map(network).set(tier, { tier, events: new Map(replica.events).set(entry.hash, event) });
};

/** A takeover states the term it opens; everything else the one it knows. */
const termFor = ({ type }: CaseFact, known: Entry['term']): Entry['term'] =>
  type === 'liandong.case.takenOver.v1' ? { takeovers: known.takeovers + 1, transfers: 0 } : known;

/** One tier receives everything another holds. */
export const sync = (network: Network, from: TierCode, to: TierCode): Network => {
  const [source, target] = [network.get(from), network.get(to)];
  return source === undefined || target === undefined
    ? network
    : new Map(network).set(to, { tier: to, events: new Map([...target.events, ...source.events]) });
};

export const syncAll = (network: Network): Network =>
  [...tiers, ...tiers].reduce(
    (synced, from) => tiers.reduce((next, to) => sync(next, from, to), synced),
    network,
  );

/** 32 bytes that depend on every character; nobody attacks a test. */
const mixed = (text: string): Uint8Array => {
  const bytes = new Uint8Array(32);
  let state = 0x811c9dc5;
  for (let round = 0; round < 32; round++) {
    for (let n = 0; n < text.length; n++) state = Math.imul(state ^ text.charCodeAt(n), 0x01000193) >>> 0;
    bytes[round] = (state ^ (state >>> 15)) & 255;
  }
  return bytes;
};

const notASha: Sha256 = (...parts) => mixed(parts.map(toHex).join());
