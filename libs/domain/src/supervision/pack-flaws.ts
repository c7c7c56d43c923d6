import { checks, clockKinds, colours, endings, limitKinds } from './codes.ts';
import { type ClockRule, comparisons, type DefaultLimit, firstOver, type RulePack } from './rule-pack.ts';

/** What is wrong with a rule pack, and where. */
export type PackFlaw = { readonly at: string; readonly flaw: PackFault };
export type PackFault =
  | 'id-malformed'
  | 'version-malformed'
  | 'no-rules'
  | 'id-twice'
  | 'date-malformed'
  | 'period-empty'
  | 'code-unlisted'
  | 'number-out-of-range'
  | 'text-missing'
  | 'limits-overlap'
  | 'colours-out-of-order';

type Flaws = Iterable<PackFlaw>;

/** The first thing wrong with a pack, or `undefined`. Every sum it leads to is then a count of days. */
export const packFlaw = (pack: RulePack): PackFlaw | undefined => {
  for (const part of parts) for (const flaw of part(pack)) return flaw;
  return undefined;
};

const idShape = /^[a-z][a-zA-Z0-9.-]{0,49}$/;

function* heading({ id, version, name, clockRules, findingRules }: RulePack): Flaws {
  if (!idShape.test(id)) yield { at: id, flaw: 'id-malformed' };
  if (!Number.isInteger(version) || version < 1) yield { at: id, flaw: 'version-malformed' };
  if (isBlank(name)) yield { at: 'name', flaw: 'text-missing' };
  if (clockRules.length + findingRules.length === 0) yield { at: id, flaw: 'no-rules' };
}

function* rules({ clockRules, findingRules }: RulePack): Flaws {
  const seen = new Set<string>();
  for (const rule of [...clockRules, ...findingRules]) {
    const { id, text, source, colour } = rule;
    if (!idShape.test(id)) yield { at: id, flaw: 'id-malformed' };
    if (seen.has(id)) yield { at: id, flaw: 'id-twice' };
    seen.add(id);
    if (isBlank(text) || isBlank(source.text)) yield { at: id, flaw: 'text-missing' };
    if (!colours.includes(colour)) yield { at: id, flaw: 'code-unlisted' };
    yield* period(id, rule);
  }
}

function* thresholds({ clockRules }: RulePack): Flaws {
  for (const rule of clockRules) {
    const { id, element, limit, over } = rule;
    if (!clockKinds.includes(element) || !limitKinds.includes(limit)) yield { at: id, flaw: 'code-unlisted' };
    if (!comparisons.includes(over.compare)) yield { at: id, flaw: 'code-unlisted' };
    if (!isDays(Math.abs(over.days))) yield { at: id, flaw: 'number-out-of-range' };
    if (clockRules.some((other) => outOfOrder(rule, other))) yield { at: id, flaw: 'colours-out-of-order' };
  }
}

/** A graver card against the same limit never comes first. */
const outOfOrder = (a: ClockRule, b: ClockRule): boolean =>
  a.element === b.element &&
  a.limit === b.limit &&
  overlap(a, b) &&
  colours.indexOf(a.colour) < colours.indexOf(b.colour) &&
  firstOver(a.over) > firstOver(b.over);

function* findings({ findingRules }: RulePack): Flaws {
  for (const rule of findingRules) {
    const { id, check } = rule;
    if (!checks.includes(check)) yield { at: id, flaw: 'code-unlisted' };
    if (check === 'closedWithoutReason') {
      if (rule.endings.length === 0) yield { at: id, flaw: 'number-out-of-range' };
      if (rule.endings.some((ending) => !endings.includes(ending))) yield { at: id, flaw: 'code-unlisted' };
    }
    if (check === 'backDatedEntry') {
      // Less than an hour is not even remembered.
      if (!isDays(rule.hours) || rule.hours < 1) yield { at: id, flaw: 'number-out-of-range' };
      if (!isDays(rule.facts) || rule.facts < 1) yield { at: id, flaw: 'number-out-of-range' };
    }
  }
}

function* defaults({ defaults: limits }: RulePack): Flaws {
  for (const [n, limit] of limits.entries()) {
    const at = `defaults/${n}`;
    if (!clockKinds.includes(limit.element) || ![...limitKinds, 'extension'].includes(limit.limit)) {
      yield { at, flaw: 'code-unlisted' };
    }
    if (!isDays(limit.days)) yield { at, flaw: 'number-out-of-range' };
    if (isBlank(limit.source.text)) yield { at, flaw: 'text-missing' };
    yield* period(at, limit);
    if (limits.slice(0, n).some((other) => sameLimit(limit, other))) yield { at, flaw: 'limits-overlap' };
  }
}

const sameLimit = (a: DefaultLimit, b: DefaultLimit): boolean =>
  a.element === b.element && a.limit === b.limit && overlap(a, b);

const parts = [heading, rules, thresholds, findings, defaults];

type Dated = { readonly from: string; readonly until?: string };

const overlap = (a: Dated, b: Dated): boolean =>
  (a.until === undefined || b.from <= a.until) && (b.until === undefined || a.from <= b.until);

function* period(at: string, { from, until }: Dated): Flaws {
  if (!isDate(from) || (until !== undefined && !isDate(until))) yield { at, flaw: 'date-malformed' };
  if (until !== undefined && until < from) yield { at, flaw: 'period-empty' };
}

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text);

const isDays = (days: number): boolean => Number.isInteger(days) && days >= 0 && days <= 1000;

const isBlank = ({ zh, en }: { readonly zh: string; readonly en: string }): boolean =>
  zh.trim() === '' || en.trim() === '';
