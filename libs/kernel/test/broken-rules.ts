import type { Delivered } from '../src/delivered.ts';
import type { Entry } from '../src/entry.ts';
import { termText } from '../src/event.ts';
import { betterClaim, type Leadership, mandated, mayTakeOver } from '../src/leadership.ts';
import { type OrderRules, orderRules } from '../src/order-rules.ts';
import { compareTerms, sameMandate } from '../src/term.ts';
import type { PropertyName } from './order-properties.ts';

type Broken = {
  readonly rules: Partial<OrderRules>;
  /** The properties that must notice, each by itself. At least one example must notice every time. */
  readonly noticedBy: readonly PropertyName[];
};

const compare = (...keys: readonly ((a: Entry, b: Entry) => number)[]) => ({
  compareKeys: (a: Entry, b: Entry) => keys.reduce((order, key) => order || key(a, b), 0),
});
const height = (a: Entry, b: Entry) => a.height - b.height;
const tier = (a: Entry, b: Entry) => (a.tier < b.tier ? -1 : a.tier > b.tier ? 1 : 0);
const epoch = (a: Entry, b: Entry) => a.epoch - b.epoch;
const epochAsText = (a: Entry, b: Entry) =>
  String(a.epoch) < String(b.epoch) ? -1 : Number(a.epoch !== b.epoch);

const ownOnly = ({ author, entry }: Delivered): readonly number[] =>
  Array.from({ length: author + 1 }, (_, n) => (n === author ? entry.sequence : 0));

const sameTerm = (a: Leadership, b: Leadership) => compareTerms(a.term, b.term) === 0;

/** The ranking with another way to choose between two claims to one term. */
const outranking =
  (better: (a: Leadership, b: Leadership) => boolean): OrderRules['outranks'] =>
  (a, b) =>
    sameTerm(a, b) && a.opener !== b.opener && a.before?.opener === b.before?.opener
      ? better(a, b)
      : orderRules.outranks(a, b);

/** Each rule of the register order, broken in one way. */
export const brokenRules: Readonly<Record<string, Broken>> = {
  'foreign events need not be anchored': {
    rules: { anchored: () => true },
    noticedBy: ['a foreign event and all that follows it wait until it is anchored'],
  },
  'own events wait for an anchor as well': {
    rules: { anchored: (entry, { anchored }) => anchored?.(entry) ?? true },
    noticedBy: ['a foreign event and all that follows it wait until it is anchored'],
  },
  'any event without parents is a root': {
    rules: { root: () => true },
    noticedBy: ['every deliverable event is placed once, as it was written, and no other'],
  },
  'both events of a fork stand': {
    rules: { stands: () => true },
    noticedBy: ['every deliverable event is placed once, as it was written, and no other'],
  },
  'of a fork the event that came first stands': {
    rules: { stands: (entry, [first]) => entry === first },
    noticedBy: ['who holds the same events has the same order and digest, however they came'],
  },
  'heights are believed': {
    rules: { height: () => true },
    noticedBy: ['every deliverable event is placed once, as it was written, and no other'],
  },
  'heights may be too great': {
    rules: { height: (entry, tallest) => entry.height > tallest },
    noticedBy: ['every deliverable event is placed once, as it was written, and no other'],
  },
  'an author may hide its previous event': {
    rules: { sequence: () => true },
    noticedBy: ['every deliverable event is placed once, as it was written, and no other'],
  },
  'heights play no part in the key': {
    rules: compare(tier, epoch),
    noticedBy: ['no event stands before one of its ancestors'],
  },
  'tiers come before heights in the key': {
    rules: compare(tier, height, epoch),
    noticedBy: ['no event stands before one of its ancestors'],
  },
  'tiers play no part in the key': {
    rules: compare(height, epoch),
    noticedBy: ['who holds the same events has the same order and digest, however they came'],
  },
  'epochs play no part in the key': {
    rules: compare(height, tier),
    noticedBy: ['who holds the same events has the same order and digest, however they came'],
  },
  'epochs are compared as text': { rules: compare(height, tier, epochAsText), noticedBy: [] },
  'an event is judged by its first parent’s past only': {
    rules: { pastOf: ([first]) => first?.after },
    noticedBy: ['an event is judged by its own past, whatever else happened'],
  },
  'any mandate will do': {
    rules: { mandated: () => true },
    noticedBy: ['a term has at most one live lead'],
  },
  'any term will do': {
    rules: {
      mandated: ({ tier }, mandate, { lead }) => mandate.tier === tier && sameMandate(mandate, lead),
    },
    noticedBy: ['the order is the one its definition gives'],
  },
  'anyone may act for the lead': {
    rules: {
      mandated: ({ term }, mandate, past) =>
        compareTerms(term, past.term) === 0 && sameMandate(mandate, past.lead),
    },
    noticedBy: ['the order is the one its definition gives'],
  },
  'any department of the lead’s tier may act': {
    rules: {
      mandated: (entry, mandate, past) =>
        mandated(entry, { ...mandate, department: past.lead.department }, past),
    },
    noticedBy: ['a term has at most one live lead'],
  },
  'anyone may take over': {
    rules: {
      mayTakeOver: ({ term, tier }, mandate, past) =>
        mandate.tier === tier && term.takeovers === past.term.takeovers + 1,
    },
    noticedBy: ['the order is the one its definition gives'],
  },
  'a takeover may claim any term': {
    rules: {
      mayTakeOver: (entry, mandate, past) =>
        mayTakeOver({ ...entry, term: { takeovers: past.term.takeovers + 1, transfers: 0 } }, mandate, past),
    },
    noticedBy: ['the order is the one its definition gives'],
  },
  'the lower tier’s claim wins': {
    rules: { outranks: outranking((a, b) => !betterClaim(a, b)) },
    noticedBy: ['the order is the one its definition gives'],
  },
  'the smaller key wins whatever the tier': {
    rules: { outranks: outranking((a, b) => orderRules.compareKeys(a.opener, b.opener) < 0) },
    noticedBy: ['the order is the one its definition gives'],
  },
  'the first claim that comes wins': {
    rules: { outranks: outranking(() => false) },
    noticedBy: ['who holds the same events has the same order and digest, however they came'],
  },
  'the greater term wins whatever it follows from': {
    rules: {
      outranks: (a, b) => compareTerms(a.term, b.term) > 0 || (sameTerm(a, b) && betterClaim(a, b)),
    },
    noticedBy: ['the order is the one its definition gives'],
  },
  'a losing claimant’s acts count for the term it claimed': {
    rules: { lineage: ({ term }) => termText(term) },
    noticedBy: ['a term has at most one live lead'],
  },
  'an old lead is never left behind': {
    rules: { fenced: () => false },
    noticedBy: [
      'the first act of a term leaves behind every spine event of a lower term that it had not seen',
    ],
  },
  'a takeover leaves behind even what it had seen': {
    rules: { fenced: () => true },
    noticedBy: ['the order is the one its definition gives'],
  },
  'an act is registered without what it had seen': {
    rules: { files: ownOnly },
    noticedBy: ['no event stands before one of its ancestors'],
  },
};
