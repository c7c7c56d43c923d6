import { localDate } from '@liandong/domain/calendar';
import {
  type Dimension,
  type Figures,
  figuresOf,
  overviewTermsPin,
  type Place,
  type Tally,
} from '@liandong/domain/supervision';
import { canonicalJson, decodeEvent, type EventHash, type StreamName, type TierCode } from '@liandong/kernel';
import { type Clock, instant } from '../ports/clock.ts';
import type { EventStore, Recorded } from '../ports/event-store.ts';
import type { OverviewBook, OverviewFilter, OverviewRow } from '../ports/overview-book.ts';
import type { Wait } from '../ports/wait.ts';
import { isCount, type Page, type PageRequest, pageOf, placeParts, placeText } from '../views/page.ts';
import type { OverviewKeeper } from './keeper.ts';
import { lineKey, type Rates, type RatesBook } from './rates.ts';

/** What is selected of the tiers that are looked at. */
export type OverviewSelected = Omit<OverviewFilter, 'tiers' | 'figure'>;

/** One line: whose work it is, in numbers, and what is published of the catalogue there. */
export type OverviewLine = Partial<Place> & Rates & { readonly figures: Figures };

export type Overview = Page<OverviewLine> & {
  /** Everything time has changed until then is counted. */
  readonly asOf: string;
  /** By which parameters, where the rule packs say nothing. */
  readonly terms: string;
};

/** An event of a matter: what it says of itself, and no word of what it is about. */
export type MatterEvent = Readonly<
  Record<'type' | 'source' | 'id' | 'time' | 'recordedAt', string> & { hash: EventHash }
>;

/** What is asked of the overview. `under`: a tier with every tier below it. */
export type OverviewDesk = {
  /** The tiers it can be asked about: this one and those below it. */
  readonly covers: (under: TierCode) => boolean;
  readonly lines: (
    under: TierCode,
    by: Dimension,
    selected: OverviewSelected,
    page: PageRequest,
  ) => Promise<Overview>;
  /** What stands behind a figure: as many as it says. */
  readonly rows: (
    under: TierCode,
    selected: Omit<OverviewFilter, 'tiers'>,
    page: PageRequest,
  ) => Promise<Page<OverviewRow>>;
  /** In the order in which they came here; none for a matter that is not known here. */
  readonly events: (matter: StreamName, page: PageRequest) => Promise<Page<MatterEvent>>;
  /** The same lines now, and again whenever they have changed, until the signal. */
  readonly watch: (
    ...asked: [...Parameters<OverviewDesk['lines']>, signal: AbortSignal]
  ) => AsyncGenerator<Overview, void>;
};

export type OverviewDeskDeps = {
  readonly tier: TierCode;
  /** Nearest first. */
  readonly superiorsOf: (tier: TierCode) => readonly TierCode[];
  readonly members: readonly TierCode[];
  readonly store: Pick<EventStore, 'read'>;
  readonly book: Pick<OverviewBook, 'tally' | 'rows'>;
  readonly keeper: Pick<OverviewKeeper, 'catchUp' | 'changed'>;
  readonly rates: RatesBook;
  readonly clock: Clock;
  readonly wait: Wait;
};

/** Milliseconds that changes are gathered before those who watch are told. */
const gathering = 1_000;

export const overviewDesk = (deps: OverviewDeskDeps): OverviewDesk => {
  const { tier, superiorsOf, members, store, book, keeper, rates, clock, wait } = deps;
  const within = (under: TierCode) =>
    members.filter((member) => member === under || superiorsOf(member).includes(under));
  const lines: OverviewDesk['lines'] = async (under, by, selected, page) => {
    const tiers = within(under);
    await keeper.catchUp();
    const asOf = instant(clock.now());
    const published = (await rates.on(tiers, localDate(asOf) ?? '')).get(by) ?? new Map<string, Rates>();
    const tallies = (await book.tally(tiers)).filter(({ tallied }) => isOf(selected, tallied.place));
    const byLine = Map.groupBy(tallies, ({ tallied }) => lineKey(partsOf(by, tallied.place)));
    // Whoever has nothing to do has a line all the same, unless something narrower was asked for.
    const idle = Object.keys(selected).length === 0 ? published.keys() : [];
    const all = [...new Set([...idle, ...byLine.keys()])].map((key) =>
      lineOf(by, key, byLine.get(key) ?? [], published.get(key)),
    );
    return { ...paged(by, all, page), asOf, terms: overviewTermsPin };
  };
  return {
    covers: (under) => within(tier).includes(under),
    lines,
    rows: async (under, selected, page) => {
      await keeper.catchUp();
      return book.rows({ ...selected, tiers: within(under) }, page);
    },
    events: async (matter, { limit, after }) => {
      const from = after === undefined ? ['0'] : placeParts(after, isCount);
      if (from === undefined) return { rows: [] };
      const recorded = await store.read(matter, Number(from[0]));
      const page = pageOf(recorded, limit, ({ revision }) => placeText(String(revision)));
      return { ...page, rows: page.rows.map(matterEvent) };
    },
    watch: async function* (under, by, selected, page, signal) {
      for (let told: string | undefined; !signal.aborted;) {
        // Listened for before it is read: what changes meanwhile is read again.
        const changed = keeper.changed(signal);
        const { asOf, ...now } = await lines(under, by, selected, page);
        const text = canonicalJson(now);
        if (text !== told) yield { asOf, ...now };
        told = text;
        await changed;
        await wait(gathering, signal);
      }
    },
  };
};

const matterEvent = ({ type, source, id, hash, bytes }: Recorded): MatterEvent => {
  const { time, recordedtime: recordedAt } = decodeEvent(bytes);
  return { type, source, id, hash, time, recordedAt };
};

/** A department is one of its tier, a window and a member of staff are of a department; an item is the same everywhere. */
const partNames: Readonly<Record<Dimension, readonly (keyof Place)[]>> = {
  tier: ['tier'],
  department: ['tier', 'department'],
  window: ['tier', 'department', 'window'],
  staff: ['tier', 'department', 'staff'],
  item: ['item'],
};

/** What no window or nobody's name is known of stands in a line of its own. */
const partsOf = (by: Dimension, place: Place): readonly string[] =>
  partNames[by].map((name) => place[name] ?? '');

const lineOf = (
  by: Dimension,
  key: string,
  tallies: readonly Tally[],
  rates: Rates | undefined,
): OverviewLine => {
  const parts = JSON.parse(key) as readonly string[];
  const names = partNames[by].flatMap((name, n) => (parts[n] === '' ? [] : [[name, parts[n]] as const]));
  return { ...(Object.fromEntries(names) as Partial<Place>), ...rates, figures: figuresOf(tallies) };
};

const isOf = ({ department, window, staff, item }: OverviewSelected, place: Place): boolean =>
  (department === undefined || place.department === department) &&
  (window === undefined || place.window === window) &&
  (staff === undefined || place.staff === staff) &&
  (item === undefined || place.item === item);

const anything = () => true;

const paged = (
  by: Dimension,
  lines: readonly OverviewLine[],
  { limit, after }: PageRequest,
): Page<OverviewLine> => {
  const placeOf = (line: OverviewLine) => placeText(...partNames[by].map((name) => line[name] ?? ''));
  const forms = partNames[by].map(() => anything);
  if (after !== undefined && placeParts(after, ...forms) === undefined) return { rows: [] };
  const rest = lines
    .filter((line) => after === undefined || placeOf(line) > after)
    .toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  return pageOf(rest, limit, placeOf);
};
