import {
  cardStreamAt,
  type Disagreement,
  disagreementOn,
  judge,
  type Judgement,
  judgementHash,
  nextDue,
  type OversightCommand,
  oversightDecider,
  type TermsRefusal,
} from '@liandong/domain/supervision';
import {
  canonicalJson,
  isCaseStream,
  type StreamName,
  streamOwner,
  type TierCode,
  toHex,
  utf8,
} from '@liandong/kernel';
import type { Authoring } from '../authoring.ts';
import { inTurn } from '../exchange/in-turn.ts';
import type { Follower } from '../followers.ts';
import { ownStreamHandler } from '../own-streams.ts';
import { persevere, storeAnswers, streamsIn } from '../parking/persevere.ts';
import { type Clock, instant } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { Overseen, OversightBook } from '../ports/oversight-book.ts';
import type { Wait } from '../ports/wait.ts';
import { cardFactOf, isCardStream, readCard } from './card-file.ts';
import { judgedAgain, noticed, tiersIn } from './judged-again.ts';
import { matterShelf } from './matter-shelf.ts';
import { oversightFactOf, oversightIn } from './oversight-file.ts';
import type { RejudgeDeps } from './replay-cards.ts';

export type OverseerDeps = RejudgeDeps & {
  readonly tier: TierCode;
  /** The tiers it supervises, at any distance. */
  readonly below: readonly TierCode[];
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly book: OversightBook;
  readonly wait: Wait;
  readonly alarm: (alarm: OversightAlarm) => void;
  /** Milliseconds between two looks at what is due. */
  readonly interval: number;
  /** Real time, whatever a demonstration says the day is: links are no faster for it. */
  readonly realClock: Clock;
  /** Milliseconds of real time in which a card, or what it names, may still be on its way. */
  readonly grace: number;
};

/** What an operator or a supervisor must look into. */
export type OversightAlarm =
  /** This tier holds something against the tier below. */
  | { readonly code: 'disagreed'; readonly disagreement: Disagreement }
  /** A superior holds something against this tier. */
  | { readonly code: 'disputed'; readonly overseer: TierCode; readonly disagreement: Disagreement }
  /** The clocks of a tier below cannot be judged: its rules, its doors or a year are missing. */
  | { readonly code: 'unsupervised'; readonly issuer: TierCode; readonly refusal: TermsRefusal }
  /** A matter that failed again and again; it is looked at again after the grace. */
  | { readonly code: 'unjudged'; readonly matter: StreamName; readonly reason: string };

export type Overseer = {
  /** Follows the store: cards of the tiers below, what they are about, and what superiors say of one's own. */
  readonly follower: Follower;
  /** Judges what time alone makes due, until the signal. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
};

const batch = 100;

/**
 * A superior's own count of the clocks of the tiers below it. Each card is judged again at
 * the frontier it names; one that is due by all that has arrived and is not raised within
 * the grace is missed. What it comes to is said once: the event's stream follows from the
 * cause, and what stands there already is not said again.
 */
export const overseer = (deps: OverseerDeps): Overseer => {
  const { tier, below, store, book, terms, decode, authoring, wait, alarm, sha256 } = deps;
  const { interval, realClock, grace } = deps;
  const { clock } = authoring;
  const isSuperiorOf = (issuer: TierCode) => below.includes(issuer);
  const shelf = matterShelf(store, { ...deps, cardFactOf: cardFactOf(decode) });
  const handle = ownStreamHandler(store, authoring, oversightDecider(isSuperiorOf), oversightFactOf(decode));
  const oneAtATime = inTurn<StreamName>();
  const told = new Set<string>();

  const give = async (stream: StreamName, command: OversightCommand) => {
    const key = toHex(sha256(utf8(canonicalJson(command))));
    const acting = { principal: `system:${tier}:supervision`, authtype: 'system' } as const;
    const done = await handle({ ...acting, idempotencyKey: `oversee:${key}`, stream, command });
    if (!done.ok) throw new Error(`${command.type} on ${stream}: ${JSON.stringify(done.refusal)}`);
  };

  const disagree = async (row: Overseen, disagreement: Disagreement): Promise<Overseen> => {
    await give(row.stream, { type: 'recordDisagreement', disagreement });
    const held = oversightIn(decode, await store.read(row.stream))?.open;
    if (row.state === 'disagreed' && canonicalJson(row.disagreement) === canonicalJson(held)) return row;
    alarm({ code: 'disagreed', disagreement });
    return { ...row, state: 'disagreed', since: instant(realClock.now()), disagreement: held };
  };

  /** Only what was held against the issuer is taken back; agreement goes without saying. */
  const settle = async ({ stream, issuer, cause }: Overseen, issued: string | undefined) => {
    if (oversightIn(decode, await store.read(stream))?.open === undefined) return;
    const at = instant(clock.now());
    const agreement = { issuer, cause, ...(issued !== undefined && { issued }), at };
    await give(stream, { type: 'recordAgreement', agreement });
  };

  const isOver = ({ state, since }: Overseen): boolean =>
    state === 'disagreed' || Date.parse(since) + grace <= realClock.now().getTime();

  /** The cause once more, by what has arrived; `undefined` for one that is due to nobody any more. */
  const lookAtCause = async (row: Overseen, due: Judgement | undefined): Promise<Overseen | undefined> => {
    const at = instant(clock.now());
    const card = await readCard(store, decode, row.card);
    if (card === undefined) {
      if (due !== undefined) {
        const missed = disagreementOn(sha256, { issued: undefined, expected: due }, at);
        return isOver(row) && missed !== undefined ? disagree(row, missed) : row;
      }
      await settle(row, undefined);
      return undefined;
    }
    const { judgement: issued } = card.state;
    const found = await judgedAgain(deps, issued, due);
    if (!found.complete && !isOver(row)) return row;
    const disagreement = disagreementOn(sha256, { issued, expected: found.expected }, at, found.more);
    if (disagreement !== undefined) return disagree(row, disagreement);
    await settle(row, judgementHash(sha256, issued));
    return { ...row, state: 'agreed', since: instant(realClock.now()), disagreement: undefined };
  };

  const tellStalled = (issuer: TierCode, refusal: TermsRefusal) => {
    const key = `${issuer} ${refusal.code}`;
    if (told.has(key)) return;
    told.add(key);
    alarm({ code: 'unsupervised', issuer, refusal });
  };

  const look = async (matter: StreamName): Promise<void> => {
    const { supervised, frontier } = await shelf.open(matter);
    const at = instant(clock.now());
    const known = (await book.overseenIn(matter)).filter(({ overseer: by }) => by === tier);
    const issuers = tiersIn(supervised).filter(isSuperiorOf);
    if (issuers.length === 0 && known.length === 0) return;
    const due = new Map<StreamName, Judgement>();
    const next: string[] = [];
    for (const issuer of issuers) {
      const by = await terms.now(issuer);
      const agenda = by.agendaOf(supervised);
      const judging = { matter, frontier, calendar: by.terms.calendar, at };
      for (const judgement of judge(supervised, agenda, judging))
        if (judgement.accountable.unit.tier === issuer)
          due.set(cardStreamAt(sha256, tier, judgement.cause), judgement);
      next.push(...[nextDue(agenda, at)].filter((one) => one !== undefined));
      for (const { refusal } of agenda.stalled) tellStalled(issuer, refusal);
    }
    const rows = new Map(known.map((row) => [row.stream, row]));
    for (const [stream, judgement] of due)
      if (!rows.has(stream)) rows.set(stream, noticed(deps, judgement, instant(realClock.now())));
    const again: string[] = [];
    for (const row of [...rows.values()].filter(({ state }) => state !== 'agreed')) {
      const now = await lookAtCause(row, due.get(row.stream));
      if (now === undefined) await book.forgetOverseen(row.stream);
      else await book.saveOverseen(now);
      if (now?.state === 'waiting') again.push(instant(new Date(Date.parse(now.since) + grace)));
    }
    await book.foresee({ matter, due: next.toSorted()[0], again: again.toSorted()[0] });
  };

  /** What fails is tried again, then told, and looked at again later: nothing is dropped. */
  const lookAt = (matter: StreamName, signal: AbortSignal): Promise<void> =>
    oneAtATime(matter, async () => {
      const tried = await persevere({ clock, wait }, signal, storeAnswers(store), () => look(matter));
      if (tried.ok) return;
      shelf.drop(matter);
      alarm({ code: 'unjudged', matter, reason: tried.refusal.reason });
      const again = instant(new Date(realClock.now().getTime() + grace));
      await book.foresee({ matter, due: undefined, again });
    });

  /** A card of a tier below is to be judged again; what it is about is looked at. */
  const note = async (stream: StreamName): Promise<readonly StreamName[]> => {
    const card = await readCard(store, decode, stream);
    if (card === undefined) return [];
    const { judgement } = card.state;
    const row = noticed(deps, judgement, instant(realClock.now()));
    if ((await book.overseen(row.stream)) === undefined) await book.saveOverseen(row);
    return [judgement.matter, ...(judgement.colour === 'warning' ? [stream] : [])];
  };

  /** What another tier holds against an issuer, this tier perhaps. */
  const hear = async (stream: StreamName, by: TierCode): Promise<void> => {
    const held = oversightIn(decode, await store.read(stream));
    if (held === undefined) return;
    const { open: disagreement, last } = held;
    const { issuer, cause } = last.data;
    const card = cardStreamAt(sha256, issuer, cause);
    const before = await book.overseen(stream);
    const matter = disagreement?.matter ?? before?.matter ?? card;
    const state = disagreement === undefined ? 'agreed' : 'disagreed';
    const since = before?.state === state ? before.since : instant(realClock.now());
    await book.saveOverseen({
      stream,
      overseer: by,
      issuer,
      card,
      matter,
      cause,
      state,
      since,
      disagreement,
    });
    if (disagreement !== undefined && issuer === tier && before?.state !== 'disagreed')
      alarm({ code: 'disputed', overseer: by, disagreement });
  };

  return {
    follower: {
      name: 'oversight',
      handle: async (page, signal) => {
        const streams = streamsIn(page).map(({ stream }) => stream);
        // Every one of them is asked: what was read of each is to be read again.
        const changed = streams.filter((stream) => terms.touched(stream)).length > 0;
        const matters = new Set(streams.filter(isCaseStream));
        for (const stream of streams.filter(isCardStream)) {
          const owner = streamOwner(stream);
          if (owner === undefined || owner === tier) continue;
          await hear(stream, owner);
          if (isSuperiorOf(owner)) for (const matter of await note(stream)) matters.add(matter);
        }
        if (below.length === 0) return;
        for (const matter of matters) await lookAt(matter, signal);
        if (changed) await book.lookAtAll(instant(clock.now()));
      },
    },
    watch: async (signal) => {
      while (!signal.aborted) {
        const now = [instant(clock.now()), instant(realClock.now())] as const;
        const matters = await book.toLookAt(...now, batch);
        for (const matter of matters) await lookAt(matter, signal);
        if (matters.length < batch) await wait(interval, signal);
      }
    },
  };
};
