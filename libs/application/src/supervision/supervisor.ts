import {
  cardStream,
  cardWork,
  type CardActor,
  type CardCommand,
  cardDecider,
  causeKey,
  correctionReasonFor,
  type CorrectionOfCard,
  type DeadlinesReprojected,
  judge,
  type Judgement,
  nextDue,
  type Recipients,
  reprojectionOf,
  reprojectionStream,
  type Stalled,
} from '@liandong/domain/supervision';
import {
  canonicalJson,
  type Decider,
  decodeEvent,
  isCaseStream,
  ok,
  type StreamName,
  type TierCode,
  toHex,
  utf8,
} from '@liandong/kernel';
import type { Authoring } from '../authoring.ts';
import { inTurn } from '../exchange/in-turn.ts';
import type { Follower } from '../followers.ts';
import { ownStreamHandler } from '../own-streams.ts';
import { persevere, storeAnswers, streamsIn } from '../parking/persevere.ts';
import { instant } from '../ports/clock.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { CardRow, SupervisionBook } from '../ports/supervision-book.ts';
import type { Wait } from '../ports/wait.ts';
import { cardFactOf, cardFrom, type DecodeCards, isCardStream, readCard } from './card-file.ts';
import type { Matter, MatterDeps } from './matter.ts';
import { matterShelf } from './matter-shelf.ts';
import type { TermsBook, TierTerms } from './terms-book.ts';

export type SupervisorDeps = Omit<MatterDeps, 'cardFactOf'> & {
  readonly tier: TierCode;
  /** Nearest first. */
  readonly superiors: readonly TierCode[];
  readonly store: EventStore;
  readonly authoring: Authoring;
  readonly book: SupervisionBook;
  readonly terms: TermsBook;
  readonly decode: DecodeCards;
  readonly wait: Wait;
  readonly alarm: (alarm: SupervisionAlarm) => void;
  /** Milliseconds between two looks at what is due; a threshold is days, so this is never part of it. */
  readonly interval: number;
};

/** What an operator or a supervisor must look into. */
export type SupervisionAlarm =
  /** A clock or a finding nobody can judge: a year, a pack or office hours are missing. */
  | { readonly code: 'stalled'; readonly matter: StreamName; readonly stalled: Stalled }
  /** A matter that failed again and again; it is looked at again in an hour. */
  | { readonly code: 'unjudged'; readonly matter: StreamName; readonly reason: string };

export type Supervisor = {
  /** Follows the store: whatever touches a matter has it judged anew. */
  readonly follower: Follower;
  /** Judges what time alone makes due, until the signal. */
  readonly watch: (signal: AbortSignal) => Promise<void>;
};

const batch = 100;
const anHour = 3_600_000;

/**
 * The tier's own supervision: every clock of its own units, and the cards they come to.
 * Run again over the same events it raises nothing twice, for a card's stream and the id
 * of its first event both follow from the cause.
 */
export const supervisor = (deps: SupervisorDeps): Supervisor => {
  const { tier, store, book, terms, decode, authoring, wait, alarm, interval } = deps;
  const { clock } = authoring;
  const oneAtATime = inTurn<StreamName>();
  const shelf = matterShelf(store, { ...deps, cardFactOf: cardFactOf(decode) });
  const told = new Set<string>();

  const tellStalled = (matter: StreamName, stalled: readonly Stalled[]) => {
    for (const one of stalled) {
      const key = `${matter} ${canonicalJson(one)}`;
      if (told.has(key)) continue;
      told.add(key);
      alarm({ code: 'stalled', matter, stalled: one });
    }
  };

  const look = async (stream: StreamName): Promise<void> => {
    const matter = await shelf.open(stream);
    const by = await terms.now(tier);
    const before = await book.look(stream);
    const at = instant(clock.now());
    const agenda = by.agendaOf(matter.supervised);
    const { calendar } = by.terms;
    const due = judge(matter.supervised, agenda, { matter: stream, frontier: matter.frontier, calendar, at });
    const raised = await cardsHere(deps, stream, due);
    const reason = correctionReasonFor(before?.calendar ?? calendar, calendar);
    const work = cardWork(
      raised.map(({ state }) => state),
      due,
      { frontier: matter.frontier, calendar, reason },
    );
    for (const judgement of work.toRaise)
      if (judgement.accountable.unit.tier === tier) await raise(deps, judgement);
    for (const { raised: judgement, correction } of work.toCorrect) {
      // Where nobody remembers the last look, the card says by which calendar it was judged.
      const why = before === undefined ? correctionReasonFor(judgement.calendar, calendar) : reason;
      await correct(deps, judgement, { ...correction, reason: why });
    }
    if (before !== undefined && before.calendar !== calendar)
      await reproject(deps, stream, matter, before.calendar, by);
    tellStalled(stream, agenda.stalled);
    await book.schedule({ matter: stream, due: nextDue(agenda, at), calendar });
  };

  /** What fails is tried again, then told, and looked at again later: nothing is dropped. */
  const lookAt = (stream: StreamName, signal: AbortSignal): Promise<void> =>
    oneAtATime(stream, async () => {
      const tried = await persevere({ clock, wait }, signal, storeAnswers(store), () => look(stream));
      if (tried.ok) return;
      shelf.drop(stream);
      alarm({ code: 'unjudged', matter: stream, reason: tried.refusal.reason });
      const due = instant(new Date(clock.now().getTime() + anHour));
      await book.schedule({ matter: stream, due, calendar: (await book.look(stream))?.calendar ?? '' });
    });

  return {
    follower: {
      name: 'supervision',
      handle: async (page, signal) => {
        const streams = streamsIn(page).map(({ stream }) => stream);
        // Every one of them is asked: what was read of each is to be read again.
        const changed = streams.filter((stream) => terms.touched(stream)).length > 0;
        const matter = new Set(streams.filter(isCaseStream));
        for (const stream of streams.filter(isCardStream)) {
          const row = cardFrom(stream, decode, await store.read(stream));
          if (row === undefined) continue;
          await book.saveCard(row);
          if (row.issuer !== tier) continue;
          matter.add(row.state.judgement.matter);
          if (row.state.judgement.colour === 'warning') matter.add(stream);
        }
        for (const stream of matter) await lookAt(stream, signal);
        if (changed) await book.lookAgain(instant(clock.now()));
      },
    },
    watch: async (signal) => {
      while (!signal.aborted) {
        const due = await book.due(instant(clock.now()), batch);
        for (const stream of due) await lookAt(stream, signal);
        if (due.length < batch) await wait(interval, signal);
      }
    },
  };
};

/** The cards this tier has raised about a matter: those the book knows, and those it may not know yet. */
const cardsHere = async (
  { tier, book, store, decode, sha256 }: SupervisorDeps,
  matter: StreamName,
  due: readonly Judgement[],
): Promise<readonly CardRow[]> => {
  const cards = new Map<StreamName, CardRow>();
  for (const row of await book.cardsOf(matter)) if (row.issuer === tier) cards.set(row.card, row);
  for (const judgement of due) {
    const stream = cardStream(sha256, judgement);
    if (judgement.accountable.unit.tier !== tier || cards.has(stream)) continue;
    const row = await readCard(store, decode, stream);
    if (row !== undefined) cards.set(stream, row);
  }
  return [...cards.values()];
};

const byTheTier = (tier: TierCode): CardActor => ({ tier, role: 'system' });

const acting = (tier: TierCode, idempotencyKey: string) =>
  ({ principal: `system:${tier}:supervision`, authtype: 'system', idempotencyKey }) as const;

const give = async (
  { tier, store, authoring, decode }: SupervisorDeps,
  stream: StreamName,
  key: string,
  command: CardCommand,
): Promise<void> => {
  const factOf = cardFactOf(decode);
  const handle = ownStreamHandler(store, authoring, cardDecider, ({ bytes }) => factOf(decodeEvent(bytes)));
  const done = await handle({ ...acting(tier, key), stream, command });
  // Raised meanwhile, at another moment: the card that is there stands.
  if (done.ok || done.refusal.code === 'idempotency-key-reused') return;
  throw new Error(`${command.type} on ${stream}: ${JSON.stringify(done.refusal)}`);
};

const raise = async (deps: SupervisorDeps, judgement: Judgement): Promise<void> => {
  const { tier, superiors, sha256, terms } = deps;
  const { cause, accountable, rules } = judgement;
  const adopted = await terms.pack(tier, rules);
  const rule = [...(adopted?.pack.clockRules ?? []), ...(adopted?.pack.findingRules ?? [])].find(
    ({ id }) => id === cause.rule,
  );
  if (rule === undefined) throw new Error(`${rules} has no rule ${cause.rule}`);
  const { unit, person } = accountable;
  const to: Recipients = {
    ...(person !== undefined && { handler: person }),
    approver: unit,
    tiers: superiors,
  };
  const command = { type: 'raiseCard', by: byTheTier(tier), judgement, issue: rule.issue, to } as const;
  await give(deps, cardStream(sha256, judgement), `raise:${causeKey(cause)}`, command);
};

const correct = async (
  deps: SupervisorDeps,
  raised: Judgement,
  correction: CorrectionOfCard,
): Promise<void> => {
  const { tier, sha256 } = deps;
  const key = toHex(sha256(utf8(canonicalJson({ cause: raised.cause, correction }))));
  await give(deps, cardStream(sha256, raised), `correct:${key}`, {
    type: 'correctCard',
    by: byTheTier(tier),
    correction,
  });
};

/** Says which deadlines of the tier's own units a new calendar has moved. */
const reproject = async (
  deps: SupervisorDeps,
  stream: StreamName,
  { supervised }: Matter,
  calendarBefore: string,
  by: TierTerms,
): Promise<void> => {
  const { tier, terms, store, authoring } = deps;
  const earlier = await terms.then(tier, calendarBefore);
  if (earlier === undefined) return;
  const own = ({ terms: of, agendaOf }: TierTerms) => {
    const { entries, stalled } = agendaOf(supervised);
    const ours = entries.filter((entry) => entry.kind === 'clock' && entry.clock.unit.tier === tier);
    return { calendar: of.calendar, agenda: { entries: ours, stalled } };
  };
  const [then, now] = [own(earlier), own(by)];
  const change = {
    matter: stream,
    calendarBefore: then.calendar,
    calendarAfter: now.calendar,
    reason: by.calendarReason,
  };
  const facts = reprojectionOf(then.agenda, now.agenda, change);
  if (facts.length === 0) return;
  const handle = ownStreamHandler(store, authoring, sayMoved, () => undefined);
  const key = `${stream} ${then.calendar} ${now.calendar}`;
  const done = await handle({
    ...acting(tier, `reproject:${key}`),
    stream: reprojectionStream(tier, stream),
    command: facts,
  });
  if (!done.ok && done.refusal.code !== 'idempotency-key-reused')
    throw new Error(`${stream}: ${JSON.stringify(done.refusal)}`);
};

/** What was found is said; nothing that was said before stands against it. */
const sayMoved: Decider<
  readonly DeadlinesReprojected[],
  DeadlinesReprojected,
  undefined,
  never,
  DeadlinesReprojected
> = { initial: undefined, decide: (facts) => ok(facts), evolve: () => undefined };
