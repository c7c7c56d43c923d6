import { type Decider, ok, type Result } from '@liandong/kernel';
import type { Actor, CaseRequest } from './commands.ts';
import { factOf } from './door.ts';
import type { By } from './facts.ts';
import { leadAfter } from './handover.ts';
import { judge } from './judge.ts';
import { emptyLog, logged } from './log.ts';
import { obligationFrom } from './races.ts';
import type { CaseRefusal } from './refusals.ts';
import type { Role } from './role.ts';
import { type CaseDraft, type Claim, no, unwritten } from './rule.ts';
import type { CaseState, Happened } from './state.ts';

export const emptyCase: CaseState = { matter: undefined, withoutEffect: emptyLog, unread: 0 };

// Decide

const decide = (request: CaseRequest, state: CaseState): Result<readonly CaseDraft[], CaseRefusal> => {
  const [first, ...others] = request.by.roles;
  if (first === undefined) return no({ code: 'role-missing' });
  let answer = decideAs(first, request, state);
  for (const role of others) {
    if (answer.ok || answer.refusal.code !== 'not-entitled') break;
    answer = decideAs(role, request, state);
  }
  return answer;
};

/** One person may hold several roles; the fact names the one that entitled it. */
const decideAs = (
  role: Role,
  { command, by: actor, at, legalDay }: CaseRequest,
  { matter }: CaseState,
): Result<readonly [CaseDraft], CaseRefusal> => {
  const draft = factOf(command, matter, {
    ...{ by: actingAs(role, actor), tier: actor.tier, at, legalDay },
  });
  if (!draft.ok) return draft;
  const lead = command.type === 'open' ? command.lead : matter?.lead;
  const claim = { hash: unwritten, tier: actor.tier, authid: actor.authid, at, leadThen: lead };
  const verdict = judge(matter, draft.value, claim);
  return verdict.ok ? ok([draft.value]) : verdict;
};

const actingAs = (role: Role, { department, window, agentPoint }: Actor): By => ({
  role,
  ...(department !== undefined && { department }),
  ...(window !== undefined && { window }),
  ...(agentPoint !== undefined && { agentPoint }),
});

// Evolve

const evolve = (state: CaseState, happened: Happened): CaseState => {
  const { fact, hash, superseded } = happened;
  if (happened.beside === true) return state;
  if (fact === undefined) return { ...state, unread: state.unread + 1 };
  if (superseded) return withoutEffect(state, happened, { code: 'superseded' });
  const verdict = judge(state.matter, fact, happened);
  if (verdict.ok) return { ...state, matter: verdict.value };
  const kept = withoutEffect(state, happened, verdict.refusal);
  if (state.matter === undefined) return kept;
  const matter = leadAfter(state.matter, fact, happened);
  const obligation = obligationFrom(matter, fact, hash, verdict.refusal);
  if (obligation === undefined) return { ...kept, matter };
  return { ...kept, matter: { ...matter, obligations: [...matter.obligations, obligation] } };
};

const withoutEffect = (state: CaseState, { hash }: Pick<Claim, 'hash'>, reason: CaseRefusal): CaseState => ({
  ...state,
  withoutEffect: logged(state.withoutEffect, { hash, reason }),
});

/** A joint approval as pure functions over its facts in register order. */
export const caseDecider: Decider<CaseRequest, Happened, CaseState, CaseRefusal, CaseDraft> = {
  initial: emptyCase,
  decide,
  evolve,
};
