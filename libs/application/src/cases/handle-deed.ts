import {
  type CaseCommand,
  type CaseDraft,
  caseDecider,
  isLeadAct,
  type LegalDay,
} from '@liandong/domain/case';
import {
  firstTerm,
  frontierFor,
  type Frontier,
  ok,
  refuse,
  type Result,
  type EventHash,
  type StreamName,
  type Term,
} from '@liandong/kernel';
import { authorEvents, type Authoring, streamToOpen } from '../authoring.ts';
import { attempts, earlierAttempt } from '../own-streams.ts';
import { instant } from '../ports/clock.ts';
import type { EventStore, NewEvent, Recorded } from '../ports/event-store.ts';
import type { AnchoredFirst } from './anchored-first.ts';
import type { CaseBook } from './case-book.ts';
import type { CaseDesk, Deed, DeskRefusal, Done } from './case-desk.ts';
import type { CaseReader } from './case-reader.ts';
import type { ResolveOpening } from './open-case.ts';

export type DeskDeps = {
  readonly store: EventStore;
  readonly cases: CaseReader;
  readonly authoring: Authoring;
  readonly legalDay: LegalDay;
  readonly resolveOpening: ResolveOpening;
  /** What an act of the lead waits for. */
  readonly anchoredFirst: AnchoredFirst;
};

export const caseDesk = (deps: DeskDeps): CaseDesk => ({
  execute: (deed) => execute(deps, deed),
  read: deps.cases.read,
  replay: deps.cases.replay,
});

const execute = async (deps: DeskDeps, deed: Deed): Promise<Result<Done, DeskRefusal>> => {
  const { store, authoring } = deps;
  const caseId = deed.command.type === 'open' ? streamToOpen(authoring, deed) : deed.caseId;
  if (caseId === undefined) return refuse({ code: 'case-not-found', caseId: '' as StreamName });

  const atOnce = await onWhatIsKnown(deps, caseId, deed);
  if (atOnce !== undefined) return ok(done(caseId, atOnce, false));

  for (let attempt = 1; ;) {
    // Asked anew each time: the attempt that lost may have been lost to its own twin.
    const earlier = await earlierAttempt(store, authoring, deed, asked(deed));
    if (!earlier.ok) return earlier;
    if (earlier.value.length > 0) return ok(done(caseId, earlier.value, true));

    const decided = await decide(deps, caseId, deed, await deps.cases.open(caseId));
    if (!decided.ok) return decided;
    if (decided.value.waiting.length > 0) {
      const anchored = await deps.anchoredFirst.awaited(decided.value.waiting);
      if (!anchored.ok) return anchored;
      // Decided again on what came meanwhile, at the time it is then.
      continue;
    }
    const appended = await store.append(caseId, decided.value.seen, decided.value.events);
    if (appended.ok) {
      deps.cases.recorded(caseId, appended.value);
      return ok(done(caseId, appended.value, false));
    }
    if (attempt === attempts) return appended;
    attempt++;
  }
};

/**
 * What the command records if the case is kept here and nobody else has moved it: then the store
 * is asked nothing. Whatever else is the matter, a refusal included, is looked into properly: the
 * store refuses a state that has passed, and an identity that an earlier attempt has used.
 */
const onWhatIsKnown = async (
  deps: DeskDeps,
  caseId: StreamName,
  deed: Deed,
): Promise<readonly Recorded[] | undefined> => {
  const book = deps.cases.recall(caseId);
  if (book === undefined || deed.command.type === 'open') return undefined;
  const decided = await decide(deps, caseId, deed, book);
  if (!decided.ok || decided.value.waiting.length > 0 || decided.value.events.length === 0) return undefined;
  const appended = await deps.store.append(caseId, decided.value.seen, decided.value.events);
  if (!appended.ok) return undefined;
  deps.cases.recorded(caseId, appended.value);
  return appended.value;
};

type Decided = {
  readonly seen: number;
  readonly events: readonly NewEvent[];
  /** What must be anchored before these may be recorded. */
  readonly waiting: readonly EventHash[];
};

const decide = async (
  deps: DeskDeps,
  caseId: StreamName,
  deed: Deed,
  book: CaseBook,
): Promise<Result<Decided, DeskRefusal>> => {
  const { authoring, legalDay, resolveOpening } = deps;
  const at = instant(authoring.clock.now());
  const by = { ...deed.by, authid: authoring.pseudonym(deed.principal, caseId) };
  const opened =
    deed.command.type === 'open' ? await resolveOpening(deed.command, by, caseId, at) : ok(deed.command);
  if (!opened.ok) return opened;

  const seen = book.revision();
  if (seen === 0 && deed.command.type !== 'open') return refuse({ code: 'case-not-found', caseId });
  // What is held back is told of the case as it was seen; if it moves on meanwhile, the append is refused.
  const { command, waiting } = await heldBack(deps, opened.value, book);
  const drafts = caseDecider.decide({ command, by, at, legalDay }, book.state());
  if (!drafts.ok) return drafts;

  const { tier, epoch } = authoring.author;
  const frontier = frontierFor(book.order(), tier, epoch);
  const place = { ...frontier, term: termToState(frontier, drafts.value) };
  const events = authorEvents(authoring, deed, caseId, place, asked(deed), drafts.value);
  return events.ok ? ok({ seen, events: events.value, waiting }) : events;
};

/**
 * What an act of the lead must wait for, or the act with its override if there is anything to
 * override: a fact states none that was not needed.
 */
const heldBack = async (
  { anchoredFirst, authoring }: DeskDeps,
  command: CaseCommand,
  book: CaseBook,
): Promise<{ readonly command: CaseCommand; readonly waiting: readonly EventHash[] }> => {
  if (!isLeadAct(command)) return { command, waiting: [] };
  const waiting = await anchoredFirst.unanchored(book.saidBy(authoring.author));
  const { override, ...bare } = command;
  if (waiting.length > 0) return { command, waiting: override === undefined ? waiting : [] };
  return { command: bare, waiting };
};

/** A takeover is the first word of the term it opens; everything else speaks in the term it knows. */
const termToState = ({ leadership }: Frontier, drafts: readonly CaseDraft[]): Term => {
  const known = leadership?.term ?? firstTerm;
  return drafts.some(({ type }) => type === 'liandong.case.takenOver.v1')
    ? { takeovers: known.takeovers + 1, transfers: 0 }
    : known;
};

/** What the caller asked, as far as one key may stand for it: the same words about the same case. */
const asked = ({ caseId, command, idempotencyKey }: Deed) => ({ caseId, command, idempotencyKey });

const done = (caseId: StreamName, events: readonly Recorded[], repeated: boolean): Done => ({
  caseId,
  events: events.map(({ id, type, hash }) => ({ id, type, hash })),
  revision: events.at(-1)?.revision ?? 0,
  repeated,
});
