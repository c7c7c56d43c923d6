import { type CaseDraft, caseDecider, type LegalDay } from '@liandong/domain/case';
import {
  firstTerm,
  frontierFor,
  type Frontier,
  ok,
  refuse,
  type Result,
  type StreamName,
  type Term,
} from '@liandong/kernel';
import { authorEvents, type Authoring, streamToOpen } from '../authoring.ts';
import { attempts, earlierAttempt } from '../own-streams.ts';
import { instant } from '../ports/clock.ts';
import type { EventStore, NewEvent, Recorded } from '../ports/event-store.ts';
import type { CaseDesk, Deed, DeskRefusal, Done } from './case-desk.ts';
import type { CaseReader } from './case-reader.ts';
import type { ResolveOpening } from './open-case.ts';

export type DeskDeps = {
  readonly store: EventStore;
  readonly cases: CaseReader;
  readonly authoring: Authoring;
  readonly legalDay: LegalDay;
  readonly resolveOpening: ResolveOpening;
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

  for (let attempt = 1; ; attempt++) {
    // Asked anew each time: the attempt that lost may have been lost to its own twin.
    const earlier = await earlierAttempt(store, authoring, deed, asked(deed));
    if (!earlier.ok) return earlier;
    if (earlier.value.length > 0) return ok(done(caseId, earlier.value, true));

    const decided = await decide(deps, caseId, deed);
    if (!decided.ok) return decided;
    const appended = await store.append(caseId, decided.value.seen, decided.value.events);
    if (appended.ok) return ok(done(caseId, appended.value, false));
    if (attempt === attempts) return appended;
  }
};

type Decided = { readonly seen: number; readonly events: readonly NewEvent[] };

const decide = async (
  { cases, authoring, legalDay, resolveOpening }: DeskDeps,
  caseId: StreamName,
  deed: Deed,
): Promise<Result<Decided, DeskRefusal>> => {
  const at = instant(authoring.clock.now());
  const by = { ...deed.by, authid: authoring.pseudonym(deed.principal, caseId) };
  const opened =
    deed.command.type === 'open' ? await resolveOpening(deed.command, by, caseId, at) : ok(deed.command);
  if (!opened.ok) return opened;

  const book = await cases.open(caseId);
  const seen = book.revision();
  if (seen === 0 && deed.command.type !== 'open') return refuse({ code: 'case-not-found', caseId });
  const drafts = caseDecider.decide({ command: opened.value, by, at, legalDay }, book.state());
  if (!drafts.ok) return drafts;

  const { tier, epoch } = authoring.author;
  const frontier = frontierFor(book.order(), tier, epoch);
  const place = { ...frontier, term: termToState(frontier, drafts.value) };
  const events = authorEvents(authoring, deed, caseId, place, asked(deed), drafts.value);
  return events.ok ? ok({ seen, events: events.value }) : events;
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
